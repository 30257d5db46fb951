import type { RouteRecordRaw } from "vue-router";

export const routes: RouteRecordRaw[] = [
  { path: "/me/wallet", component: () => import("./WalletPage.vue"), meta: { title: "我的余额", forMembers: true } },
];
