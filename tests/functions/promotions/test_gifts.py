"""Gifts (满赠) in everything that knows an order's lines (F6)."""

from __future__ import annotations

import pytest
from mall.tables.goods import products
from mall.tables.trade import order_lines
from sqlalchemy import update

from tests.functions.promotions.test_kinds_of_promotions import lines_of, save
from tests.support import seed, trade
from tests.support.shop import Shop, refused

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
