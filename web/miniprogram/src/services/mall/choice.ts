/** The coupons to choose from at the checkout, as its pop-up shows them. */

import { couponsOf, termsOf, type MyCoupon } from "./coupons.js";
import { explained, type Quoted } from "./quote.js";

export interface Choice {
  couponVO: {
    couponId: string;
    name: string;
    condition: string;
    startTime: number;
    endTime: number;
    /** Of 2 a hundredth of 折, of 1 a tenth of a fen: the pop-up divides, and its card once more. */
    value: number;
    type: 1 | 2;
  };
  /** 0 may be chosen, -1 not. */
  status: 0 | -1;
}

/** What the pop-up opens with; filled with each quote. */
export const choices: { couponResultList: Choice[]; reduce: number } = { couponResultList: [], reduce: 0 };

const NEVER = ["out_of_scope", "below_threshold", "not_started", "expired", "not_held"];

export async function offer(quoted: Quoted): Promise<void> {
  const { skipped, goods_coupon_fen, freight_coupon_fen } = explained(quoted);
  const never = skipped.filter(({ reason }) => NEVER.includes(reason)).map(({ source_id }) => source_id);
  choices.reduce = goods_coupon_fen + freight_coupon_fen;
  choices.couponResultList = (await couponsOf("default")).map((coupon) => choiceOf(coupon, never));
}

function choiceOf(coupon: MyCoupon, never: string[]): Choice {
  const { percent, off_fen } = termsOf(coupon);
  const isPercent = coupon.kind === "discount";
  return {
    couponVO: {
      couponId: coupon.coupon_id, name: coupon.title, condition: coupon.offer,
      startTime: Date.parse(coupon.valid_from), endTime: Date.parse(coupon.valid_until),
      value: isPercent ? percent * 10 : off_fen * 10, type: isPercent ? 2 : 1,
    },
    status: never.includes(coupon.coupon_id) ? -1 : 0,
  };
}
