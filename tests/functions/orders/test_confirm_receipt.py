"""orders.confirm_receipt (spec E4)."""

from mall.kit.outbox import outbox_events
from mall.tables.trade import order_events

from tests.support import seed, trade
from tests.support.shop import Shop, refused


def test_a_shipped_order_is_received_and_told_once(shop: Shop):
    goods, member = seed.product(shop), shop.member()
    order_no = trade.paid_order(shop, member, goods.sku_id)
    trade.ship(shop, order_no)
    assert member.call("orders.confirm_receipt", order_no=order_no) == {"order_no": order_no, "state": "RECEIVED"}
    order = trade.order(shop, order_no)
    assert (order.state, order.received_at is not None) == ("RECEIVED", True)
    assert [row.payload for row in shop.rows(outbox_events, kind="orders.order_received")] == [
        {"order_no": order_no, "member_id": member.subject_id}]


def test_ten_taps_at_once_receive_once(shop: Shop):
    goods, member = seed.product(shop), shop.member()
    order_no = trade.paid_order(shop, member, goods.sku_id)
    trade.ship(shop, order_no)
    answers = shop.in_parallel(*[lambda: member.call("orders.confirm_receipt", order_no=order_no)] * 10)
    refusals = [answer.code for answer in answers if isinstance(answer, Exception)]
    assert refusals == ["ILLEGAL_MOVE"] * 9
    assert len(shop.rows(order_events, order_no=order_no, move="receive")) == 1
    assert len(shop.rows(outbox_events, kind="orders.order_received")) == 1


def test_what_is_not_shipped_or_not_ones_own_is_not_received(shop: Shop):
    goods, member = seed.product(shop), shop.member()
    order_no = trade.paid_order(shop, member, goods.sku_id)
    before = shop.snapshot()
    with refused("ILLEGAL_MOVE", status=409):
        member.call("orders.confirm_receipt", order_no=order_no)
    with refused("ORDER_NOT_FOUND", status=404):
        shop.member("小明").call("orders.confirm_receipt", order_no=order_no)
    after = shop.snapshot()
    assert (after["orders"], after["order_events"], after["outbox_events"]) == (
        before["orders"], before["order_events"], before["outbox_events"])
