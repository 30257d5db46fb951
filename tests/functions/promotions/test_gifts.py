"""Gifts (满赠) in everything that knows an order's lines (F6)."""

from __future__ import annotations

from typing import Any

import pytest
from mall.tables.goods import products
from mall.tables.trade import order_lines
from sqlalchemy import update

from tests.functions.promotions.test_kinds_of_promotions import lines_of, save, stock_of
from tests.support import seed, trade
from tests.support.shop import Caller, Refused, Shop, refused

pytestmark = pytest.mark.spec("F6")


def given(shop: Shop, order_no: str, goods: seed.Seeded) -> list[tuple[str, int]]:
    """The gifts of an order, by SKU."""
    return [(sku_id, quantity) for sku_id, quantity, *_ in lines_of(shop, order_no) if sku_id != goods.sku_id]


@pytest.mark.spec("B9")
@pytest.mark.parametrize("price_fen", [1_000, 0])
def test_a_gift_does_not_count_as_bought(shop: Shop, price_fen: int):
    goods, gift = seed.product(shop, price_fen=10_000), seed.product(shop, price_fen=price_fen)
    shop.database.run(lambda tx: tx.write(
        update(products).where(products.c.spu_id == gift.spu_id).values(purchase_rules={"most_ever": 2})))
    save(shop, shop.staff(), "gift", gifts=[{"sku_id": gift.sku_id, "quantity": 2}])
    member = shop.member()
    order_no = trade.paid_order(shop, member, goods.sku_id)
    assert given(shop, order_no, goods) == [(gift.sku_id, 2)]
    assert sorted((row.sku_id, row.is_gift) for row in shop.rows(order_lines)) == sorted(
        [(goods.sku_id, False), (gift.sku_id, True)])
    trade.place(shop, member, gift.sku_id, 2)
    with refused("OVER_LIMIT", status=422):
        trade.place(shop, member, gift.sku_id, 1)


def test_a_gift_from_a_higher_threshold_takes_none_from_who_does_not_reach_it(shop: Shop):
    goods, gift = seed.product(shop, price_fen=10_000), seed.product(shop, price_fen=1_000, stock=2)
    staff, member = shop.staff(), shop.member()
    save(shop, staff, "gift", threshold_fen=20_000, gifts=[{"sku_id": gift.sku_id, "quantity": 2}])
    save(shop, staff, "gift", threshold_fen=10_000, gifts=[{"sku_id": gift.sku_id, "quantity": 1}])
    one = trade.place(shop, member, goods.sku_id, 1)["order_no"]
    assert given(shop, one, goods) == [(gift.sku_id, 1)]
    two = trade.place(shop, member, goods.sku_id, 2)["order_no"]  # one piece is left: that of the lower threshold
    assert given(shop, two, goods) == [(gift.sku_id, 1)]
    assert stock_of(shop, gift.sku_id) == (0, 2)
    assert given(shop, trade.place(shop, member, goods.sku_id, 2)["order_no"], goods) == []


@pytest.mark.parametrize(("priorities", "pieces"), [((0, 0), 2), ((0, 1), 3), ((5, 1), 2)])
def test_of_promotions_that_give_the_same_last_pieces_the_first_by_turn_gives(
        shop: Shop, priorities: tuple[int, int], pieces: int):
    goods = [seed.product(shop, price_fen=10_000) for _ in range(2)]
    gift, staff, member = seed.product(shop, price_fen=1_000, stock=4), shop.staff(), shop.member()
    for number, (priority, each) in enumerate(zip(priorities, goods, strict=True)):
        save(shop, staff, "gift", gifts=[{"sku_id": gift.sku_id, "quantity": 2 + number}], priority=priority,
             scope={"kind": "goods", "ids": [each.spu_id]})
    lines = [{"sku_id": each.sku_id, "quantity": 1} for each in goods]
    quoted = member.call("pricing.quote_checkout", lines=lines)
    assert [each["sentence"] for each in quoted["explanation"]["skipped"] if each["kind"] == "gift"] == ["赠品已赠完"]
    for each in lines:
        member.call("carts.put_cart_item", **each)
    assert member.call("carts.view_cart")["pay_fen"] == quoted["pay_fen"] == 20_000
    placed = member.call("orders.place_order", key="k", lines=lines, address_id=seed.address(shop, member),
                         expected_pay_fen=20_000, seen=quoted["seen"])
    assert [(row.quantity, row.pay_fen) for row in shop.rows(order_lines, order_no=placed["order_no"])
            if row.is_gift] == [(pieces, 0)]
    assert stock_of(shop, gift.sku_id) == (4 - pieces, pieces)


def shown(shop: Shop, member: Caller, goods: seed.Seeded) -> dict[str, Any]:
    """An order of one piece as its buyer saw it, ready to be placed."""
    lines = [{"sku_id": goods.sku_id, "quantity": 1}]
    quoted = member.call("pricing.quote_checkout", lines=lines)
    return {"lines": lines, "expected_pay_fen": quoted["pay_fen"], "seen": quoted["seen"],
            "address_id": seed.address(shop, member)}


def test_who_was_shown_a_gift_is_told_when_it_is_none_any_more(shop: Shop):
    goods, gift = seed.product(shop, price_fen=10_000), seed.product(shop, stock=1)
    staff, member = shop.staff(), shop.member()
    plain = shown(shop, member, goods)
    promotion_id = save(shop, staff, "gift", gifts=[{"sku_id": gift.sku_id, "quantity": 1}])
    asked = shown(shop, member, goods)
    assert asked["seen"] != plain["seen"]
    staff.call("promotions.end_promotion", promotion_id=promotion_id)
    before = shop.snapshot()
    with refused("GOODS_CHANGED", status=409) as caught:
        member.call("orders.place_order", key="k", **asked)
    assert caught[0].field == "seen"
    assert shop.snapshot() == before
    assert member.call("orders.place_order", key="k2", **plain)["pay_fen"] == 10_000


def test_of_the_last_gift_the_second_buyer_is_told_or_goes_without_where_nothing_says_what_was_seen(shop: Shop):
    goods, gift = seed.product(shop, price_fen=10_000), seed.product(shop, stock=1)
    save(shop, shop.staff(), "gift", gifts=[{"sku_id": gift.sku_id, "quantity": 1}])
    buyers = [shop.member(name) for name in ("小红", "小明")]
    asked = [shown(shop, buyer, goods) for buyer in buyers]

    def order(number: int) -> str:
        try:
            return buyers[number].call("orders.place_order", key="k", **asked[number])["state"]
        except Refused as refusal:
            return refusal.code

    assert sorted(shop.in_parallel(lambda: order(0), lambda: order(1))) == ["GOODS_CHANGED", "UNPAID"]
    assert (stock_of(shop, gift.sku_id), stock_of(shop, goods.sku_id)) == ((0, 1), (99, 1))
    without = trade.place(shop, shop.member("小刚"), goods.sku_id)["order_no"]
    assert given(shop, without, goods) == []
