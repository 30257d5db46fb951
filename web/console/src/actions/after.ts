/** What the console itself has to do after an action that changes who works here. */

import type { Router } from "vue-router";
import type { ActionName, Session } from "wechat-mall-client";
import { useSession } from "../shell/session";
import type { Typed } from "./typed";

export async function after(name: ActionName, answer: Typed, router: Router): Promise<void> {
  const session = useSession();
  if (name === "sellers.enter_shop") {
    session.enterShop(answer as unknown as Session, String(answer["name"]));
    await router.push("/");
  }
  if (name === "staff.change_password" || name === "staff.sign_out_staff") {
    session.leave();
    await router.push("/sign-in");
  }
}
