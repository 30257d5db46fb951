// Written by `python -m infra.web generate` from the functions; changes here are lost.

/** The buyers' actions that are functions of their own; the others are on their domain's counter. */
export const ALONE: readonly string[] = [
  "carts.put_cart_item",
  "carts.view_cart",
  "catalog.get_product",
  "catalog.list_categories",
  "catalog.list_products",
  "coupons.claim_coupon",
  "group_buys.view_group",
  "members.begin_web_sign_in",
  "members.finish_upload",
  "members.sign_in",
  "members.sign_in_web",
  "orders.get_order",
  "orders.list_orders",
  "orders.place_order",
  "payments.start_payment",
  "pricing.quote_checkout",
  "staff.sign_in_staff",
];

/** The seconds that an action may take, where they are not 10. */
export const SECONDS: { readonly [action: string]: number | undefined } = {
  "catalog.export_products": 60,
  "catalog.finish_upload": 60,
  "catalog.import_products": 60,
  "coupons.make_code_batch": 30,
  "fulfilment.import_shipments": 60,
  "invoices.export_statement": 60,
  "members.finish_upload": 60,
  "ops.run_audit": 60,
  "orders.export_orders": 60,
  "reconciliation.pull_day": 60,
  "sellers.export_statement": 60,
  "sellers.show_statement": 60,
  "staff.approve_sensitive_change": 30,
  "staff.verify_audit_log": 60,
};
