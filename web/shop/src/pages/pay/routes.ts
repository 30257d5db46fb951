import type { RouteRecordRaw } from "vue-router";

export const routes: RouteRecordRaw[] = [
  { path: "/pay/:order_no", component: () => import("./PayPage.vue"), props: true, meta: { title: "支付", isNear: true, forMembers: true } },
];
