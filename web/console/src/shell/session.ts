/** Who is signed in, and what that person may do. */

import { defineStore } from "pinia";
import { Refused, type ActionName, type Caller, type Session } from "wechat-mall-client";
import { computed, ref, shallowRef } from "vue";
import { permits } from "./permits";
import { theMall } from "./mall";

export interface Person {
  staff_id: string;
  username: string;
  display_name: string;
  permissions: string[];
  /** The shop that the platform's staff have entered. */
  shop: string | null;
}

interface Asking {
  stranger: Caller;
  done: (session: Session) => void;
  fail: (problem: Refused) => void;
}

const KEPT = "mall.desk.who";

export const useSession = defineStore("session", () => {
  const who = shallowRef<Person | null>(read());
  const asking = shallowRef<Asking | null>(null);
  const isAsked = computed(() => asking.value !== null);
  const ended = ref(0); // how often a session has ended: pages of the last person are dropped then

  function keep(person: Person | null): void {
    who.value = person;
    if (person) sessionStorage.setItem(KEPT, JSON.stringify(person));
    else sessionStorage.removeItem(KEPT);
  }

  async function open(caller: Caller, username: string, password: string): Promise<Session> {
    const { token, session_key, ...person } = await caller.call("staff.sign_in_staff", { username, password });
    const { staff_id, display_name, permissions } = person;
    keep({ staff_id, display_name, permissions, username, shop: null });
    return { token, session_key };
  }

  /** Raises `Refused`. */
  async function signIn(username: string, password: string): Promise<void> {
    theMall().enter(await open(theMall(), username, password));
  }

  /** Ends here even where the mall cannot be reached: the session is over by itself later. */
  async function signOut(): Promise<void> {
    await theMall().call("staff.sign_out_staff").catch(() => undefined);
    leave();
  }

  function leave(): void {
    theMall().leave();
    keep(null);
    ended.value++;
  }

  /** In a shop that the platform's staff have entered, with the session that `sellers.enter_shop` gave. */
  function enterShop(session: Session, shop: string): void {
    if (!who.value) return;
    theMall().enter(session);
    keep({ ...who.value, shop });
    ended.value++;
  }

  /** The mall asks for a session in the middle of work: its call waits until the person has typed the password. */
  function askAnew(stranger: Caller): Promise<Session> {
    if (!who.value) return Promise.reject(notSignedIn());
    return new Promise((done, fail) => (asking.value = { stranger, done, fail }));
  }

  /** Raises `Refused` when the password is wrong: the call goes on waiting. */
  async function answer(password: string): Promise<void> {
    const open_ = asking.value;
    if (!open_ || !who.value) return;
    const session = await open(open_.stranger, who.value.username, password);
    asking.value = null;
    open_.done(session);
  }

  /** The call that waited is refused; what was typed on the page stays. */
  function turnAway(): void {
    asking.value?.fail(notSignedIn());
    asking.value = null;
  }

  function may(action: ActionName): boolean {
    return who.value !== null && permits(who.value.permissions, action);
  }

  return { who, isAsked, ended, signIn, signOut, leave, enterShop, askAnew, answer, turnAway, may };
});

function notSignedIn(): Refused {
  const told = { code: "NOT_SIGNED_IN", message: "请先登录", field: null, data: {}, retryable: true };
  return new Refused(told, "", "", null);
}

function read(): Person | null {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT) ?? "null") as Person | null;
  } catch {
    return null;
  }
}
