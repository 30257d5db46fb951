import type { RouteRecordRaw } from "vue-router";

export const routes: RouteRecordRaw[] = [
  { path: "/groups/:group_id", component: () => import("./GroupPage.vue"), props: true, meta: { title: "拼团" } },
];
