"""stock.on_stock_ran_low_open_case (spec B3)."""

from __future__ import annotations

from mall.domains.stock.rules import StockRanLow
from mall.domains.stock.store import MAIN_WAREHOUSE
from mall.kit.outbox import emit
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.trade import cases

from tests.support import seed
from tests.support.shop import Shop

RAISE = "stock.raise_stock_alerts"


def move(staff, sku_id: str, delta: int, reference: str) -> None:
    staff.call("stock.adjust_stock", sku_id=sku_id, delta=delta, reason="盘点", reference=reference)


def test_each_crossing_is_one_case_that_closes_when_the_place_is_filled_up(shop: Shop):
    goods, staff = seed.product(shop, stock=5, title="云南咖啡"), shop.staff()
    staff.call("stock.set_safe_level", sku_id=goods.sku_id, version=1, safe_level=5)
    for number in range(3):
        move(staff, goods.sku_id, -1, f"sold-{number}")
        shop.tick(RAISE)
        shop.relay()
    [case] = staff.call("ops.list_cases")["items"]
    assert (case["kind"], case["reference"]) == ("STOCK_LOW", f"{goods.sku_id} {MAIN_WAREHOUSE}")
    assert "云南咖啡" in case["sentence"] and "可售 4 件，低于安全库存 5 件" in case["sentence"]
    assert case["data"]["available"] == 4
    move(staff, goods.sku_id, 10, "in")
    shop.tick(RAISE)
    assert [row.state for row in shop.rows(cases)] == ["RESOLVED"]
    move(staff, goods.sku_id, -9, "out")
    shop.tick(RAISE)
    shop.relay()
    assert [(row.state, row.data["available"]) for row in shop.rows(cases)] == [("OPEN", 3)]


def test_an_event_that_comes_after_the_place_was_filled_up_opens_nothing(shop: Shop):
    goods = seed.product(shop, stock=50, safe_level=5)
    shop.database.run(emit, StockRanLow(goods.sku_id, MAIN_WAREHOUSE, DEFAULT_SELLER, 3, 5), shop.now)
    assert shop.relay() == 1
    assert shop.rows(cases) == []
