import type { Screen } from "../../shell/screens";

export const screens: Screen[] = [
  {
    path: "/actions", title: { zh: "全部操作", en: "All actions" }, chapter: "ops", menu: 95, serves: [],
    page: () => import("./IndexPage.vue"),
  },
  {
    path: "/actions/:name", title: { zh: "操作", en: "Action" }, chapter: "ops", serves: [],
    page: () => import("./ActionPage.vue"),
  },
];
