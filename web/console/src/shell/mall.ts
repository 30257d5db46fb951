/** The mall as the console calls it: signed as staff, the session in this tab only. */

import { addresses, loadConfig } from "mall-common/config";
import { inStorage, Mall, web, type Caller, type Session } from "wechat-mall-client";

let opened: Mall | null = null;

/** `signIn` asks the person anew when a session has ended in the middle of work. */
export async function openMall(signIn: (stranger: Caller) => Promise<Session>): Promise<void> {
  const doors = web(...addresses(await loadConfig()));
  opened = new Mall({ doors, signIn, keeper: inStorage(sessionStorage, "mall.desk") });
}

export function theMall(): Mall {
  if (!opened) throw new Error("the mall is not open yet");
  return opened;
}
