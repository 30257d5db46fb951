/** How much a state asks for a look; what it is called, `infra/web/words` says. */

export type Weight = "success" | "warning" | "danger" | "info" | "primary";

const WEIGHTS: Record<string, Weight> = {
  UNPAID: "warning", PART_PAID: "warning", GROUPING: "primary", TO_SHIP: "warning", SHIPPED: "primary", RECEIVED: "success",
  LISTED: "success", PENDING: "warning", OPEN: "warning", APPROVED: "success", ACTIVE: "success", REJECTED: "danger",
  FAILED: "danger", SUSPENDED: "danger", DONE: "success",
};

export function weightOf(state: string): Weight {
  return WEIGHTS[state] ?? "info";
}
