"""stock.save_warehouse (spec G1)."""

import pytest
from mall.domains.stock.store import MAIN_WAREHOUSE
from mall.flows.ops.audit import audit
from mall.tables.goods import stock_items, warehouses
from mall.tables.people import audit_entries
from mall.tables.trade import order_lines

from tests.support import seed, trade
from tests.support.shop import Shop, refused

pytestmark = pytest.mark.spec("G1", "B3")
MAIN = {"warehouse_id": MAIN_WAREHOUSE, "version": 1, "name": "主仓", "province": "", "city": "", "district": "",
        "detail": "", "regions": [], "priority": 0, "active": True}


def test_the_main_warehouse_is_there_and_is_saved_as_any_other(shop: Shop):
    staff = shop.staff("stock.*")
    assert staff.call("stock.list_warehouses") == {"items": [MAIN]}
    assert staff.call("stock.save_warehouse", warehouse_id=MAIN_WAREHOUSE, version=1, name="上海仓", priority=2) == {
        "warehouse_id": MAIN_WAREHOUSE, "version": 2}
    assert staff.call("stock.list_warehouses")["items"] == [MAIN | {"version": 2, "name": "上海仓", "priority": 2}]
    (entry,) = [row for row in shop.rows(audit_entries) if row.action == "stock.save_warehouse"]
    assert (entry.target["before"], entry.target["after"]) == (
        {"priority": 0, "active": True}, {"priority": 2, "active": True})


def test_a_new_one_has_its_regions_by_their_official_names_and_is_changed_over_what_was_read(shop: Shop):
    staff = shop.staff()
    saved = staff.call("stock.save_warehouse", name="华南仓", province="广东省", city="广州市",
                       regions=["广东", "广东省"])
    found = staff.call("stock.list_warehouses")["items"][1]
    assert (found["warehouse_id"], found["version"], found["regions"], found["city"]) == (
        saved["warehouse_id"], 1, ["广东省"], "广州市")
    staff.call("stock.save_warehouse", warehouse_id=saved["warehouse_id"], version=1, name="华南一仓")
    before = shop.snapshot()
    with refused("CHANGED_MEANWHILE", status=409, field="version"):
        staff.call("stock.save_warehouse", warehouse_id=saved["warehouse_id"], version=1, name="华南二仓")
    with refused("WAREHOUSE_NOT_FOUND", status=404, field="warehouse_id"):
        staff.call("stock.save_warehouse", warehouse_id="whs_NONE", version=1, name="空仓")
    with refused("UNKNOWN_DIVISION", status=400, field="regions.0"):
        staff.call("stock.save_warehouse", name="空仓", regions=["不存在省"])
    with refused("NOT_SIGNED_IN", status=401):
        shop.nobody.call("stock.save_warehouse", name="空仓")
    assert shop.snapshot() == before


def test_a_seller_has_fifty_and_sees_its_own(shop: Shop):
    for number in range(49):
        seed.warehouse(shop, f"whs_{number}")
    seed.warehouse(shop, "whs_THEIRS", seller_id="sel_OTHER")
    with refused("TOO_MANY_WAREHOUSES", status=422):
        shop.staff().call("stock.save_warehouse", name="第五十一仓")
    assert len(shop.staff().call("stock.list_warehouses")["items"]) == 50
    assert len(shop.rows(warehouses, seller_id="sel_OTHER")) == 1


def test_of_a_closed_warehouse_page_cart_price_and_order_sell_nothing(shop: Shop):
    goods, member = seed.product(shop, stock=1), shop.member()
    closed = seed.warehouse(shop, active=False)
    seed.stock_at(shop, goods.sku_id, closed, 9)
    member.call("carts.put_cart_item", sku_id=goods.sku_id, quantity=2)
    assert shop.call("catalog.get_product", spu_id=goods.spu_id)["skus"][0]["available"] == 1
    assert member.call("carts.view_cart")["items"][0]["available"] == 1
    wanted = {"lines": [{"sku_id": goods.sku_id, "quantity": 2}], "address_id": seed.address(shop, member)}
    assert member.call("pricing.quote_checkout", **wanted)["short"] == [{"sku_id": goods.sku_id, "available": 1}]
    with refused("OUT_OF_STOCK", status=422):
        member.call("orders.place_order", key="two", **wanted)
    shop.staff().save("stock.save_warehouse", warehouse_id=closed, name="二仓", active=True)
    assert member.call("pricing.quote_checkout", **wanted)["short"] == []
    member.call("orders.place_order", key="two again", **wanted)
    assert [row.warehouse_id for row in shop.rows(order_lines)] == [closed]


def test_goods_of_two_warehouses_are_two_orders_proposed_as_a_parcel_each_and_give_back_their_own(shop: Shop):
    member, south = shop.member(), seed.warehouse(shop, regions=("广东省",), name="华南仓")
    mug, pot = seed.product(shop, title="杯子", stock=5), seed.product(shop, title="茶壶", stock=0)
    seed.stock_at(shop, pot.sku_id, south, 5)
    placed = trade.checkout(shop, member, (mug.sku_id, 2), (pot.sku_id, 3))
    trade.pay_checkout(shop, member, placed)
    (mugs,), (pots,) = shop.rows(order_lines, sku_id=mug.sku_id), shop.rows(order_lines, sku_id=pot.sku_id)
    assert (mugs.warehouse_id, pots.warehouse_id) == (MAIN_WAREHOUSE, south)
    assert sorted(each["order_no"] for each in placed["orders"]) == sorted([mugs.order_no, pots.order_no])
    proposed = {
        mugs.order_no: [{"warehouse_id": MAIN_WAREHOUSE, "warehouse": "主仓",
                         "lines": [{"line_id": mugs.line_id, "quantity": 2}]}],
        pots.order_no: [{"warehouse_id": south, "warehouse": "华南仓",
                         "lines": [{"line_id": pots.line_id, "quantity": 3}]}]}
    for order_no, parcels in proposed.items():
        assert shop.staff().call("orders.view_order", order_no=order_no)["to_ship"] == parcels
    listed = shop.staff().call("fulfilment.list_to_ship")["items"]
    assert {each["order"]["order_no"]: each["parcels"] for each in listed} == proposed
    answer = shop.staff().call("fulfilment.ship_orders", parcels=[
        {"order_no": pots.order_no, "carrier": "ZTO", "tracking_no": "78900000000001"}])
    assert answer["shipped"] == 1
    left = shop.staff().call("fulfilment.list_to_ship")["items"]
    assert [each["order"]["order_no"] for each in left] == [mugs.order_no]
    shop.staff().call("refunds.start_refund", order_no=mugs.order_no, reason="买家不要了", lines=[
        {"line_id": mugs.line_id, "quantity": 1}])
    assert {(row.sku_id, row.warehouse_id): row.available for row in shop.rows(stock_items)} == {
        (mug.sku_id, MAIN_WAREHOUSE): 4, (pot.sku_id, MAIN_WAREHOUSE): 0, (pot.sku_id, south): 2}
    assert shop.database.read(audit) == []


def test_an_order_goes_to_the_warehouse_that_serves_its_place(shop: Shop):
    goods, member = seed.product(shop, stock=5), shop.member()
    address_id = seed.address(shop, member)
    here = seed.warehouse(shop, regions=("上海市", "广东省", "北京市", "浙江省"), priority=9)
    seed.stock_at(shop, goods.sku_id, here, 2)
    for number, expected in enumerate((here, here, MAIN_WAREHOUSE)):
        placed = member.call("orders.place_order", key=f"order {number}", address_id=address_id,
                             lines=[{"sku_id": goods.sku_id, "quantity": 1}])
        (line,) = shop.rows(order_lines, order_no=placed["order_no"])
        assert line.warehouse_id == expected


def test_where_it_is_is_a_place_by_its_official_name(shop: Shop):
    staff = shop.staff()
    saved = staff.call("stock.save_warehouse", name="仓", province="新疆", city="乌鲁木齐", district="天山",
                       detail=" 一号\u200b库 ")
    found = staff.call("stock.list_warehouses")["items"][1]
    assert (found["warehouse_id"], *(found[part] for part in ("province", "city", "district", "detail"))) == (
        saved["warehouse_id"], "新疆维吾尔自治区", "乌鲁木齐市", "天山区", "一号库")


@pytest.mark.parametrize(("where", "code", "field"), [
    ({"province": "火星"}, "UNKNOWN_DIVISION", "province"),
    ({"province": "广东省", "city": "火星市"}, "UNKNOWN_DIVISION", "city"),
    ({"city": "深圳市"}, "UNKNOWN_DIVISION", "province"),
    ({"province": "广东省", "city": "深圳市", "district": "火星区"}, "UNKNOWN_DIVISION", "district"),
    ({"province": "广\x00东"}, "BAD_INPUT", "province"), ({"city": "深\u202e圳"}, "BAD_INPUT", "city"),
    ({"detail": "一号\u2066库"}, "BAD_INPUT", "detail"), ({"detail": "长" * 256}, "BAD_INPUT", "detail"),
])
def test_where_it_is_keeps_to_the_rules_of_every_address(shop: Shop, where: dict[str, str], code: str, field: str):
    staff = shop.staff()
    before = shop.snapshot()
    with refused(code, status=400, field=field):
        staff.call("stock.save_warehouse", name="仓", **where)
    assert shop.snapshot() == before
