import type { Screen } from "../../shell/screens";

export const screens: Screen[] = [
  {
    path: "/password", title: { zh: "修改密码", en: "Change password" }, chapter: "ops", menu: 90,
    serves: ["staff.change_password"], page: () => import("./PasswordPage.vue"),
  },
];
