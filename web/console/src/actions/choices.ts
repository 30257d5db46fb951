/** Ids that are chosen from a list instead of typed: from which, and what each is called. */

import type { ActionName } from "wechat-mall-client";
import { theMall } from "../shell/mall";

export interface Choice {
  action: ActionName;
  /** Where its rows stand in the answer. */
  rows: string;
  id: string;
  name: string;
}

const FREIGHT: Choice = { action: "pricing.list_freight_templates", rows: "items", id: "freight_template_id", name: "name" };
const WAREHOUSE: Choice = { action: "stock.list_warehouses", rows: "items", id: "warehouse_id", name: "name" };
const CATEGORY: Choice = { action: "catalog.list_own_categories", rows: "items", id: "category_id", name: "name" };

const CHOICES: Record<string, Choice> = {
  category_id: CATEGORY,
  parent_id: CATEGORY,
  warehouse_id: WAREHOUSE,
  from_warehouse_id: WAREHOUSE,
  to_warehouse_id: WAREHOUSE,
  freight_template_id: FREIGHT,
  role_id: { action: "staff.list_roles", rows: "roles", id: "role_id", name: "name" },
  staff_id: { action: "staff.list_staff", rows: "staff", id: "staff_id", name: "display_name" },
  promotion_id: { action: "promotions.list_promotions", rows: "items", id: "promotion_id", name: "title" },
  "coupons.template_id": { action: "coupons.list_coupon_templates", rows: "items", id: "template_id", name: "title" },
  group_buy_id: { action: "group_buys.list_group_buys", rows: "items", id: "group_buy_id", name: "title" },
};

/** What a field of this domain's actions is chosen from. */
export function choiceOf(domain: string, name: string): Choice | undefined {
  return CHOICES[`${domain}.${name}`] ?? CHOICES[name];
}

/** [id, name] of each; none where the person may not read the list. */
export async function choicesFor({ action, rows, id, name }: Choice): Promise<[string, string][]> {
  const answer = await theMall().call<ActionName>(action, {} as never).catch(() => ({}));
  const found = ((answer as Record<string, unknown>)[rows] ?? []) as Record<string, unknown>[];
  return found.map((row) => [String(row[id]), String(row[name] ?? row[id])]);
}
