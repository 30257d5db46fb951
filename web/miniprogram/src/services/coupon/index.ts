import { couponOf, couponsOf, shown } from "../mall/coupons.js";
import { ask } from "../mall/mall.js";
import type { Coupon } from "../mall/shapes.js";

export interface CouponDetail {
  detail: Coupon & { useNotes: string; storeAdapt: string };
  storeInfoList: [];
}

/** 我的优惠券: usable (default), used (useless) or expired (disabled). */
export async function fetchCouponList(status: Coupon["status"] = "default"): Promise<Coupon[]> {
  return (await couponsOf(status)).map((coupon) => shown(coupon, status));
}

/** 优惠券详情, by the number that its page is opened with. */
export async function fetchCouponDetail(id: number | string): Promise<CouponDetail> {
  const { coupon, status } = await couponOf(Number(id));
  const scope = { goods: "部分商品可用", categories: "部分类目可用" }[(coupon.terms["scope"] as { kind: string }).kind];
  return {
    detail: { ...shown(coupon, status), desc: coupon.offer, useNotes: "", storeAdapt: scope ?? "全场通用" },
    storeInfoList: [],
  };
}

export interface Claimable {
  id: string;
  title: string;
  offer: string;
  /** How many more. */
  mayClaim: number;
}

/** Ours: what may be claimed now (领券中心). */
export async function fetchClaimableCoupons(): Promise<Claimable[]> {
  const { items } = await ask("coupons.list_claimable_coupons", { limit: 50 });
  return items.map((each) => ({
    id: each.template_id, title: each.title, offer: each.offer, mayClaim: each.may_claim,
  }));
}

/** Ours: 领取. */
export async function claimCoupon(id: string): Promise<void> {
  await ask("coupons.claim_coupon", { template_id: id });
}
