import type { Screen } from "../../shell/screens";

export const screens: Screen[] = [
  {
    path: "/to-ship", title: { zh: "待发货", en: "To ship" }, chapter: "fulfilment", menu: 10,
    serves: ["fulfilment.list_to_ship", "fulfilment.ship_orders"], page: () => import("./ToShipPage.vue"),
  },
  {
    path: "/ship-by-file", title: { zh: "Excel 批量发货", en: "Ship by file" }, chapter: "fulfilment", menu: 11,
    serves: ["fulfilment.import_shipments", "catalog.issue_upload_url"], page: () => import("./ShipByFilePage.vue"),
  },
  {
    path: "/pick-up", title: { zh: "自提核销", en: "Pick-up" }, chapter: "fulfilment", menu: 12,
    serves: ["fulfilment.check_off_pickup"], page: () => import("./PickUpPage.vue"),
  },
];
