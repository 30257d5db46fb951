"""orders.export_orders (spec E11)."""

from datetime import timedelta

import pytest
from mall.adapters.spreadsheets import Spreadsheets
from mall.flows import export_orders
from mall.tables.people import audit_entries

from tests.support import points, seed, trade
from tests.support.shop import Shop, refused


def window(shop: Shop) -> dict:
    return {"placed_from": shop.now - timedelta(days=1), "placed_until": shop.now + timedelta(days=1)}


def test_each_line_is_a_row_with_its_receiver_and_its_amounts(shop: Shop):
    storage, goods, member = trade.storage(shop), seed.product(shop, title="围巾", skus=2), points.owner(shop, 500)
    order_no = trade.paid_order(shop, member, goods.sku_ids[1], 2, note="周末送", points=500)
    trade.ship(shop, order_no, "ZTO", "78912345678901")
    staff = shop.staff("orders.*")
    data = staff.call("orders.export_orders", **window(shop))
    (key,) = storage.objects
    assert key.startswith("exports/sel_00000000000000000000000001/exp_")
    assert data == {"rows": 1, "url": f"https://storage.example/{key}?seconds=600"}
    header, row = Spreadsheets().read(storage.objects[key])
    told = dict(zip(header, row, strict=True))
    assert (told["订单号"], told["状态"], told["商品"], told["规格"], told["数量"]) == (
        order_no, "SHIPPED", "围巾", "款式2", "2")
    assert (told["商品实付(元)"], told["订单实付(元)"], told["订单退款含处理中(元)"]) == ("193.00", "193.00", "0.00")
    assert told["订单使用积分"] == "500"
    assert (told["收货人"], told["电话"], told["地址"]) == ("张三", "13800000000", "广东省深圳市南山区科技园 1 号")
    assert (told["快递公司"], told["运单号"], told["买家留言"]) == ("中通快递", "78912345678901", "周末送")
    assert [row.actor_id for row in shop.rows(audit_entries, action="orders.export_orders")] == [staff.subject_id]


@pytest.mark.parametrize("note", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)"])
def test_a_buyers_formula_is_text_in_the_file(shop: Shop, note: str):
    storage, goods, member = trade.storage(shop), seed.product(shop), shop.member()
    trade.place(shop, member, goods.sku_id, note=note)
    shop.staff().call("orders.export_orders", **window(shop))
    header, row = Spreadsheets().read(next(iter(storage.objects.values())))
    assert row[header.index("买家留言")] == f"'{note}"


def test_more_rows_than_a_file_takes_are_refused_and_nothing_is_stored(shop: Shop, monkeypatch: pytest.MonkeyPatch):
    storage, goods, member, staff = trade.storage(shop), seed.product(shop), shop.member(), shop.staff()
    for _ in range(3):
        trade.place(shop, member, goods.sku_id)
    monkeypatch.setattr(export_orders, "MOST_ROWS", 2)
    with refused("EXPORT_TOO_LARGE", status=422):
        staff.call("orders.export_orders", **window(shop))
    assert storage.objects == {}
    monkeypatch.setattr(export_orders, "MOST_ROWS", 3)
    assert staff.call("orders.export_orders", **window(shop))["rows"] == 3


def test_only_staff_with_the_permission_export(shop: Shop):
    storage = trade.storage(shop)
    with refused("NOT_ALLOWED", status=403):
        shop.staff("orders.search_orders").call("orders.export_orders", **window(shop))
    with refused("NOT_SIGNED_IN", status=401):
        shop.member().call("orders.export_orders", **window(shop))
    assert storage.objects == {}
