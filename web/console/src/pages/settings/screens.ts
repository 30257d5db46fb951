import type { Screen } from "../../shell/screens";

export const screens: Screen[] = [
  {
    path: "/settings", title: { zh: "店铺设置", en: "Settings" }, chapter: "ops", menu: 10,
    serves: ["staff.show_settings", "staff.save_settings", "staff.list_audit_log"], page: () => import("./SettingsPage.vue"),
  },
  {
    path: "/points-and-levels", title: { zh: "积分与等级", en: "Points and levels" }, chapter: "people", menu: 20,
    serves: ["staff.show_settings", "staff.save_settings"], page: () => import("./PointsPage.vue"),
  },
];
