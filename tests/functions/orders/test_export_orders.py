"""orders.export_orders (spec E11)."""

from datetime import timedelta

import pytest
from mall.adapters.spreadsheets import Spreadsheets
from mall.flows.fulfilment import export_orders
from mall.tables.people import audit_entries

from tests.support import points, seed, trade
from tests.support.shop import Shop, refused


def window(shop: Shop) -> dict:
    return {"placed_from": shop.now - timedelta(days=1), "placed_until": shop.now + timedelta(days=1)}


def told(storage: trade.Storage) -> list[dict[str, str]]:
    """The rows of the last file by heading."""
    header, *rows = Spreadsheets().read(list(storage.objects.values())[-1])
    return [dict(zip(header, row, strict=True)) for row in rows]


def test_each_line_is_a_row_with_its_receiver_and_its_amounts(shop: Shop):
    storage, goods, member = trade.storage(shop), seed.product(shop, title="围巾", skus=2), points.owner(shop, 500)
    order_no = trade.paid_order(shop, member, goods.sku_ids[1], 2, note="周末送", points=500)
    trade.ship(shop, order_no, "ZTO", "78912345678901")
    staff = shop.staff("orders.*")
    staff.call("orders.note_order", order_no=order_no, note="老客户")
    data = staff.call("orders.export_orders", **window(shop))
    (key,) = storage.objects
    assert key.startswith("exports/sel_00000000000000000000000001/exp_")
    assert data == {"rows": 1, "url": f"https://storage.example/{key}?seconds=600"}
    (row,) = told(storage)
    assert (row["订单号"], row["订单状态"], row["款项状态"], row["配送方式"]) == (order_no, "待收货", "已付款", "快递")
    assert (row["商品"], row["规格"], row["数量"]) == ("围巾", "款式2", "2")
    assert row["SKU编码"] == row["SKU"] == goods.sku_ids[1]  # seeded so
    assert (row["商品实付(元)"], row["订单应付(元)"], row["订单实付(元)"]) == ("193.00", "193.00", "193.00")
    assert (row["订单退款含处理中(元)"], row["订单净收(元)"], row["订单使用积分"]) == ("0.00", "193.00", "500")
    assert (row["收货人"], row["电话"], row["地址"]) == ("张三", "13800000000", "广东省深圳市南山区科技园 1 号")
    assert (row["快递公司"], row["运单号"]) == ("中通快递", "78912345678901")
    assert (row["买家留言"], row["商家备注"]) == ("周末送", "老客户")
    assert row["微信支付交易号"].startswith("42000") and row["支付单号"] == trade.order(shop, order_no).payment_no
    assert [row.actor_id for row in shop.rows(audit_entries, action="orders.export_orders")] == [staff.subject_id]


def test_what_is_of_the_order_stands_once_so_that_a_columns_sum_is_right(shop: Shop):
    storage, goods, member = trade.storage(shop), seed.product(shop, skus=2, price_fen=10_000), shop.member()
    placed = member.call("orders.place_order", address_id=seed.address(shop, member), lines=[
        {"sku_id": sku_id, "quantity": 1} for sku_id in goods.sku_ids])
    trade.pay(shop, placed["order_no"])
    unpaid = trade.place(shop, member, goods.sku_id)["order_no"]
    staff = shop.staff()
    line = staff.call("orders.view_order", order_no=placed["order_no"])["order"]["lines"][0]
    quote = staff.call("refunds.quote_refund", order_no=placed["order_no"],
                       lines=[{"line_id": line["line_id"], "quantity": 1}])
    staff.call("refunds.start_refund", order_no=placed["order_no"], reason="少要一件", seen_refunded_fen=0,
               lines=[{"line_id": line["line_id"], "quantity": 1}])
    staff.call("orders.export_orders", **window(shop))
    rows = told(storage)
    assert [row["订单号"] for row in rows] == [unpaid, placed["order_no"], placed["order_no"]]
    assert [row["订单应付(元)"] for row in rows] == ["100.00", "200.00", ""]
    assert [row["订单实付(元)"] for row in rows] == ["0.00", "200.00", ""]
    assert [row["订单退款含处理中(元)"] for row in rows] == ["0.00", "100.00", ""]
    assert [row["订单净收(元)"] for row in rows] == ["0.00", "100.00", ""]
    assert [row["款项状态"] for row in rows] == ["未付款", "部分退款处理中", "部分退款处理中"]
    assert quote["refunded_fen"] == 0 and [row["商品实付(元)"] for row in rows] == ["100.00"] * 3


def test_who_may_not_open_receivers_gets_them_masked(shop: Shop):
    storage, goods = trade.storage(shop), seed.product(shop)
    trade.paid_order(shop, shop.member(), goods.sku_id)
    asked = window(shop)
    shop.staff("orders.export_orders").call("orders.export_orders", **asked)
    (row,) = told(storage)
    assert (row["收货人"], row["电话"], row["地址"]) == ("张**", "138****0000", "广东省深圳市南山区****")
    [entry] = shop.rows(audit_entries, action="orders.export_orders")
    assert entry.target == {name: moment.isoformat() for name, moment in asked.items()}


def test_that_receivers_were_exported_whole_stands_in_the_log_with_the_time_asked_for(shop: Shop):
    trade.storage(shop)
    staff, asked = shop.staff("orders.export_orders", "orders.open_receiver"), window(shop)
    sku_id = seed.product(shop).sku_id
    staff.call("orders.export_orders", **asked, sku_id=sku_id)
    [entry] = shop.rows(audit_entries, action="orders.export_orders")
    assert (entry.actor_id, entry.target) == (staff.subject_id, {
        "sku_id": sku_id, "looked_at": "receivers", **{name: moment.isoformat() for name, moment in asked.items()}})


@pytest.mark.parametrize("note", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)"])
def test_a_buyers_formula_is_text_in_the_file(shop: Shop, note: str):
    storage, goods, member = trade.storage(shop), seed.product(shop), shop.member()
    trade.place(shop, member, goods.sku_id, note=note)
    shop.staff().call("orders.export_orders", **window(shop))
    assert told(storage)[0]["买家留言"] == f"'{note}"


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
