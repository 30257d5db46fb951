import type { RouteRecordRaw } from "vue-router";

export const routes: RouteRecordRaw[] = [
  { path: "/invoices", component: () => import("./InvoicesPage.vue"), meta: { title: "我的发票", forMembers: true } },
  { path: "/orders/:order_no/invoice", component: () => import("./RequestInvoicePage.vue"), props: true, meta: { title: "申请发票", forMembers: true } },
];
