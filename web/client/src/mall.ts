/** The mall as a client sees it: one call, typed by the action's name. */

import type { Asked, Door, Reply } from "./doors.js";
import type { Actions } from "./generated/actions.js";
import { SECONDS } from "./generated/places.js";
import { answerOf, Refused, silence } from "./refused.js";
import { inMemory, randomName, signed, type Keeper, type Session } from "./session.js";

export type ActionName = keyof Actions;
/** What an action takes. */
export type Input<Name extends ActionName> = Actions[Name]["input"];
/** What an action answers. */
export type Output<Name extends ActionName> = Actions[Name]["output"];
/** The codes that an action itself may refuse with; the front desk's own (`BAD_INPUT`, `NOT_SIGNED_IN` ...) besides. */
export type RefusalOf<Name extends ActionName> = Actions[Name]["refusals"];

export interface CallOptions {
  /** The idempotency key: the same call under the same key is done once, and answers as the first time. Absent, each
   * call gets one of its own, which all its repetitions share. */
  key?: string;
  /** How long to wait for one answer; absent, a little longer than the action may take. */
  seconds?: number;
}

/** The input may be left out where no field is needed. */
type Given<Name extends ActionName> = {} extends Input<Name>
  ? [input?: Input<Name>, options?: CallOptions]
  : [input: Input<Name>, options?: CallOptions];

export interface Caller {
  /** Raises `Refused`. */
  call<Name extends ActionName>(name: Name, ...given: Given<Name>): Promise<Output<Name>>;
}

export interface MallOptions {
  /** The ways to the mall (`cloud`, `mini`, `web`): when one does not answer, the next is tried, and kept. */
  doors: Door[];
  /** Opens a session whenever the mall asks for one; those who call meanwhile wait for it. The caller that it is given
   * is a stranger's. Absent: whoever is not signed in is refused. */
  signIn?: (stranger: Caller) => Promise<Session>;
  /** Where the session is kept; absent: in memory. */
  keeper?: Keeper;
  /** How often a call is sent at most, and by every door once (3). */
  tries?: number;
  /** This device's clock, in milliseconds, however wrong: the mall's own is learnt from its answers. */
  now?: () => number;
  /** How to wait between tries. */
  pause?: (milliseconds: number) => Promise<void>;
}

const ENDED = ["SESSION_EXPIRED", "BAD_SIGNATURE", "NOT_SIGNED_IN"]; // a session is missing, or is good no more
const USED_UP = ["IDEMPOTENCY_KEY_WORN_OUT", "IDEMPOTENCY_KEY_REUSED"]; // nothing more is to be had under this key
const USUAL_SECONDS = 10;
const MORE_SECONDS = 5; // for the way there and back
const MOST_OPEN = 50;
const OPEN_MILLISECONDS = 600_000; // after that the same words are another wish

/** The key of a call that may or may not have been done. */
interface Open {
  key: string;
  until: number;
}

/** One call while it is under way. */
interface Going {
  action: string;
  body: string;
  key: string;
  milliseconds: number;
  isStrangers: boolean;
  tried: number;
  /** The refusal that made it ask for a session, once. */
  renewed: Refused | null;
  isClockSet: boolean;
}

export class Mall implements Caller {
  private readonly keeper: Keeper;
  private readonly tries: number;
  private readonly now: () => number;
  private readonly pause: (milliseconds: number) => Promise<void>;
  private at = 0;
  private ahead = 0; // of the mall's clock before this device's, in milliseconds
  private renewing: Promise<void> | null = null;
  private readonly open = new Map<string, Open>(); // by the call, action and body

  constructor(private readonly options: MallOptions) {
    if (!options.doors.length) throw new Error("a mall without a door");
    this.keeper = options.keeper ?? inMemory();
    this.tries = Math.max(options.tries ?? 3, options.doors.length);
    this.now = options.now ?? Date.now;
    this.pause = options.pause ?? ((milliseconds) => new Promise((done) => setTimeout(done, milliseconds)));
  }

  get session(): Session | null {
    return this.keeper.get();
  }

  /** Sign the calls from now on with what a sign-in answered. */
  enter({ token, session_key }: Session): void {
    this.keeper.put({ token, session_key });
  }

  /** Forget the session; to end it at the mall, call `members.sign_out` or `staff.sign_out_staff` before. */
  leave(): void {
    this.keeper.put(null);
  }

  call<Name extends ActionName>(name: Name, ...[input, options]: Given<Name>): Promise<Output<Name>> {
    return this.run(name, input, options ?? {}, false) as Promise<Output<Name>>;
  }

  private async run(action: string, input: unknown, options: CallOptions, isStrangers: boolean): Promise<unknown> {
    const body = written(input ?? {});
    const call = `${action}\n${body}`;
    const key = options.key ?? this.takeOpen(call) ?? randomName();
    const seconds = options.seconds ?? (SECONDS[action] ?? USUAL_SECONDS) + MORE_SECONDS;
    try {
      return await this.ask({
        action, body, key, milliseconds: seconds * 1000, isStrangers, tried: 0, renewed: null, isClockSet: false,
      });
    } catch (problem) {
      const mayBeDone = problem instanceof Refused && problem.retryable && !USED_UP.includes(problem.code);
      if (mayBeDone && !options.key) this.keepOpen(call, key);
      throw problem;
    }
  }

  /** What may have been done is asked for under its own key when the person asks for it again. */
  private keepOpen(call: string, key: string): void {
    this.open.set(call, { key, until: this.now() + OPEN_MILLISECONDS });
    if (this.open.size > MOST_OPEN) this.open.delete(this.open.keys().next().value as string);
  }

  private takeOpen(call: string): string | null {
    const found = this.open.get(call);
    this.open.delete(call);
    return found && found.until > this.now() ? found.key : null;
  }

  private async ask(going: Going): Promise<unknown> {
    for (;;) {
      const door = this.options.doors[this.at] as Door;
      const session = door.vouches || going.isStrangers ? null : this.keeper.get();
      going.tried++;
      const reply = await send(door, this.asked(going, session));
      const answer = answerOf(reply.answer);
      this.learn(reply);
      if (answer && answer.ok) return answer.data;
      const told = answer ? answer.error : silence(reply.problem);
      const refused = new Refused(told, going.action, going.key, answer && answer.request_id);
      const goesOn = answer ? this.goesOn(going, refused, door, session) : this.nextDoor(going, door);
      if (!(await goesOn)) throw going.renewed && refused.code === "NOT_SIGNED_IN" ? going.renewed : refused;
    }
  }

  private asked({ action, body, key, milliseconds }: Going, session: Session | null): Asked {
    const seconds = Math.floor((this.now() + this.ahead) / 1000);
    const proof = session ? signed(session, action, body, key, seconds) : {};
    return {
      action, body, key, milliseconds,
      headers: { "Content-Type": "application/json", "Idempotency-Key": key, ...proof },
    };
  }

  /** Whether a call that was refused is sent once more; what that takes is done. */
  private async goesOn(going: Going, refused: Refused, door: Door, session: Session | null): Promise<boolean> {
    if (refused.code === "STALE_REQUEST" && !going.isClockSet) {
      going.isClockSet = true;
      this.learn({ answer: null, time: Number(refused.data["server_time"]) });
      return true;
    }
    if (ENDED.includes(refused.code) && !going.renewed && !going.isStrangers) {
      going.renewed = refused;
      return this.renew(refused, door, session);
    }
    // Whoever tried too often is told for how many minutes: that is no time to wait here.
    if (!refused.retryable || "minutes" in refused.data || USED_UP.includes(refused.code)) return false;
    if (going.tried >= this.tries) return false;
    await this.pause(300 * going.tried * (0.5 + Math.random()));
    return true;
  }

  /** No answer: the call goes to the next door, and all who come after go there too. */
  private async nextDoor(going: Going, silent: Door): Promise<boolean> {
    const { doors } = this.options;
    if (doors[this.at] === silent) this.at = (this.at + 1) % doors.length;
    if (going.tried >= this.tries) return false;
    if (going.tried >= doors.length) await this.pause(300 * (1 + going.tried - doors.length));
    return true;
  }

  /** Whether there is another session than the one that was refused, or none where none may be needed. */
  private async renew(refused: Refused, door: Door, ended: Session | null): Promise<boolean> {
    const { signIn } = this.options;
    const kept = this.keeper.get();
    // Somebody else has signed in meanwhile.
    if (!door.vouches && kept && kept.token !== (ended && ended.token)) return true;
    // Where nobody can sign in anew: a good session of staff, say, at an action for members is kept.
    if (!signIn && refused.code === "NOT_SIGNED_IN") return false;
    this.leave();
    if (!signIn) return true;
    this.renewing ??= this.signIn(signIn);
    await this.renewing;
    return true;
  }

  private async signIn(by: (stranger: Caller) => Promise<Session>): Promise<void> {
    const call: Caller["call"] = (name, ...[input, options]) => this.run(name, input, options ?? {}, true) as never;
    try {
      await null; // so that who asks meanwhile finds that it is under way
      this.enter(await by({ call }));
    } finally {
      this.renewing = null;
    }
  }

  private learn({ time }: Reply): void {
    if (time) this.ahead = time * 1000 - this.now();
  }
}

/** What a door brings back; of a door that does not, why. */
async function send(door: Door, asked: Asked): Promise<Reply & { problem?: unknown }> {
  try {
    return await door.send(asked);
  } catch (problem) {
    return { answer: null, problem };
  }
}

/** As JSON; half of a surrogate pair, which old engines leave as it is, cannot be sent. */
function written(input: unknown): string {
  return JSON.stringify(input).replace(/[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]/g, (found) =>
    found.length > 1 ? found : `\\u${found.charCodeAt(0).toString(16)}`);
}
