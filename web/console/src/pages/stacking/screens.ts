import type { Screen } from "../../shell/screens";

export const screens: Screen[] = [
  {
    path: "/stacking", title: { zh: "叠加规则", en: "What combines" }, chapter: "marketing", menu: 40,
    serves: ["staff.show_settings", "staff.save_settings", "pricing.simulate_promotion"], page: () => import("./StackingPage.vue"),
  },
];
