import type { Screen } from "../../shell/screens";

export const screens: Screen[] = [
  {
    path: "/today", title: { zh: "今日", en: "Today" }, chapter: "insight", menu: 10,
    serves: ["insight.view_today"], page: () => import("./TodayPage.vue"),
  },
];
