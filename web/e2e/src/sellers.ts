/** Other sellers on the platform. */

import { isWaiting, type Mall } from "wechat-mall-client";
import { asBuyer, asOwner, asVisitor } from "./people.js";
import { newName } from "./stage.js";

export interface Seller {
  name: string;
  /** The platform's staff in its shop. */
  inside: Mall;
}

/** Applied, approved, and entered by the platform's owner. */
export async function seller(name = newName("茶园")): Promise<Seller> {
  const [owner, applicant] = [await asOwner(), await asBuyer()];
  const { seller_id } = await applicant.call("sellers.apply_to_sell", {
    name, licence_no: "91440300MA5EXAMP0C", contact_name: "小园", contact_phone: "13800002222",
  });
  const decided = await owner.call("sellers.decide_application", { seller_id, version: 1, accept: true });
  if (isWaiting(decided)) throw new Error(decided.says);
  const inside = asVisitor();
  inside.enter(await owner.call("sellers.enter_shop", { seller_id }));
  return { name, inside };
}
