import type { Screen } from "../../shell/screens";

export const screens: Screen[] = [
  {
    path: "/staff", title: { zh: "员工", en: "Staff" }, chapter: "ops", menu: 20,
    serves: ["staff.list_staff", "staff.save_staff"], page: () => import("./StaffPage.vue"),
  },
  {
    path: "/roles", title: { zh: "角色与权限", en: "Roles" }, chapter: "ops", menu: 21,
    serves: ["staff.list_roles", "staff.save_role"], page: () => import("./RolesPage.vue"),
  },
  {
    path: "/audit-log", title: { zh: "操作日志", en: "Audit log" }, chapter: "ops", menu: 30,
    serves: ["staff.list_audit_log", "staff.verify_audit_log"], page: () => import("./AuditLogPage.vue"),
  },
];
