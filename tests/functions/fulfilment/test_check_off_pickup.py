"""fulfilment.check_off_pickup (spec E2)."""

from mall.kit.outbox import outbox_events
from mall.kit.ids import new_id
from mall.tables.trade import order_events, orders, shipments, virtual_codes
from sqlalchemy import update

from tests.support import seed, trade
from tests.support.shop import Shop, refused


def test_a_code_hands_the_goods_over_and_the_order_is_received(shop: Shop):
    goods, member, staff = seed.product(shop, title="围巾"), shop.member(), shop.staff("fulfilment.*")
    order_no = trade.paid_order(shop, member, goods.sku_id, 2, delivery="PICKUP", note="不要袋子")
    code = trade.order(shop, order_no).pickup_code
    assert staff.call("fulfilment.check_off_pickup", code=code) == {
        "order_no": order_no, "buyer_note": "不要袋子", "person": {"name": "王**", "phone": "137****0000"},
        "goods": [{"title": "围巾", "spec_values": [], "quantity": 2}]}
    order = trade.order(shop, order_no)
    assert (order.state, order.received_at is not None) == ("RECEIVED", True)
    (shipment,) = shop.rows(shipments)
    assert (shipment.order_no, shipment.delivery, shipment.report_state) == (order_no, "PICKUP", "PENDING")
    assert [row.payload["order_no"] for row in shop.rows(outbox_events, kind="orders.order_received")] == [order_no]


def test_twenty_checks_at_once_are_one(shop: Shop):
    goods, member, staff = seed.product(shop), shop.member(), shop.staff()
    order_no = trade.paid_order(shop, member, goods.sku_id, delivery="PICKUP")
    code = trade.order(shop, order_no).pickup_code
    answers = shop.in_parallel(*[lambda: staff.call("fulfilment.check_off_pickup", code=code)] * 20)
    assert [answer.code for answer in answers if isinstance(answer, Exception)] == ["WRONG_PICKUP_CODE"] * 19
    assert len(shop.rows(shipments)) == 1
    assert len(shop.rows(order_events, move="pick_up")) == 1


def test_a_wrong_a_used_a_refunded_and_another_sellers_code_answer_alike_and_change_nothing(shop: Shop):
    goods, member, staff = seed.product(shop), shop.member(), shop.staff()
    used, refunded, foreign = (trade.paid_order(shop, member, goods.sku_id, delivery="PICKUP") for _ in range(3))
    codes = [trade.order(shop, order_no).pickup_code for order_no in (used, refunded, foreign)]
    staff.call("fulfilment.check_off_pickup", code=codes[0])
    staff.call("refunds.start_refund", order_no=refunded, reason="买家不要了")
    shop.database.run(lambda tx: tx.write(
        update(orders).where(orders.c.order_no == foreign).values(seller_id="sel_OTHER")))
    wrong = next(code for code in ("0000000000", "0000000001", "0000000002", "0000000003") if code not in codes)
    before = shop.snapshot()
    for code in (*codes, wrong):
        with refused("WRONG_PICKUP_CODE", status=422, field="code") as caught:
            staff.call("fulfilment.check_off_pickup", code=code)
        assert (caught[0].message, caught[0].data) == ("提货码无效或已使用，请与买家核对", {})
    with refused("BAD_INPUT", status=400, field="code"):
        staff.call("fulfilment.check_off_pickup", code="12345")
    with refused("NOT_SIGNED_IN", status=401):
        member.call("fulfilment.check_off_pickup", code=codes[2])
    assert shop.snapshot() == before


def test_a_code_that_was_short_is_delivered_when_the_goods_are_picked_up(shop: Shop):
    mug, song, member, staff = seed.product(shop), seed.product(shop, is_virtual=True), shop.member(), shop.staff()
    order_no = trade.mixed_order(shop, member, mug.sku_id, song.sku_id, delivery="PICKUP")
    trade.pay(shop, order_no)
    code = trade.order(shop, order_no).pickup_code
    before = shop.snapshot()
    with refused("CODES_SHORT", status=422) as caught:
        staff.call("fulfilment.check_off_pickup", code=code)
    assert caught[0].data == {"sku_id": song.sku_id, "missing": 1}
    assert shop.snapshot() == before
    shop.database.run(lambda tx: tx.insert(
        virtual_codes, code_id=new_id("vcd"), sku_id=song.sku_id, code="A-1", order_no=None, created_at=shop.now,
        delivered_at=None))
    staff.call("fulfilment.check_off_pickup", code=code)
    assert trade.order(shop, order_no).state == "RECEIVED"
    assert trade.codes(shop, order_no) == ["A-1"]
