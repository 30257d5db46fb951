"""stock.transfer_stock (spec B3)."""

from mall.domains.stock.store import MAIN_WAREHOUSE
from mall.tables.goods import stock_entries, stock_items

from tests.support import seed
from tests.support.shop import Caller, Shop, refused

NORTH = "whs_NORTH"


def _transfer(staff: Caller, sku_id: str, quantity: int, reference: str, *, back: bool = False):
    ends = (NORTH, MAIN_WAREHOUSE) if back else (MAIN_WAREHOUSE, NORTH)
    return staff.call("stock.transfer_stock", sku_id=sku_id, quantity=quantity, from_warehouse_id=ends[0],
                      to_warehouse_id=ends[1], reason="补北仓", reference=reference)


def test_units_go_from_one_warehouse_to_another(shop: Shop):
    goods, staff = seed.product(shop, stock=10), shop.staff()
    seed.warehouse(shop, NORTH)
    _transfer(staff, goods.sku_id, 4, "t-1")
    assert {row.warehouse_id: row.available for row in shop.rows(stock_items)} == {MAIN_WAREHOUSE: 6, NORTH: 4}
    entries = {row.warehouse_id: row.available_change for row in shop.rows(stock_entries, kind="TRANSFER")}
    assert entries == {MAIN_WAREHOUSE: -4, NORTH: 4}


def test_more_than_there_is_twice_the_same_or_to_itself_moves_nothing(shop: Shop):
    goods, staff = seed.product(shop, stock=10), shop.staff()
    seed.warehouse(shop, NORTH)
    _transfer(staff, goods.sku_id, 4, "t-1")
    theirs = seed.product(shop, seller_id="sel_OTHER")
    before = shop.snapshot()
    with refused("STOCK_BELOW_ZERO", status=422):
        _transfer(staff, goods.sku_id, 7, "t-2")
    with refused("STOCK_ALREADY_MOVED", status=409):
        _transfer(staff, goods.sku_id, 4, "t-1")
    with refused("NO_SUCH_STOCK", status=404):
        _transfer(staff, theirs.sku_id, 1, "t-3")
    with refused("SAME_WAREHOUSE", status=400):
        staff.call("stock.transfer_stock", sku_id=goods.sku_id, quantity=1, from_warehouse_id=NORTH,
                   to_warehouse_id=NORTH, reason="补仓", reference="t-4")
    assert shop.snapshot() == before


def test_transfers_in_both_directions_at_once_lose_nothing(shop: Shop):
    goods, staff = seed.product(shop, stock=20), shop.staff()
    seed.warehouse(shop, NORTH)
    _transfer(staff, goods.sku_id, 10, "start")
    answers = shop.in_parallel(*[
        lambda n=n: _transfer(staff, goods.sku_id, 1, f"t-{n}", back=bool(n % 2)) for n in range(16)])
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert {row.warehouse_id: row.available for row in shop.rows(stock_items)} == {MAIN_WAREHOUSE: 10, NORTH: 10}


def test_a_warehouse_that_is_not_there_is_anothers_or_closed_takes_nothing(shop: Shop):
    goods, staff = seed.product(shop, stock=10), shop.staff()
    seed.warehouse(shop, "whs_THEIRS", seller_id="sel_OTHER")
    seed.warehouse(shop, "whs_CLOSED", active=False)
    before = shop.snapshot()
    for to, code, status in (("whs_NONE", "WAREHOUSE_NOT_FOUND", 404), ("whs_THEIRS", "WAREHOUSE_NOT_FOUND", 404),
                             ("whs_CLOSED", "WAREHOUSE_CLOSED", 422)):
        with refused(code, status=status, field="to_warehouse_id"):
            staff.call("stock.transfer_stock", sku_id=goods.sku_id, quantity=1, from_warehouse_id=MAIN_WAREHOUSE,
                       to_warehouse_id=to, reason="补仓", reference="t-1")
    with refused("WAREHOUSE_NOT_FOUND", status=404, field="from_warehouse_id"):
        staff.call("stock.transfer_stock", sku_id=goods.sku_id, quantity=1, from_warehouse_id="whs_NONE",
                   to_warehouse_id=MAIN_WAREHOUSE, reason="补仓", reference="t-1")
    for action, given in (("adjust_stock", {"delta": 1, "reason": "盘点", "reference": "r"}),
                          ("set_safe_level", {"version": 1, "safe_level": 3})):
        with refused("WAREHOUSE_NOT_FOUND", status=404, field="warehouse_id"):
            staff.call(f"stock.{action}", sku_id=goods.sku_id, warehouse_id="whs_NONE", **given)
    assert shop.snapshot() == before
