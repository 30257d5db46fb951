import type { RouteRecordRaw } from "vue-router";

export const routes: RouteRecordRaw[] = [
  { path: "/me", component: () => import("./MemberPage.vue"), meta: { title: "我的", isTab: true, forMembers: true } },
  { path: "/me/level", component: () => import("./LevelPage.vue"), meta: { title: "会员等级", forMembers: true } },
];
