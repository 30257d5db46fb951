/** What is tried before it is saved: a draft of a promotion or a coupon, or another table of what combines. */

import type { Input } from "wechat-mall-client";

export type Tried = Omit<Input<"pricing.simulate_promotion">, "lines" | "level" | "is_new" | "at" | "freight_fen">;
