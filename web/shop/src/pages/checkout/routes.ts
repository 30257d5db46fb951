import type { RouteRecordRaw } from "vue-router";

export const routes: RouteRecordRaw[] = [
  { path: "/checkout", component: () => import("./CheckoutPage.vue"), meta: { title: "确认订单", isNear: true, forMembers: true } },
];
