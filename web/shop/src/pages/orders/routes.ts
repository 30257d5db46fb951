import type { RouteRecordRaw } from "vue-router";

export const routes: RouteRecordRaw[] = [
  { path: "/orders", component: () => import("./OrdersPage.vue"), meta: { title: "我的订单", forMembers: true } },
  { path: "/orders/:order_no", component: () => import("./OrderPage.vue"), props: true, meta: { title: "订单详情", forMembers: true } },
];
