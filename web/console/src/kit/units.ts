/** What the axes of charts count in. */

import type { Words } from "../shell/words";

export const YUAN: Words = { zh: "元", en: "yuan" };
export const COUNT: Words = { zh: "笔", en: "orders" };
