"""An order's price is stored as the release before reads it, for as long as that says all of it (spec L4)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from mall.domains.pricing import rules as pricing
from mall.tables.trade import PRICE, order_lines

from tests.support import seed, trade
from tests.support.shop import Shop

pytestmark = pytest.mark.spec("L4", "D2")


def of_order(shop: Shop, order_no: str) -> tuple[dict, list]:
    return trade.order(shop, order_no).price, shop.rows(order_lines, order_no=order_no)


def test_where_each_sku_stands_on_one_line_the_lines_are_named_by_it(shop: Shop):
    goods, member = [seed.product(shop, price_fen=price_fen) for price_fen in (3_000, 5_000)], shop.member()
    seed.promotion(shop, steps=((10_000, 1_000),))
    order_no = member.call("orders.place_order", delivery="PICKUP", pickup_name="张三", pickup_phone="13800000000",
                           lines=[{"sku_id": each.sku_id, "quantity": 2} for each in goods])["order_no"]
    stored, lines = of_order(shop, order_no)
    written = PRICE.write(stored)
    assert "version" not in written and "by_sku" not in written
    skus = sorted(each.sku_id for each in goods)
    assert sorted(line["line_id"] for line in written["lines"]) == skus
    assert sorted(share["line_id"] for share in written["adjustments"][0]["shares"]) == skus
    quote = pricing.from_json(stored, lines)
    assert {line.line_id: line.goods_pay_fen for line in quote.lines} == {row.line_id: row.pay_fen for row in lines}
    assert pricing.from_json(PRICE.read(written), lines) == quote
    assert PRICE.write(PRICE.read(written)) == written, "and stays so when it is written again"


def test_where_a_sku_stands_on_two_lines_only_this_release_reads_it(shop: Shop):
    goods, member = seed.product(shop, price_fen=5_000), shop.member()
    shop.staff().call("promotions.save_promotion", title="满赠", kind="gift", threshold_fen=5_000,
                      gifts=[{"sku_id": goods.sku_id, "quantity": 1}],
                      starts_at=shop.now - timedelta(hours=1), ends_at=shop.now + timedelta(days=1))
    stored, lines = of_order(shop, trade.place(shop, member, goods.sku_id)["order_no"])
    written = PRICE.write(stored)
    assert (written["version"], len(lines)) == (2, 2)
    assert {line["line_id"] for line in written["lines"]} == {row.line_id for row in lines}
