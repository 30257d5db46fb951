/** Handing on the address of a page (分享). */

import { askWhether, say } from "./say";

export async function shareRoute(route: string, title: string): Promise<void> {
  const url = `${location.origin}${location.pathname}#${route}`;
  try {
    await navigator.clipboard.writeText(`${title} ${url}`);
    say("链接已复制，发给好友就能打开");
  } catch {
    await askWhether("复制下面的链接发给好友", "好的", url); // where a page may not write into the clipboard
  }
}
