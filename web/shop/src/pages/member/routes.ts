import type { RouteRecordRaw } from "vue-router";

export const routes: RouteRecordRaw[] = [
  { path: "/me", component: () => import("./MemberPage.vue"), meta: { title: "我的", isTab: true } },
];
