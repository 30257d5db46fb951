"""Promotions of every kind through the actions: saved by staff, priced, placed, with their stock, refunded (F6)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from mall.flows.ops import audit
from mall.flows.kinds import normal
from mall.flows.kinds.kind import Terms
from mall.tables.goods import stock_items
from mall.tables.marketing import promotion_takes, promotions
from mall.tables.people import shop_settings
from mall.tables.trade import order_lines, refunds
from sqlalchemy import update

from tests.support import seed, trade
from tests.support.shop import Caller, Shop, refused

pytestmark = pytest.mark.spec("F6")

TERMS: dict[str, dict[str, Any]] = {
    "full_reduction": {"steps": [{"threshold_fen": 10_000, "off_fen": 1_000}]},
    "limited_time": {"percent": 80}, "nth_piece": {"nth": 2, "percent": 50},
    "member_day": {"weekdays": [1, 2, 3, 4, 5, 6, 7], "percent": 90},
    "add_on": {"threshold_fen": 10_000}, "gift": {"threshold_fen": 10_000}, "hook": {},
}


def save(shop: Shop, staff: Caller, kind: str, **terms: Any) -> str:
    return staff.call("promotions.save_promotion", **wanted(shop, kind, **terms))["promotion_id"]


def wanted(shop: Shop, kind: str, **terms: Any) -> dict[str, Any]:
    return {"kind": kind, "title": "活动", "starts_at": shop.now - timedelta(hours=1),
            "ends_at": shop.now + timedelta(days=7), **TERMS[kind], **terms}


def lines_of(shop: Shop, order_no: str) -> list[tuple[str, int, int, int]]:
    return [(row.sku_id, row.quantity, row.unit_fen, row.pay_fen) for row in shop.rows(order_lines, order_no=order_no)]


def stock_of(shop: Shop, sku_id: str) -> tuple[int, int]:
    [row] = shop.rows(stock_items, sku_id=sku_id)
    return row.available, row.held


@pytest.mark.parametrize(("kind", "offer", "pay_fen"), [
    ("full_reduction", "满100.00减10.00", 19_000), ("limited_time", "限时 8 折", 16_000),
    ("nth_piece", "第二件半价", 15_000),
    ("member_day", "每周一、周二、周三、周四、周五、周六、周日会员日 9 折", 18_000),
])
def test_what_is_saved_is_told_priced_and_charged(shop: Shop, kind: str, offer: str, pay_fen: int):
    goods, staff, member = seed.product(shop, price_fen=10_000), shop.staff(), shop.member()
    save(shop, staff, kind)
    assert [each["offer"] for each in staff.call("promotions.list_promotions")["items"]] == [offer]
    assert [each["offer"] for each in shop.call("catalog.get_product", spu_id=goods.spu_id)["promotions"]] == [offer]
    quoted = member.call("pricing.quote_checkout", lines=[{"sku_id": goods.sku_id, "quantity": 2}], delivery="PICKUP")
    assert quoted["pay_fen"] == pay_fen == quoted["goods_fen"] - quoted["discount_fen"]
    member.call("carts.put_cart_item", sku_id=goods.sku_id, quantity=2)
    assert member.call("carts.view_cart")["pay_fen"] == pay_fen
    order_no = trade.paid_order(shop, member, goods.sku_id, 2, "PICKUP", expected_pay_fen=pay_fen,
                                pickup_name="张三", pickup_phone="13800000000")
    staff.call("refunds.start_refund", order_no=order_no, reason="不要了")
    assert [row.amount_fen for row in shop.rows(refunds)] == [pay_fen]
    assert shop.database.read(audit.audit) == []


def test_an_add_on_has_its_price_with_enough_other_goods_and_its_line_may_go_back_alone(shop: Shop):
    goods, extra = seed.product(shop, price_fen=12_000), seed.product(shop, price_fen=3_000)
    staff, member = shop.staff(), shop.member()
    save(shop, staff, "add_on", goods=[{"sku_id": extra.sku_id, "price_fen": 990}])
    both = [{"sku_id": goods.sku_id, "quantity": 1}, {"sku_id": extra.sku_id, "quantity": 1}]
    alone = member.call("pricing.quote_checkout", lines=both[1:], delivery="PICKUP")
    assert alone["pay_fen"] == 3_000
    placed = member.call("orders.place_order", key="k", lines=both, address_id=seed.address(shop, member))
    assert placed["pay_fen"] == 12_990
    trade.pay(shop, placed["order_no"], openid=member.openid)
    [line] = shop.rows(order_lines, sku_id=extra.sku_id)
    back = staff.call("refunds.start_refund", order_no=placed["order_no"], reason="不要了",
                      lines=[{"line_id": line.line_id, "quantity": 1}])
    assert back["amount_fen"] == 990


def test_a_gift_takes_stock_goes_out_with_the_order_and_comes_back_when_it_is_not_deserved(shop: Shop):
    goods, gift = seed.product(shop, price_fen=10_000), seed.product(shop, price_fen=1_500, stock=3)
    staff, member = shop.staff(), shop.member()
    save(shop, staff, "gift", gifts=[{"sku_id": gift.sku_id, "quantity": 2}])
    order_no = trade.paid_order(shop, member, goods.sku_id, 1)
    assert trade.order(shop, order_no).pay_fen == 10_000
    assert lines_of(shop, order_no) == [(goods.sku_id, 1, 10_000, 10_000), (gift.sku_id, 2, 1_500, 0)]
    assert stock_of(shop, gift.sku_id) == (1, 0)
    second = trade.paid_order(shop, member, goods.sku_id, 1)  # one piece is left: too few
    assert lines_of(shop, second) == [(goods.sku_id, 1, 10_000, 10_000)]
    [line] = shop.rows(order_lines, order_no=order_no, sku_id=goods.sku_id)
    staff.call("refunds.start_refund", order_no=order_no, reason="不要了",
               lines=[{"line_id": line.line_id, "quantity": 1}])
    assert trade.order(shop, order_no).state == "CLOSED"
    assert (stock_of(shop, gift.sku_id), [row.amount_fen for row in shop.rows(refunds)]) == ((3, 0), [10_000])
    assert shop.database.read(audit.audit) == []


def test_a_gift_of_the_goods_themselves_is_held_sold_and_released_with_them(shop: Shop):
    goods, staff, member = seed.product(shop, price_fen=10_000, stock=3), shop.staff(), shop.member()
    save(shop, staff, "gift", gifts=[{"sku_id": goods.sku_id, "quantity": 1}])
    placed = trade.place(shop, member, goods.sku_id, 2)
    assert stock_of(shop, goods.sku_id) == (0, 3)
    member.call("orders.cancel_order", order_no=placed["order_no"])
    assert stock_of(shop, goods.sku_id) == (3, 0)
    order_no = trade.paid_order(shop, member, goods.sku_id, 2)
    assert (lines_of(shop, order_no), stock_of(shop, goods.sku_id)) == (
        [(goods.sku_id, 2, 10_000, 20_000), (goods.sku_id, 1, 10_000, 0)], (0, 0))
    staff.call("refunds.start_refund", order_no=order_no, reason="不要了")
    assert stock_of(shop, goods.sku_id) == (3, 0)
    assert shop.database.read(audit.audit) == []


def test_a_hook_product_is_one_piece_of_a_person_also_while_the_first_order_waits_for_payment(shop: Shop):
    goods, staff, member = seed.product(shop, price_fen=5_000), shop.staff(), shop.member()
    promotion_id = save(shop, staff, "hook", goods=[{"sku_id": goods.sku_id, "price_fen": 990}])
    first = trade.place(shop, member, goods.sku_id, 2)
    assert (first["pay_fen"], lines_of(shop, first["order_no"])) == (
        5_990, [(goods.sku_id, 1, 5_000, 5_000), (goods.sku_id, 1, 990, 990)])
    assert stock_of(shop, goods.sku_id) == (98, 2)
    assert trade.place(shop, member, goods.sku_id)["pay_fen"] == 5_000
    assert trade.place(shop, shop.member("小明"), goods.sku_id)["pay_fen"] == 990
    member.call("orders.cancel_order", order_no=first["order_no"])
    again = trade.place(shop, member, goods.sku_id)
    assert again["pay_fen"] == 990
    assert sorted((row.promotion_id, row.pieces) for row in shop.rows(promotion_takes)) == [(promotion_id, 1)] * 3
    trade.pay(shop, again["order_no"], openid=member.openid)
    staff.call("refunds.start_refund", order_no=again["order_no"], reason="不要了")
    assert trade.place(shop, member, goods.sku_id)["pay_fen"] == 5_000  # who had it had it


def test_a_hook_for_new_members_is_for_who_never_paid(shop: Shop):
    goods, other, staff, member = seed.product(shop, price_fen=5_000), seed.product(shop), shop.staff(), shop.member()
    save(shop, staff, "hook", goods=[{"sku_id": goods.sku_id, "price_fen": 990}], new_members_only=True)
    line = [{"sku_id": goods.sku_id, "quantity": 1}]
    assert member.call("pricing.quote_checkout", lines=line, delivery="PICKUP")["pay_fen"] == 990
    trade.paid_order(shop, member, other.sku_id)
    assert member.call("pricing.quote_checkout", lines=line, delivery="PICKUP")["pay_fen"] == 5_000


@pytest.mark.spec("F1")
def test_a_group_order_costs_its_group_price_beside_a_hook(shop: Shop):
    goods, staff, member = seed.product(shop, price_fen=9_900), shop.staff(), shop.member()
    group = staff.call("group_buys.save_group_buy", spu_id=goods.spu_id, title="三人团", size=3, open_hours=2,
                       prices=[{"sku_id": goods.sku_id, "price_fen": 6_900}], starts_at=shop.now - timedelta(hours=1),
                       ends_at=shop.now + timedelta(days=7))
    save(shop, staff, "hook", goods=[{"sku_id": goods.sku_id, "price_fen": 990}])
    placed = trade.place(shop, member, goods.sku_id, delivery="PICKUP", group_buy_id=group["group_buy_id"],
                         pickup_name="张三", pickup_phone="13800000000")
    assert (placed["pay_fen"], lines_of(shop, placed["order_no"])) == (6_900, [(goods.sku_id, 1, 6_900, 6_900)])
    assert shop.rows(promotion_takes) == []
    assert trade.place(shop, member, goods.sku_id)["pay_fen"] == 990


@pytest.mark.parametrize(("kind", "more", "code"), [
    ("nth_piece", {"nth": None}, "FIELD_NEEDED"), ("nth_piece", {"weekdays": [1]}, "FIELD_OF_ANOTHER_KIND"),
    ("limited_time", {"percent": None}, "PRICE_OR_PERCENT"), ("member_day", {"weekdays": [3, 3]}, "DAY_TWICE"),
    ("member_day", {"levels": ["vip", "vpi"]}, "LEVEL_UNKNOWN"), ("member_day", {"weekdays": [8]}, "BAD_INPUT"),
    ("gift", {"gifts": [{"sku_id": "sku_NONE"}]}, "PRODUCT_NOT_FOUND"),
    ("hook", {"goods": [{"sku_id": "sku_NONE", "price_fen": 990}]}, "PRODUCT_NOT_FOUND"),
    ("hook", {"goods": [{"sku_id": "sku_1", "price_fen": 990}] * 2}, "GOODS_TWICE"),
    ("gift", {"gifts": [{"sku_id": "sku_1"}] * 2}, "GIFT_TWICE"),
    ("flash", {}, "BAD_INPUT"),
])
def test_what_makes_no_sense_is_refused_and_nothing_is_saved(shop: Shop, kind: str, more: dict[str, Any], code: str):
    staff = shop.staff()
    given = {**wanted(shop, kind if kind in TERMS else "hook"), "kind": kind, **more}
    before = shop.snapshot()
    with refused(code):
        staff.call("promotions.save_promotion", **given)
    assert shop.snapshot() == before


def test_a_draft_for_a_level_that_the_shop_has_not_is_refused(shop: Shop):
    goods, staff = seed.product(shop, price_fen=10_000), shop.staff()
    draft = {"kind": "member_day", **TERMS["member_day"], "levels": ["vpi"]}
    with refused("LEVEL_UNKNOWN", status=400, field="levels") as caught:
        staff.call("pricing.simulate_promotion", lines=[{"sku_id": goods.sku_id, "quantity": 1}], **draft)
    assert caught[0].data["level"] == "vpi"
    period = {"placed_from": shop.now - timedelta(days=1), "placed_until": shop.now}
    with refused("LEVEL_UNKNOWN", status=400, field="levels"):
        staff.call("pricing.rehearse_promotion", **period, **draft)
    save(shop, staff, "member_day", levels=["vip"])


def test_virtual_goods_are_no_gift_and_a_kind_stays_what_it_is(shop: Shop):
    staff, virtual = shop.staff(), seed.product(shop, is_virtual=True)
    saved = staff.call("promotions.save_promotion", **wanted(shop, "nth_piece"))
    before = shop.snapshot()
    with refused("GIFT_IS_VIRTUAL", status=422):
        save(shop, staff, "gift", gifts=[{"sku_id": virtual.sku_id}])
    with refused("KIND_STAYS", status=400):
        staff.call("promotions.save_promotion", **wanted(shop, "limited_time"), promotion_id=saved["promotion_id"],
                   version=saved["version"])
    assert shop.snapshot() == before
    assert [row.kind for row in shop.rows(promotions)] == ["nth_piece"]


def row(group: str, *not_with: str, several: bool = False) -> dict[str, Any]:
    return {"group": group, "not_with": list(not_with), "several": several}


def test_what_combines_is_a_table_that_staff_edit(shop: Shop):
    goods, staff, member = seed.product(shop, price_fen=10_000), shop.staff(), shop.member()
    save(shop, staff, "nth_piece")
    seed.promotion(shop, steps=((10_000, 1_000),))
    lines = {"lines": [{"sku_id": goods.sku_id, "quantity": 2}], "delivery": "PICKUP"}
    assert member.call("pricing.quote_checkout", **lines)["pay_fen"] == 14_000
    table = {"rows": [row("full_reduction", "nth_piece")], "goods_coupons": 1, "free_shipping_coupons": 1}
    staff.call("staff.save_settings", version=0, changes={"stacking": table})
    quoted = member.call("pricing.quote_checkout", **lines)
    assert quoted["pay_fen"] == 15_000
    assert "DOES_NOT_COMBINE".lower() in [each["reason"] for each in quoted["explanation"]["skipped"]]
    before = shop.snapshot()
    for rows in ([row("gift", "points")], [row("gift"), row("gift")], [row("nobody")]):
        with refused("BAD_SETTING", status=400) as caught:
            staff.call("staff.save_settings", version=1, changes={"stacking": {**table, "rows": rows}})
        assert caught[0].field == "stacking"
    assert shop.snapshot() == before


@pytest.fixture
def own_stock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plain orders as of a kind that has two pieces of what is wanted set aside."""
    monkeypatch.setattr(type(normal.KIND), "terms",
                        lambda self, asked, rows, quantities, settings, now: Terms(pool=dict.fromkeys(quantities, 2)))


def test_gifts_come_from_the_warehouse_also_where_a_kind_has_a_stock_of_its_own(shop: Shop, own_stock: None):
    goods, gift = seed.product(shop, price_fen=10_000), seed.product(shop, price_fen=1_500)
    save(shop, shop.staff(), "gift", gifts=[{"sku_id": gift.sku_id, "quantity": 3}])
    placed = trade.place(shop, shop.member(), goods.sku_id, 2)
    assert lines_of(shop, placed["order_no"]) == [(goods.sku_id, 2, 10_000, 20_000), (gift.sku_id, 3, 1_500, 0)]


def test_a_kinds_own_stock_is_for_all_pieces_together_whatever_each_costs(shop: Shop, own_stock: None):
    goods, member = seed.product(shop, price_fen=5_000), shop.member()
    save(shop, shop.staff(), "hook", goods=[{"sku_id": goods.sku_id, "price_fen": 990}])
    address_id = seed.address(shop, member)
    before = shop.snapshot()
    with refused("OUT_OF_STOCK", status=422) as caught:
        trade.place(shop, member, goods.sku_id, 3, address_id=address_id)
    assert caught[0].data == {"sku_id": goods.sku_id}
    assert shop.snapshot() == before
    assert trade.place(shop, member, goods.sku_id, 2, address_id=address_id)["pay_fen"] == 5_990


def test_a_table_with_a_word_of_a_newer_release_holds_as_far_as_it_is_known(shop: Shop):
    goods, staff, member = seed.product(shop, price_fen=10_000), shop.staff(), shop.member()
    save(shop, staff, "nth_piece")
    seed.promotion(shop, steps=((10_000, 1_000),))
    rows = [row("bundle", "gift"), {**row("full_reduction", "nth_piece", "bundle"), "of_tomorrow": 1}]
    table = {"rows": rows, "goods_coupons": 0, "free_shipping_coupons": 1}
    staff.call("staff.save_settings", version=0, changes={"address_limit": 1})
    newer = update(shop_settings).values(document=json.dumps({"stacking": table}))
    shop.database.run(lambda tx: tx.write(newer, rows=1))
    lines = {"lines": [{"sku_id": goods.sku_id, "quantity": 2}], "delivery": "PICKUP"}
    assert member.call("pricing.quote_checkout", **lines)["pay_fen"] == 15_000
    assert staff.call("staff.show_settings")["settings"]["stacking"]["goods_coupons"] == 0
    staff.call("staff.save_settings", version=1, changes={"group_hours": 24})
    [stored] = shop.rows(shop_settings)
    assert json.loads(stored.document) == {"group_hours": 24, "stacking": table}
    with refused("BAD_SETTING", status=400, field="stacking"):
        staff.call("staff.save_settings", version=2, changes={"stacking": {**table, "rows": [row("bundle", "gift")]}})
    assert shop.rows(shop_settings) == [stored]
