import type { RouteRecordRaw } from "vue-router";

export const routes: RouteRecordRaw[] = [
  { path: "/cart", component: () => import("./CartPage.vue"), meta: { title: "购物车", isTab: true, forMembers: true } },
];
