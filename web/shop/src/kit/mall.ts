/** The mall as the shop calls it. */

import { addresses, loadConfig } from "mall-common/config";
import { ref } from "vue";
import { inStorage, Mall, Refused, web, type Caller, type Keeper, type Session } from "wechat-mall-client";

const kept = inStorage(sessionStorage);

/** Whether somebody is signed in, as far as this page knows. */
export const isSignedIn = ref(kept.get() !== null);

const keeper: Keeper = {
  get: () => kept.get(),
  put(session) {
    kept.put(session);
    isSignedIn.value = session !== null;
  },
};

let opened: Promise<Mall> | null = null;

/** Where the mall is stands in config.json: whoever calls first reads it, and whoever calls after that failed. */
function open(): Promise<Mall> {
  opened ??= loadConfig().then(
    (config) => new Mall({ doors: web(...addresses(config)), keeper }),
    (problem: unknown) => {
      opened = null;
      throw away(problem);
    },
  );
  return opened;
}

function away(problem: unknown): Refused {
  const told = { code: "NO_ANSWER", message: "网络不给力，请稍后再试", field: null, retryable: true };
  return new Refused({ ...told, data: { problem: String(problem) } }, "config.json", "", null);
}

/** Before anything is asked for; whoever asks first is told what went wrong. */
export function openEarly(): void {
  open().catch(() => undefined);
}

/** Raises `Refused`. */
export const call: Caller["call"] = async (name, ...given) => (await open()).call(name, ...given);

export async function enter(session: Session): Promise<void> {
  (await open()).enter(session);
}

/** This device forgets who was signed in. */
export async function leave(): Promise<void> {
  (await open()).leave();
}
