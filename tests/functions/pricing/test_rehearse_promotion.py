"""pricing.rehearse_promotion (spec F13)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from mall.domains.fulfilment import codes
from mall.domains.pricing.stacking import StackingPolicy, as_table
from mall.kit.ids import new_id
from mall.tables.marketing import promotions
from sqlalchemy import update

from tests.functions.coupons.conftest import wanted as coupon
from tests.support import points, seed, trade
from tests.support.shop import Shop, refused

pytestmark = pytest.mark.spec("F13")


def rehearse(shop: Shop, staff, **more: Any) -> dict[str, Any]:
    return staff.call("pricing.rehearse_promotion", placed_from=shop.now - timedelta(days=1),
                      placed_until=shop.now + timedelta(days=1), **more)


def rich_past(shop: Shop) -> None:
    """Orders with a tier, a member price, full reductions, a coupon, points, a gift, a hook, and a change by staff."""
    staff, vip = shop.staff(), shop.member("小红", level="vip")
    goods, gift = seed.product(shop, price_fen=10_000, price_tiers=((3, 9_000),)), seed.product(shop, price_fen=500)
    window = {"title": "活动", "starts_at": shop.now - timedelta(hours=1), "ends_at": shop.now + timedelta(days=9)}
    for terms in ({"kind": "full_reduction", "steps": [{"threshold_fen": 20_000, "off_fen": 1_500}], "repeats": True},
                  {"kind": "nth_piece", "nth": 2, "percent": 50},
                  {"kind": "gift", "threshold_fen": 9_000, "gifts": [{"sku_id": gift.sku_id}]},
                  {"kind": "hook", "goods": [{"sku_id": goods.sku_id, "price_fen": 990}]}):
        staff.call("promotions.save_promotion", **window, **terms)
    template_id = staff.call("coupons.save_coupon", **coupon(shop, kind="no_threshold", terms={"off_fen": 333},
                                                             quota=9, per_member=9))["template_id"]
    points.lot(shop, vip, 3_000)
    trade.paid_order(shop, vip, goods.sku_id, 4)
    coupon_id = vip.call("coupons.claim_coupon", key="c", template_id=template_id)["coupon_id"]
    trade.paid_order(shop, vip, goods.sku_id, 3, coupon_ids=[coupon_id], points=500)
    trade.paid_order(shop, shop.member("小明"), gift.sku_id, 1)
    changed = trade.place(shop, vip, goods.sku_id, 1)
    staff.call("pricing.adjust_order_price", order_no=changed["order_no"], goods_fen=5_000,
               seen_pay_fen=changed["pay_fen"], reason="议价")
    trade.pay(shop, changed["order_no"], openid=vip.openid)
    trade.place(shop, vip, goods.sku_id, 1)  # nobody paid for it


def test_what_was_in_force_changes_nothing_to_the_fen(shop: Shop):
    rich_past(shop)
    staff = shop.staff()
    before = shop.snapshot()
    for table in (None, as_table(StackingPolicy())):
        found = rehearse(shop, staff, stacking=table)
        assert [found[name] for name in ("looked_at", "left_aside", "changed", "given_fen", "taken_fen")] == [
            4, 0, 0, 0, 0]
        assert found["before_fen"] == found["after_fen"] > 0
        assert (found["pushed_aside"], found["largest"], found["next_cursor"]) == ([], [], None)
    assert shop.snapshot() == before


def test_a_draft_tells_what_it_costs_whom_it_touches_and_what_it_pushes_aside(shop: Shop):
    goods, other, staff, member = seed.product(shop, price_fen=10_000), seed.product(shop), shop.staff(), shop.member()
    running = seed.promotion(shop, steps=((20_000, 1_000),), title="满200减10")
    touched = trade.paid_order(shop, member, goods.sku_id, 2)
    trade.paid_order(shop, member, other.sku_id, 1)
    draft = {"kind": "nth_piece", "nth": 2, "percent": 0}
    found = rehearse(shop, staff, **draft)
    assert [found[name] for name in ("looked_at", "changed", "list_fen", "before_fen", "after_fen")] == [
        2, 1, 29_900, 28_900, 19_900]
    assert (found["given_fen"], found["taken_fen"], found["to_zero"], found["below_least"]) == (9_000, 0, 0, 0)
    assert found["largest"] == [{"order_no": touched, "off_fen": 9_000, "gifts_fen": 0}]
    assert found["pushed_aside"] == [{"title": "满200减10", "orders": 1}]
    dearer = rehearse(shop, staff, replaces=running)
    assert (dearer["changed"], dearer["given_fen"], dearer["taken_fen"]) == (1, 0, 1_000)
    whole = rehearse(shop, staff, kind="limited_time", percent=0, least_percent=100)
    assert (whole["to_zero"], whole["below_least"], whole["after_fen"]) == (2, 2, 0)


def test_calls_go_on_by_the_cursor_and_add_up(shop: Shop):
    goods, staff = seed.product(shop, price_fen=10_000), shop.staff()
    order_nos = [trade.paid_order(shop, shop.member(f"买家{n}"), goods.sku_id) for n in range(3)]
    draft = {"kind": "limited_time", "percent": 90, "orders_most": 2}
    first = rehearse(shop, staff, **draft)
    second = rehearse(shop, staff, **draft, cursor=first["next_cursor"])
    assert (first["looked_at"], second["looked_at"], second["next_cursor"]) == (2, 1, None)
    assert sorted(each["order_no"] for part in (first, second) for each in part["largest"]) == sorted(order_nos)
    assert first["given_fen"] + second["given_fen"] == 3_000
    with refused("BAD_CURSOR", status=400):
        rehearse(shop, staff, **draft, cursor="WzFd")


def test_an_order_whose_rules_were_changed_since_is_left_aside_and_another_sellers_is_not_looked_at(shop: Shop):
    goods, theirs = seed.product(shop, price_fen=10_000), seed.product(shop, seller_id="sel_OTHER")
    staff, member = shop.staff(), shop.member()
    seed.promotion(shop, steps=((5_000, 500),))
    for sku_id in (goods.sku_id, theirs.sku_id):
        trade.paid_order(shop, member, sku_id)
    shop.database.run(lambda tx: tx.change(update(promotions).values(document={
        "steps": [{"threshold_fen": 5_000, "off_fen": 700}], "scope": {"kind": "all", "ids": []}, "repeats": False,
        "priority": 0})))
    found = rehearse(shop, staff, kind="limited_time", percent=90)
    assert [found[name] for name in ("looked_at", "left_aside", "changed", "before_fen")] == [1, 1, 0, 0]


def test_gifts_cost_what_they_are_worth_and_go_with_no_order_of_virtual_goods(shop: Shop):
    goods, card = seed.product(shop, price_fen=10_000), seed.product(shop, price_fen=30_000, is_virtual=True)
    gift, staff, member = seed.product(shop, price_fen=1_500), shop.staff(), shop.member()
    touched = trade.paid_order(shop, member, goods.sku_id)
    shop.database.run(lambda tx: codes.add(tx, new_id("cod"), card.sku_id, "CODE", shop.now, repeats=ValueError()))
    trade.paid_order(shop, member, card.sku_id, delivery="VIRTUAL")
    draft = {"kind": "gift", "threshold_fen": 5_000, "gifts": [{"sku_id": gift.sku_id, "quantity": 3}]}
    found = rehearse(shop, staff, **draft)
    assert [found[name] for name in ("looked_at", "changed", "given_fen", "taken_fen", "gifts_fen")] == [
        2, 1, 0, 0, 4_500]
    assert found["before_fen"] == found["after_fen"] == 40_000
    assert found["largest"] == [{"order_no": touched, "off_fen": 0, "gifts_fen": 4_500}]


def test_a_gift_that_would_not_have_run_is_counted_as_given_less(shop: Shop):
    goods, gift, staff = seed.product(shop, price_fen=10_000), seed.product(shop, price_fen=1_500), shop.staff()
    window = {"title": "活动", "starts_at": shop.now - timedelta(hours=1), "ends_at": shop.now + timedelta(days=9)}
    running = staff.call("promotions.save_promotion", **window, kind="gift", threshold_fen=5_000,
                         gifts=[{"sku_id": gift.sku_id}])["promotion_id"]
    order_no = trade.paid_order(shop, shop.member(), goods.sku_id)
    found = rehearse(shop, staff, kind="limited_time", percent=90, replaces=running)
    assert [found[name] for name in ("changed", "given_fen", "gifts_fen")] == [1, 1_000, -1_500]
    assert found["largest"] == [{"order_no": order_no, "off_fen": 1_000, "gifts_fen": -1_500}]
    assert found["pushed_aside"] == [{"title": "活动", "orders": 1}]
