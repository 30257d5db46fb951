import type { Screen } from "../../shell/screens";

export const screens: Screen[] = [
  {
    path: "/group-buys", title: { zh: "拼团活动", en: "Group buys" }, chapter: "marketing", menu: 30,
    serves: ["group_buys.list_group_buys", "group_buys.end_group_buy", "group_buys.save_group_buy"],
    page: () => import("./GroupBuysPage.vue"),
  },
  {
    path: "/group-buys/:group_buy_id", title: { zh: "拼团详情", en: "Group buy" }, chapter: "marketing",
    serves: ["group_buys.list_group_buys", "group_buys.save_group_buy", "catalog.open_product"],
    page: () => import("./GroupBuyPage.vue"),
  },
];
