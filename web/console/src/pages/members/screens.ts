import type { Screen } from "../../shell/screens";

export const screens: Screen[] = [
  {
    path: "/members", title: { zh: "会员查询", en: "Members" }, chapter: "people", menu: 10,
    serves: ["members.search_members"], page: () => import("./MembersPage.vue"),
  },
  {
    path: "/members/:member_id", title: { zh: "会员详情", en: "Member" }, chapter: "people",
    serves: [
      "members.show_member", "members.reveal_phone", "members.show_member_growth", "points.show_member_points",
      "wallets.show_member_wallet", "risk.block_member", "risk.unblock_member", "orders.search_orders",
    ],
    page: () => import("./MemberPage.vue"),
  },
];
