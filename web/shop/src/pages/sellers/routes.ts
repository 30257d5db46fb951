import type { RouteRecordRaw } from "vue-router";

export const routes: RouteRecordRaw[] = [
  { path: "/sellers/:seller_id", component: () => import("./SellerPage.vue"), props: true, meta: { title: "店铺" } },
  { path: "/sell", component: () => import("./SellPage.vue"), meta: { title: "商家入驻", forMembers: true } },
];
