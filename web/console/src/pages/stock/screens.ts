import type { Screen } from "../../shell/screens";

export const screens: Screen[] = [
  {
    path: "/stock", title: { zh: "库存", en: "Stock" }, chapter: "fulfilment", menu: 30,
    serves: ["stock.list_stock", "stock.adjust_stock", "stock.transfer_stock", "stock.set_safe_level", "stock.list_stock_entries", "stock.list_warehouses"],
    page: () => import("./StockPage.vue"),
  },
  {
    path: "/stock-alerts", title: { zh: "库存预警", en: "Runs low" }, chapter: "fulfilment", menu: 31,
    serves: ["stock.list_stock_alerts"], page: () => import("./AlertsPage.vue"),
  },
];
