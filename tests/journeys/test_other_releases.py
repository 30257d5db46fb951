"""Older code over what newer code wrote: words, versions and settings that this release does not know."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.goods import freight_templates
from mall.tables.marketing import coupon_templates, promotions
from mall.tables.people import shop_settings
from mall.tables.trade import order_events, order_lines, orders, refunds
from sqlalchemy import Text, literal, update

from tests.support import seed, trade
from tests.support.shop import Shop, refused

pytestmark = pytest.mark.spec("L4")


@pytest.fixture
def order_no(shop: Shop) -> str:
    """Three pieces over 297.00, less 20.00, paid."""
    seed.promotion(shop, steps=((20_000, 2_000),))
    goods = seed.product(shop, price_fen=9_900)
    return trade.paid_order(shop, shop.member(), goods.sku_id, 3, "PICKUP")


def rewrite(shop: Shop, table: Any, column: str, change: Any) -> None:
    """What another release wrote into the one row of the table."""
    document = getattr(shop.rows(table)[0], column)
    change(document)
    as_it_is = literal(json.dumps(document, ensure_ascii=False), Text())
    shop.database.run(lambda tx: tx.change(update(table).values({column: as_it_is})))


def test_a_refund_goes_by_the_split_that_was_stored_whatever_words_a_newer_release_used(shop: Shop, order_no: str):
    def newer(price: dict) -> None:
        [reduction] = price["adjustments"]
        price["adjustments"].append({**reduction, "kind": "nth_piece", "amount_fen": 0, "shares": [], "piece": 3})
        price["lines"][0] |= {"unit_rule": "flash", "parts": [{"sku_id": "sku_1"}]}
        price["lines"][0]["unit_offers"].append({"rule": "flash", "unit_fen": 9_900, "reason": "sold_out", "pool": 3})
        price["skipped"].append({"kind": "member_day", "source_id": "x", "title": "会员日", "reason": "not_today",
                                 "sentence": "今天不是会员日", "day": 3})
        price["instalments"] = [{"part": "deposit", "amount_fen": 100}]

    rewrite(shop, orders, "price", newer)
    answer = shop.staff().call("refunds.start_refund", order_no=order_no, reason="不要了")
    assert answer["amount_fen"] == 27_700
    assert [row.amount_fen for row in shop.rows(refunds)] == [27_700]


def test_a_price_that_means_something_else_is_not_guessed_at(shop: Shop, order_no: str):
    rewrite(shop, orders, "price", lambda price: price.update(version=3))
    staff, line = shop.staff(), shop.rows(order_lines)[0]
    before = shop.snapshot()
    for action in ("refunds.start_refund", "refunds.quote_refund"):
        with refused("DOCUMENT_TOO_NEW", status=503) as refusal:
            more = {"reason": "不要了"} if action == "refunds.start_refund" else {}
            staff.call(action, order_no=order_no, lines=[{"line_id": line.line_id, "quantity": 1}], **more)
        assert refusal[0].retryable
    assert shop.snapshot() == before
    assert staff.call("orders.search_orders")["items"][0]["order"]["order_no"] == order_no  # lists do not look into it


def test_a_move_that_only_a_newer_release_knows_stands_in_the_timeline_as_an_update(shop: Shop):
    member, goods = shop.member(), seed.product(shop)
    order_no = trade.paid_order(shop, member, goods.sku_id, 1, "PICKUP")
    shop.database.run(lambda tx: tx.write(
        update(order_events).where(order_events.c.move == "pay").values(move="pay_by_instalments")))
    for who, action in ((member, "orders.get_order"), (shop.staff(), "orders.view_order")):
        timeline = who.call(action, order_no=order_no)["order"]["timeline"]
        assert [(step["move"], step["words"]) for step in timeline] == [
            ("place", "提交订单"), ("pay_by_instalments", "订单有更新")]


@pytest.mark.parametrize("change", [
    lambda document: document.update(scope={"kind": "brands", "ids": ["b"]}),
    lambda document: document.update(version=2)])
def test_a_rule_that_only_a_newer_release_understands_is_not_used(shop: Shop, change: Any):
    seed.promotion(shop, steps=((20_000, 2_000),))
    member, goods = shop.member(), seed.product(shop, price_fen=9_900)
    rewrite(shop, promotions, "document", change)
    quote = member.call("pricing.quote_checkout", lines=[{"sku_id": goods.sku_id, "quantity": 3}], delivery="PICKUP")
    assert quote["pay_fen"] == 29_700
    assert shop.call("catalog.get_product", spu_id=goods.spu_id)["promotions"] == []


def test_a_freight_template_by_an_unknown_measure_refuses_the_order_and_not_the_page(shop: Shop):
    seed.freight_template(shop, is_default=True)
    member, goods = shop.member(), seed.product(shop, price_fen=9_900)
    rewrite(shop, freight_templates, "document", lambda document: document.update(by="volume"))
    assert shop.call("catalog.get_product", spu_id=goods.spu_id)["freight_sentence"] == "暂不配送"
    before = shop.snapshot("addresses")
    with refused("NOT_DELIVERABLE", status=422):
        trade.place(shop, member, goods.sku_id)
    assert shop.snapshot("addresses") == before


def test_a_coupon_of_a_kind_that_is_not_known_stays_with_its_owner_unused(shop: Shop):
    member, goods = shop.member(), seed.product(shop, price_fen=9_900)
    template_id = shop.staff().call(
        "coupons.save_coupon", kind="no_threshold", title="券", terms={"off_fen": 500}, channel="CENTRE", quota=5,
        per_member=2, claim_from=shop.now - timedelta(days=1), claim_until=shop.now + timedelta(days=7),
        valid_days=10)["template_id"]
    member.call("coupons.claim_coupon", key="c", template_id=template_id)
    shop.database.run(lambda tx: tx.change(update(coupon_templates).values(kind="buy_one_get_one")))
    quote = member.call("pricing.quote_checkout", lines=[{"sku_id": goods.sku_id, "quantity": 1}], delivery="PICKUP")
    assert quote["pay_fen"] == 9_900
    assert [row["kind"] for row in member.call("coupons.list_my_coupons")["items"]] == ["buy_one_get_one"]


def test_a_setting_with_a_new_part_keeps_its_meaning_and_the_part_stays_when_another_is_saved(shop: Shop):
    level = {"level": "ordinary", "name": "普通会员", "growth": 0, "within": "ever", "percent": 100,
             "free_freight": False}
    vip = {**level, "level": "vip", "name": "VIP会员", "growth": 5_000, "percent": 80, "birthday_gift": "cpt_1"}
    document = json.dumps({"member_levels": [level, vip], "theme": {"colour": "red"}})
    shop.database.run(lambda tx: tx.insert(shop_settings, seller_id=DEFAULT_SELLER, document=document, version=1,
                                           changed_at=shop.now))
    member, goods = shop.member(level="vip"), seed.product(shop, price_fen=10_000)
    quote = member.call("pricing.quote_checkout", lines=[{"sku_id": goods.sku_id, "quantity": 1}], delivery="PICKUP")
    assert quote["pay_fen"] == 8_000
    shop.staff().call("staff.save_settings", version=1, changes={"shop_name": "新店"})
    stored = json.loads(shop.rows(shop_settings)[0].document)
    assert stored == {"member_levels": [level, vip], "theme": {"colour": "red"}, "shop_name": "新店"}
