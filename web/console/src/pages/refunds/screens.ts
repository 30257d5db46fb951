import type { Screen } from "../../shell/screens";

export const screens: Screen[] = [
  {
    path: "/refund-requests", title: { zh: "退款申请", en: "Refund requests" }, chapter: "service", menu: 10,
    serves: ["refunds.list_requests", "refunds.answer_request"], page: () => import("./RequestsPage.vue"),
  },
  {
    path: "/refunds", title: { zh: "退款单", en: "Refunds" }, chapter: "service", menu: 20,
    serves: ["refunds.list_refunds", "refunds.retry_refund", "refunds.record_settled_by_hand"],
    page: () => import("./RefundsPage.vue"),
  },
];
