"""The demo's scene of purchase rules: so many at least, by twos, so many of one person (起购、倍购、限购)."""

from __future__ import annotations

from typing import Any

from infra.local.client import Refused


def limits_are_kept(demo: Any) -> None:
    demo.act("Two at least, by twos, four of one person 起购、倍购、限购")
    spu_id, sku_id = demo.goods("限量挂耳咖啡", 4_500, 20)
    opened = demo.staff.call("catalog.open_product", spu_id=spu_id)
    [sku] = opened["skus"]
    kept = {name: opened[name] for name in ("title", "category_id", "media")}
    demo.staff.call("catalog.save_product", spu_id=spu_id, version=opened["version"], **kept, skus=[{
        **{name: sku[name] for name in ("sku_id", "sku_code", "price_fen", "weight_grams")},
        "purchase_rules": {"least": 2, "multiple": 2, "most_ever": 4}}])
    buyer = demo.buyer("小限")
    page = demo.mall.call("catalog.get_product", spu_id=spu_id)["skus"][0]
    demo.say(f"the page says 详情页: {page['purchase_rule']}")

    def refused(quantity: int) -> tuple[str, str]:
        lines = [{"sku_id": sku_id, "quantity": quantity}]
        found = set()
        for action in ("pricing.quote_checkout", "orders.place_order"):
            try:
                buyer.call(action, lines=lines)
            except Refused as refusal:
                found.add((refusal.code, str(refusal)))
        demo.hold("price and order refuse alike", len({code for code, _ in found}), 1)
        return found.pop()

    for quantity, code in ((1, "BELOW_LEAST"), (3, "NOT_A_MULTIPLE"), (6, "OVER_LIMIT")):
        demo.hold(f"{quantity} pieces", refused(quantity)[0], code)
    first = demo.order(buyer, sku_id, 2)["order_no"]
    demo.order(buyer, sku_id, 2)
    demo.hold("two and two are four", refused(2)[0], "OVER_LIMIT")
    buyer.call("orders.cancel_order", order_no=first)
    demo.say("小限 cancels two 取消 2 件")
    demo.order(buyer, sku_id, 2)
    demo.hold("what was cancelled is free again", demo.stock(sku_id), (16, 4))
