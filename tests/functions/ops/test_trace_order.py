"""ops.trace_order: the whole story, masked."""

from __future__ import annotations

from mall.flows.trade.settle_payment import Received, settle
from mall.tables.trade import orders

from tests.functions.ops.seeds import paid, place, prepay, stranger
from tests.support import growth, seed, trade
from tests.support.shop import Shop, refused


def test_a_trace_tells_the_story_in_the_order_of_time_without_personal_data(shop: Shop):
    order_no, payment_no = paid(shop)
    shop.relay()
    second = prepay(shop, order_no)
    received = Received(second, "43", 2_000, shop.now)
    shop.database.run(settle, received, trade.settings(shop), actor="test", now=shop.now)
    place(shop)  # another order, which has nothing to do with it
    told = shop.staff("ops.trace_order").call("ops.trace_order", order_no=order_no)
    assert (told["state"], told["pay_fen"], told["payment_no"]) == ("TO_SHIP", 2_000, payment_no)
    assert told["address"] == {"name": "张**", "phone": "138****0000", "province": "广东省", "city": "深圳市",
                               "district": "南山区"}
    times = [entry["at"] for entry in told["entries"]]
    assert times == sorted(times)
    books = sorted((entry["book"], next(entry["what"][name] for name in ("move", "step", "kind", "reason")
                                        if name in entry["what"]))
                   for entry in told["entries"] if entry["book"] != "message")
    assert books == sorted([
        ("order", "place"), ("order", "pay"), ("stock", "HOLD"), ("stock", "COMMIT"),
        ("payment", "created"), ("payment", "paid"), ("payment", "created"), ("payment", "paid"),
        ("refund", "decided"), ("case", "SECOND_PAYMENT"),
        ("ledger", "PAYMENT_RECEIVED"), ("ledger", "PAYMENT_UNSPENT"), ("ledger", "UNSPENT_RETURNED"),
        ("event", "orders.order_placed"), ("event", "orders.order_paid"), *[("delivery", "orders.order_paid")] * 2])
    assert sorted(entry["what"]["listener"] for entry in told["entries"] if entry["book"] == "delivery") == [
        "catalog.on_order_paid_count_sold", "messaging.on_event_compose_messages"]
    assert [(entry["what"]["template"], entry["what"]["state"]) for entry in told["entries"]
            if entry["book"] == "message"] == [("order_paid", "SKIPPED")]
    assert "科技园" not in str(told) and "13800000000" not in str(told) and "openid" not in str(told)


def test_a_trace_tells_the_growth_that_a_receipt_brought_and_a_refund_took_back(shop: Shop):
    goods, member = seed.product(shop, price_fen=300_000), shop.member()
    order_no = growth.received(shop, member, goods.sku_id, 2)
    growth.refund(shop, order_no, 1)
    told = shop.staff().call("ops.trace_order", order_no=order_no)["entries"]
    assert [(each["number"], each["what"]) for each in told if each["book"] == "growth"] == [
        (f"{order_no}:received", {"reason": "RECEIVED", "amount": 6_000, "year": 1}),
        (f"{order_no}:refunded:0", {"reason": "REFUNDED", "amount": -3_000, "year": 1})]
    assert [each["what"]["state"] for each in told if each["what"].get("kind") == "members.member_level_changed"] == [
        "PENDING"]


def test_an_order_of_another_seller_is_not_traced(shop: Shop):
    order_no = place(shop)
    other = stranger(shop)
    for number in (order_no, "ord_unknown"):
        with refused("ORDER_NOT_FOUND", status=404, field="order_no"):
            other.call("ops.trace_order", order_no=number)
    assert len(shop.rows(orders)) == 1
