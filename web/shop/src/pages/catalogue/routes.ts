import type { RouteRecordRaw } from "vue-router";

export const routes: RouteRecordRaw[] = [
  { path: "/categories", component: () => import("./CategoryPage.vue"), meta: { title: "分类", isTab: true } },
  { path: "/products", component: () => import("./ListPage.vue"), meta: { title: "商品", isNear: true } },
];
