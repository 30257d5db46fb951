import type { RouteRecordRaw } from "vue-router";

export const routes: RouteRecordRaw[] = [
  { path: "/addresses", component: () => import("./AddressesPage.vue"), meta: { title: "收货地址", forMembers: true } },
];
