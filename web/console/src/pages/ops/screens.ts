import type { Screen } from "../../shell/screens";

export const screens: Screen[] = [
  {
    path: "/cases", title: { zh: "待办事项", en: "Cases" }, chapter: "ops", menu: 40,
    serves: ["ops.list_cases", "ops.resolve_case"], page: () => import("./CasesPage.vue"),
  },
  {
    path: "/health", title: { zh: "系统状态", en: "Health" }, chapter: "ops", menu: 41,
    serves: ["ops.list_parked_events", "ops.replay_parked_event", "ops.run_audit"], page: () => import("./HealthPage.vue"),
  },
];
