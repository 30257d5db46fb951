import type { Screen } from "../../shell/screens";

export const screens: Screen[] = [
  {
    path: "/message-templates", title: { zh: "消息模板", en: "Message templates" }, chapter: "reach", menu: 10,
    serves: ["messaging.list_own_templates", "messaging.save_template"], page: () => import("./TemplatesPage.vue"),
  },
];
