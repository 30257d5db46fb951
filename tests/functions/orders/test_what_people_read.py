"""What buyers, staff and WeChat read of an order is true for its case (spec E6, E11, G3)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from mall.adapters.spreadsheets import Spreadsheets
from mall.domains.payments import store as payment_rows
from mall.flows.trade import refund
from mall.tables.trade import order_lines, refunds

from tests.support import seed, trade
from tests.support.shop import Caller, Shop, refused


def give_back(shop: Shop, order_no: str, quantity: int | None = None, line: int = 0) -> Any:
    """Refund everything, or so many pieces of one line; the refund's row."""
    lines = [row for row in shop.rows(order_lines) if row.order_no == order_no]
    wanted = {} if quantity is None else {"lines": [{"line_id": lines[line].line_id, "quantity": quantity}]}
    answer = shop.staff().call("refunds.start_refund", key=f"r-{order_no}-{quantity}-{line}", order_no=order_no,
                               reason="少发", **wanted)
    return shop.rows(refunds, refund_no=answer["refund_no"])[0]


def shown(member: Caller, order_no: str) -> tuple[str, str, str]:
    """(state of the order, state of the money, what the buyer reads of it), the same on the page and in the list."""
    page = member.call("orders.get_order", order_no=order_no)["order"]
    [row] = [each["order"] for each in member.call("orders.list_orders")["items"]
             if each["order"]["order_no"] == order_no]
    assert (row["refund_state"], row["refund_words"]) == (page["refund_state"], page["refund_words"])
    return page["state"], page["refund_state"], page["refund_words"]


def test_the_buyer_reads_where_the_money_is_and_not_only_where_the_order_is(shop: Shop):
    member, goods = shop.member(), seed.product(shop)
    order_no = trade.paid_order(shop, member, goods.sku_id)
    assert shown(member, order_no) == ("TO_SHIP", "NONE", "")
    row = give_back(shop, order_no)
    assert shown(member, order_no) == ("CLOSED", "UNDER_WAY", "退款处理中，款项尚未到账")
    shop.database.run(refund.keep_failure, row.wechat_refund_no, "微信退款状态 ABNORMAL", shop.now)
    assert shown(member, order_no) == ("CLOSED", "FAILED", "退款未成功，商家正在处理")
    page = member.call("orders.get_order", order_no=order_no)["order"]
    assert "已退款" not in str([step["words"] for step in page["timeline"]])
    [money] = page["refunds"]
    assert (money["refund_no"], money["state"], money["amount_fen"], money["finished_at"]) == (
        row.refund_no, "FAILED", row.amount_fen, None)
    shop.staff().call("refunds.record_settled_by_hand", refund_no=row.refund_no, how="BANK_TRANSFER",
                      number="B20261130", note="银行转账")
    assert shown(member, order_no) == ("CLOSED", "DONE", "退款已到账")


def test_the_worst_of_several_refunds_is_what_is_shown(shop: Shop):
    member, goods = shop.member(), seed.product(shop)
    order_no = trade.paid_order(shop, member, goods.sku_id, 3)
    first, second = give_back(shop, order_no, 1), give_back(shop, order_no, 2)
    shop.database.run(refund.keep_failure, first.wechat_refund_no, "微信退款状态 CLOSED", shop.now)
    assert second.state == "DUE"
    assert shown(member, order_no)[1:] == ("FAILED", "退款未成功，商家正在处理")


def test_money_of_an_order_that_was_closed_before_is_on_its_page(shop: Shop):
    member, goods = shop.member(), seed.product(shop)
    order_no = trade.place(shop, member, goods.sku_id)["order_no"]
    payment_no = trade.prepay(shop, order_no, openid=member.openid)
    shop.database.run(payment_rows.mark_closed, payment_no, shop.now)
    member.call("orders.cancel_order", order_no=order_no)
    assert trade.settle(shop, payment_no) == "sent_back"
    assert shown(member, order_no) == ("CLOSED", "UNDER_WAY", "退款处理中，款项尚未到账")


def test_what_is_left_after_refunds_is_what_is_packed_exported_and_told(shop: Shop):
    storage, member = trade.storage(shop), shop.member()
    wool, cotton = seed.product(shop, title="围巾"), seed.product(shop, title="袜子")
    order_no = member.call("orders.place_order", key="k", address_id=seed.address(shop, member), lines=[
        {"sku_id": wool.sku_id, "quantity": 3}, {"sku_id": cotton.sku_id, "quantity": 1}])["order_no"]
    trade.pay(shop, order_no, openid=member.openid)
    titles = [row.title for row in shop.rows(order_lines)]
    give_back(shop, order_no, 1, titles.index("围巾"))
    give_back(shop, order_no, 1, titles.index("袜子"))
    staff = shop.staff()
    [waiting] = staff.call("fulfilment.list_to_ship")["items"]
    assert {line["title"]: (line["quantity"], line["refunded_quantity"], line["left_quantity"])
            for line in waiting["order"]["lines"]} == {"围巾": (3, 1, 2), "袜子": (1, 1, 0)}
    staff.call("orders.export_orders", placed_from=(shop.now - timedelta(days=1)).isoformat(),
               placed_until=(shop.now + timedelta(days=1)).isoformat())
    [key] = storage.objects
    header, *rows = Spreadsheets().read(storage.objects[key])
    told = [dict(zip(header, row, strict=True)) for row in rows]
    assert sorted((row["商品"], row["数量"], row["下单数量"], row["已退数量"]) for row in told) == [
        ("围巾", "2", "3", "1"), ("袜子", "0", "1", "1")]
    reports: list[dict[str, Any]] = []
    shop.house.world.put("wechat_api", type("WeChat", (), {
        "upload_shipping_info": staticmethod(lambda **report: reports.append(report))})())
    trade.ship(shop, order_no)
    shop.tick("fulfilment.report_shipping")
    assert [item["item_desc"] for report in reports for item in report["items"]] == ["围巾*2"]


def test_what_is_handed_over_at_the_store_is_what_is_left(shop: Shop):
    member, goods = shop.member(), seed.product(shop, title="围巾")
    order_no = trade.paid_order(shop, member, goods.sku_id, 3, "PICKUP")
    give_back(shop, order_no, 1)
    code = member.call("orders.get_order", order_no=order_no)["pickup_code"]
    handed = shop.staff().call("fulfilment.check_off_pickup", code=code)["goods"]
    assert [(each["title"], each["quantity"]) for each in handed] == [("围巾", 2)]


@pytest.mark.parametrize(("state", "sentence"), [
    ("closed", "订单已关闭，不能再支付，请重新下单"), ("paid", "已经支付，无需再次支付")])
def test_why_nothing_is_to_be_paid_is_said_as_it_is(shop: Shop, state: str, sentence: str):
    member, goods = shop.member(), seed.product(shop)
    order_no = trade.place(shop, member, goods.sku_id)["order_no"]
    if state == "paid":
        trade.pay(shop, order_no, openid=member.openid)
    else:
        member.call("orders.cancel_order", order_no=order_no)
    shop.house.world.put("wechat_pay", object())
    before = shop.snapshot()
    with refused("NOTHING_TO_PAY", status=422) as caught:
        member.call("payments.start_payment", order_no=order_no, channel="jsapi")
    assert caught[0].message == sentence
    assert shop.snapshot() == before


@pytest.mark.parametrize(("state", "sentence"), [
    ("UNPAID", "订单尚未付款，不能发货"), ("SHIPPED", "订单已经发货，请刷新后查看"),
    ("CLOSED", "订单已经关闭，不能发货")])
def test_why_an_order_is_not_to_be_shipped_is_said_as_it_is(shop: Shop, state: str, sentence: str):
    member, goods = shop.member(), seed.product(shop)
    order_no = trade.place(shop, member, goods.sku_id)["order_no"]
    if state == "CLOSED":
        member.call("orders.cancel_order", order_no=order_no)
    if state == "SHIPPED":
        trade.pay(shop, order_no, openid=member.openid)
        trade.ship(shop, order_no)
    [outcome] = shop.staff().call("fulfilment.ship_orders", parcels=[
        {"order_no": order_no, "carrier": "ZTO", "tracking_no": "78900000000001"}])["outcomes"]
    assert (outcome["code"], outcome["message"]) == ("NOT_TO_SHIP", sentence)
