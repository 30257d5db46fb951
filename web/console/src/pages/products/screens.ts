import type { Screen } from "../../shell/screens";

export const screens: Screen[] = [
  {
    path: "/products", title: { zh: "商品管理", en: "Products" }, chapter: "goods", menu: 10,
    serves: ["catalog.list_shelf", "catalog.publish_products", "catalog.withdraw_products", "catalog.copy_product", "catalog.export_products"],
    page: () => import("./ProductsPage.vue"),
  },
  {
    path: "/products/new", title: { zh: "新商品", en: "New product" }, chapter: "goods", menu: 11,
    serves: ["catalog.save_product", "pricing.list_freight_templates"], page: () => import("./NewProductPage.vue"),
  },
  {
    path: "/products/import", title: { zh: "商品导入", en: "Import" }, chapter: "goods", menu: 12,
    serves: ["catalog.import_products", "catalog.issue_upload_url", "catalog.export_products"],
    page: () => import("./ImportPage.vue"),
  },
  {
    path: "/products/:spu_id", title: { zh: "商品详情", en: "Product" }, chapter: "goods",
    serves: ["catalog.open_product", "catalog.save_product", "catalog.save_virtual_codes"],
    page: () => import("./ProductPage.vue"),
  },
  {
    path: "/categories", title: { zh: "商品分类", en: "Categories" }, chapter: "goods", menu: 20,
    serves: ["catalog.list_own_categories", "catalog.save_category"], page: () => import("./CategoriesPage.vue"),
  },
];
