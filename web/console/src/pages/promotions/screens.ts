import type { Screen } from "../../shell/screens";

export const screens: Screen[] = [
  {
    path: "/promotions", title: { zh: "营销活动", en: "Promotions" }, chapter: "marketing", menu: 10,
    serves: ["promotions.list_promotions", "promotions.end_promotion", "promotions.save_promotion"], page: () => import("./PromotionsPage.vue"),
  },
  {
    path: "/promotions/:promotion_id", title: { zh: "活动详情", en: "Promotion" }, chapter: "marketing",
    serves: [
      "promotions.list_promotions", "promotions.save_promotion", "pricing.simulate_promotion", "pricing.rehearse_promotion",
      "pricing.start_rehearsal",
    ],
    page: () => import("./PromotionPage.vue"),
  },
  {
    path: "/rehearsals", title: { zh: "活动预演", en: "Rehearsals" }, chapter: "marketing", menu: 12,
    serves: ["pricing.list_rehearsals"], page: () => import("./RehearsalsPage.vue"),
  },
  {
    path: "/rehearsals/:rehearsal_id", title: { zh: "预演结果", en: "Rehearsal" }, chapter: "marketing",
    serves: ["pricing.view_rehearsal", "pricing.cancel_rehearsal"], page: () => import("./RehearsalPage.vue"),
  },
];
