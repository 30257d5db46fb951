import type { RouteRecordRaw } from "vue-router";

export const routes: RouteRecordRaw[] = [
  { path: "/products/:spu_id", component: () => import("./ProductPage.vue"), props: true, meta: { title: "商品详情", isNear: true } },
];
