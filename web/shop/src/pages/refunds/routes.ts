import type { RouteRecordRaw } from "vue-router";

export const routes: RouteRecordRaw[] = [
  { path: "/orders/:order_no/refund", component: () => import("./AskRefundPage.vue"), props: true, meta: { title: "申请退款", forMembers: true } },
];
