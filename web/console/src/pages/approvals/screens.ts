import type { Screen } from "../../shell/screens";

export const screens: Screen[] = [
  {
    path: "/approvals", title: { zh: "待复核", en: "Approvals" }, chapter: "service", menu: 30,
    serves: ["staff.list_sensitive_changes", "staff.approve_sensitive_change", "staff.reject_sensitive_change"],
    page: () => import("./ApprovalsPage.vue"),
  },
];
