"""A small shop with every kind of stored document, as one release writes it: frozen into tests/releases/rows.

Everything is made by the actions, so that a release freezes what it really writes.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from mall.domains.messaging.tells import Template
from mall.domains.reconciliation.rules import BillKind
from mall.kit.outbox import outbox_events
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.accounts import invoices
from mall.tables.reach import message_consents
from mall.tables.people import shop_settings
from mall.tables.trade import order_lines
from sqlalchemy import update

from tests.functions.invoices import papers
from tests.functions.reconciliation import seeds as bills
from tests.support import points, push, seed, trade, wallet
from tests.support.shop import Caller, Shop

FIRST = {"level": "ordinary", "name": "普通会员", "growth": 0, "within": "ever", "percent": 100, "free_freight": False}
LEVELS = [FIRST, {**FIRST, "level": "vip", "name": "VIP会员", "growth": 5_000, "percent": 95}]
SETTINGS = {"member_levels": LEVELS, "stored_value_licence": wallet.LICENCE, "second_person": True,
            "refund_approval_limit_fen": 10_000, "templates": {each.value: f"tpl-{each.value}" for each in Template}}


def write_shop(shop: Shop) -> dict[str, Any]:
    """Fill the empty shop; what a test has to know of it: ids by name."""
    shop.database.run(lambda tx: tx.insert(
        shop_settings, seller_id=DEFAULT_SELLER, version=1, changed_at=shop.now,
        document=json.dumps({**SETTINGS, "second_person": False}, ensure_ascii=False)))
    first, second, buyer = shop.staff(), shop.staff(), shop.member("小红", level="vip")
    for each in Template:
        shop.database.run(lambda tx, each=each: tx.insert(
            message_consents, member_id=buyer.subject_id, template=each.value, remaining=9, changed_at=shop.now))
    goods, coupon_id = _goods_and_rules(shop, first, buyer)
    points.lot(shop, buyer, 3_000)
    wallet.top_up(shop, buyer, 20_000)
    orders = _orders(shop, first, buyer, goods, coupon_id)
    _first_of_this_release(shop, first, buyer, goods)
    shop.relay()
    bills.bill(shop, "2026-11-20", BillKind.TRADE)
    bills.difference(shop, "pay_x")
    invoice_id = papers.issued(shop, buyer, orders["shipped"])
    letter = {"number": "26440000000000000002", "issued_on": "2025-11-21", "amount_fen": 900}
    shop.database.run(lambda tx: tx.change(  # as the accountant records one, of a refund that is not in these books
        update(invoices).where(invoices.c.invoice_id == invoice_id).values(red_letters=[letter])))
    shop.database.run(lambda tx: tx.change(update(shop_settings).values(
        document=json.dumps(SETTINGS, ensure_ascii=False))))
    asked = first.call("refunds.start_refund", order_no=orders["paid"], reason="不要了", lines=[
        {"line_id": shop.rows(order_lines, order_no=orders["paid"])[0].line_id, "quantity": 2}])
    trade.paid_order(shop, buyer, goods["plain"], 1, "PICKUP")  # its events wait
    shop.database.run(lambda tx: tx.change(
        update(outbox_events).where(outbox_events.c.kind == "orders.order_paid", outbox_events.c.state == "PENDING")
        .values(waiting=["catalog.on_order_paid_count_sold"], attempts=1)))
    return {"at": shop.now.isoformat(), "buyer": buyer.subject_id, "openid": buyer.openid, "first": first.subject_id,
            "second": second.subject_id, "change": asked["change_id"], **goods, "orders": orders}


def _first_of_this_release(shop: Shop, staff: Caller, buyer: Caller, goods: dict[str, str]) -> None:
    """Documents that the release before did not have."""
    staff.call("messaging.save_template", template="order_paid", template_id="wx-mine",
               fields=[{"key": "thing7", "value": "goods"}, {"key": "amount2", "value": "paid_fen"}])
    order_no = trade.paid_order(shop, buyer, goods["plain"], 1)
    staff.call("orders.redirect_order", order_no=order_no, version=1, province="广东省", city="深圳市",
               district="福田区", detail="深南大道 1 号")
    buyer.call("refunds.ask_refund", order_no=order_no, reason="PRICE_DROPPED",
               by_amount={"kind": "PRICE_DIFFERENCE", "amount_fen": 100})
    push.push(shop, {"ToUserName": "gh_1", "FromUserName": buyer.openid, "CreateTime": 1_780_000_000, "MsgType": "text",
                     "Content": "在吗", "MsgId": 1})


def _goods_and_rules(shop: Shop, staff: Caller, buyer: Caller) -> tuple[dict[str, str], str]:
    path = seed.category(shop)
    seed.freight_template(shop, is_default=True, free_from_fen=90_000)
    seed.promotion(shop, steps=((20_000, 2_000),))
    made = seed.product(shop, price_fen=9_900, skus=2, price_tiers=((5, 9_000),), category_path=path, tags=("新品",))
    virtual = seed.product(shop, price_fen=990, is_virtual=True, category_path=path)
    staff.call("catalog.save_virtual_codes", sku_id=virtual.sku_id, codes=["CODE-1", "CODE-2"], reference="codes-1")
    now = shop.now
    template_id = staff.call(
        "coupons.save_coupon", kind="full_reduction", title="券", terms={"threshold_fen": 3_000, "off_fen": 500},
        channel="CENTRE", quota=5, per_member=2, claim_from=now - timedelta(days=1),
        claim_until=now + timedelta(days=700), valid_days=700)["template_id"]
    coupon_id = buyer.call("coupons.claim_coupon", key="c1", template_id=template_id)["coupon_id"]
    activity = staff.call(
        "group_buys.save_group_buy", spu_id=made.spu_id, title="团", size=2, open_hours=168, per_member=3,
        prices=[{"sku_id": sku_id, "price_fen": 2_900, "leader_price_fen": 2_800} for sku_id in made.sku_ids],
        starts_at=now - timedelta(days=1), ends_at=now + timedelta(days=700))["group_buy_id"]
    return {"spu_id": made.spu_id, "plain": made.sku_ids[0], "other": made.sku_ids[1], "virtual": virtual.sku_id,
            "activity": activity}, coupon_id


def _orders(shop: Shop, staff: Caller, buyer: Caller, goods: dict[str, str], coupon_id: str) -> dict[str, str]:
    sku = goods["plain"]
    made = {
        "paid": trade.paid_order(shop, buyer, sku, 3, coupon_ids=[coupon_id], points=1_000),
        "shipped": trade.paid_order(shop, buyer, goods["other"], 2),
        "group": trade.paid_order(shop, buyer, sku, 1, "PICKUP", group_buy_id=goods["activity"]),
        "virtual": trade.paid_order(shop, buyer, goods["virtual"], 1, "VIRTUAL"),
        "by_balance": wallet.paid_order(shop, buyer, sku, 1, balance_fen=5_000),
        "received": points.received(shop, buyer, sku, 1),
        "unpaid": trade.place(shop, buyer, sku, 2)["order_no"],
    }
    trade.ship(shop, made["shipped"])
    seen = trade.order(shop, made["unpaid"]).pay_fen
    staff.call("pricing.adjust_order_price", order_no=made["unpaid"], goods_fen=15_000, seen_pay_fen=seen,
               reason="议价")
    return made
