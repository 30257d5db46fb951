import type { Screen } from "../../shell/screens";

export const screens: Screen[] = [
  {
    path: "/differences", title: { zh: "对账差异", en: "Differences" }, chapter: "money", menu: 10,
    serves: ["reconciliation.list_differences", "reconciliation.resolve_difference", "reconciliation.list_bills", "reconciliation.pull_day"],
    page: () => import("./DifferencesPage.vue"),
  },
];
