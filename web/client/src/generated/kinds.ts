// Written by `python -m infra.web generate` from the functions; changes here are lost.

/** A moment with its zone, `2026-11-30T20:00:00+08:00`. */
export type Moment = string;
/** A day of the shop, `2026-11-30`. */
export type Day = string;

export /** The answer of any action whose call needs a second person: nothing has changed yet. */
interface WaitsForSecondPerson {
  state: "WAITS";
  change_id: string;
  /** what it gives away; null: without a bound */
  value_fen: number | null;
  says: string;
  why: string;
}
