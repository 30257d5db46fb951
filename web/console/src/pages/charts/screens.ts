import type { Screen } from "../../shell/screens";

export const screens: Screen[] = [
  {
    path: "/charts", title: { zh: "经营图表", en: "Charts" }, chapter: "insight", menu: 20,
    serves: [
      "insight.chart_takings", "insight.chart_refunds", "insight.chart_coupons", "insight.chart_sharing",
      "insight.chart_points",
    ],
    page: () => import("./ChartsPage.vue"),
  },
];
