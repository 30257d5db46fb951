/** What a call ends with when it is not answered with what was asked for. */

import type { Refusals } from "./generated/refusals.js";

/** `NO_ANSWER` is this client's own: by no door came an answer, and what became of the call nobody knows. */
export type Code = keyof Refusals | "NO_ANSWER";

/** The error of an answer, as every entrance writes it. */
export interface Told {
  code: string;
  /** A Chinese sentence for the person. */
  message: string;
  /** Which field of the input it is about. */
  field: string | null;
  data: Record<string, unknown>;
  /** The same call may be sent again. */
  retryable: boolean;
}

export class Refused extends Error implements Told {
  /** A newer mall may know codes that this list does not have. */
  readonly code: Code;
  readonly field: string | null;
  readonly data: Record<string, unknown>;
  readonly retryable: boolean;

  /** `key` is what the call went under: with `{ key }` the same call asks for what became of it. */
  constructor(told: Told, readonly action: string, readonly key: string, readonly request_id: string | null) {
    super(told.message);
    Object.setPrototypeOf(this, Refused.prototype); // where a build tool has made an old function of this class
    this.name = "Refused";
    this.code = told.code as Code;
    this.field = told.field;
    this.data = told.data;
    this.retryable = told.retryable;
  }
}

/** Of a call that nothing came back of; `problem`: what the door said of it, for whoever looks for the cause. */
export function silence(problem: unknown): Told {
  const said = problem as { errMsg?: string; message?: string } | undefined;
  return {
    code: "NO_ANSWER", message: "网络不给力，请稍后再试", field: null, retryable: true,
    data: { problem: said?.errMsg ?? said?.message ?? "what came is no answer of the mall" },
  };
}

export type Answer =
  | { ok: true; data: unknown; request_id: string }
  | { ok: false; error: Told; request_id: string };

/** The mall's answer, or null for what is none: a gateway's page, half of a text. */
export function answerOf(said: unknown): Answer | null {
  let found = said;
  if (typeof said === "string") {
    try {
      found = JSON.parse(said);
    } catch {
      return null;
    }
  }
  const answer = found as Answer | null;
  const isOne = typeof answer === "object" && answer !== null && typeof answer.ok === "boolean";
  return isOne && (answer.ok ? "data" in answer : typeof answer.error?.code === "string") ? answer : null;
}
