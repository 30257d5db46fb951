import type { RouteRecordRaw } from "vue-router";

export const routes: RouteRecordRaw[] = [
  { path: "/privacy", component: () => import("./PrivacyPage.vue"), meta: { title: "资料与隐私", forMembers: true } },
];
