import type { RouteRecordRaw } from "vue-router";

export const routes: RouteRecordRaw[] = [
  { path: "/me/points", component: () => import("./PointsPage.vue"), meta: { title: "我的积分", forMembers: true } },
];
