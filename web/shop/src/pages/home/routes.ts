import type { RouteRecordRaw } from "vue-router";

import HomePage from "./HomePage.vue"; // with the shop's own script: most people come here first

export const routes: RouteRecordRaw[] = [
  { path: "/", component: HomePage, meta: { title: "", isTab: true } },
];
