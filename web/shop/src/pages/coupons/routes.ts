import type { RouteRecordRaw } from "vue-router";

export const routes: RouteRecordRaw[] = [
  { path: "/coupons", component: () => import("./CentrePage.vue"), meta: { title: "领券中心" } },
  { path: "/me/coupons", component: () => import("./MyCouponsPage.vue"), meta: { title: "我的优惠券", forMembers: true } },
];
