import type { Screen } from "../../shell/screens";

export const screens: Screen[] = [
  {
    path: "/coupons", title: { zh: "优惠券", en: "Coupons" }, chapter: "marketing", menu: 11,
    serves: ["coupons.list_coupon_templates", "coupons.save_coupon", "coupons.end_coupon"], page: () => import("./CouponsPage.vue"),
  },
  {
    path: "/coupons/:template_id", title: { zh: "优惠券详情", en: "Coupon" }, chapter: "marketing",
    serves: [
      "coupons.list_coupon_templates", "coupons.save_coupon", "coupons.end_coupon", "coupons.issue_coupons", "coupons.make_code_batch",
      "pricing.simulate_promotion", "pricing.rehearse_promotion", "pricing.start_rehearsal",
    ],
    page: () => import("./CouponPage.vue"),
  },
];
