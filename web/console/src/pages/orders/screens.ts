import type { Screen } from "../../shell/screens";

export const screens: Screen[] = [
  {
    path: "/orders", title: { zh: "订单查询", en: "Orders" }, chapter: "trade", menu: 10,
    serves: ["orders.search_orders", "orders.export_orders"], page: () => import("./OrdersPage.vue"),
  },
  {
    path: "/orders/:order_no", title: { zh: "订单详情", en: "Order" }, chapter: "trade",
    serves: [
      "orders.view_order", "orders.open_receiver", "orders.note_order", "orders.close_order", "orders.quote_redirect",
      "orders.redirect_order", "pricing.adjust_order_price", "refunds.quote_refund", "refunds.start_refund",
      "refunds.give_back_kept",
      "fulfilment.ship_orders", "fulfilment.correct_parcel", "fulfilment.withdraw_parcel", "ops.trace_order",
    ],
    page: () => import("./OrderPage.vue"),
  },
];
