"""orders.get_order (spec E1 to E4)."""

from mall.kit.ids import new_id
from mall.tables.trade import virtual_codes

from tests.support import seed, trade
from tests.support.shop import Shop, refused


def test_an_unpaid_order_shows_its_price_its_address_and_the_time_left(shop: Shop):
    seed.promotion(shop, title="满200减30", steps=((20_000, 3_000),))
    freight = seed.freight_template(shop, first_fee_fen=1_000)
    goods, member = seed.product(shop, title="围巾", price_fen=12_000, freight_template_id=freight), shop.member()
    order_no = trade.place(shop, member, goods.sku_id, 2, note="周末送")["order_no"]
    shop.move(minutes=10)

    data = member.call("orders.get_order", order_no=order_no)

    order = data["order"]
    assert (order["state"], order["delivery"], order["buyer_note"]) == ("UNPAID", "EXPRESS", "周末送")
    assert [(line["title"], line["quantity"], line["unit_fen"], line["pay_fen"]) for line in order["lines"]] == [
        ("围巾", 2, 12_000, 21_000)]
    assert order["price"] == {
        "list_fen": 24_000, "unit_off_fen": 0, "freight_fen": 1_000, "pay_fen": 22_000, "balance_fen": 0,
        "refunded_fen": 0, "balance_refunded_fen": 0,
        "discounts": [{"kind": "full_reduction", "title": "满200减30", "amount_fen": 3_000}]}
    assert data["address"] == {"name": "张三", "phone": "138****0000", "province": "广东省", "city": "深圳市",
                               "district": "南山区", "detail": "科技园 1 号", "version": 1}
    assert 1_190 <= data["seconds_left_to_pay"] <= 1_200
    assert data["buttons"] == ["start_payment", "cancel_order"]
    assert [(step["move"], step["words"], step["who"]) for step in order["timeline"]] == [
        ("place", "提交订单", "member")]
    assert (order["parcels"], data["pickup_code"], data["delivered_codes"]) == ([], None, [])


def test_a_shipped_order_shows_its_parcel_and_its_whole_timeline(shop: Shop):
    goods, member = seed.product(shop), shop.member()
    order_no = trade.paid_order(shop, member, goods.sku_id)
    trade.ship(shop, order_no, "ZTO", "78912345678901")
    data = member.call("orders.get_order", order_no=order_no)
    shipment = data["order"]["parcels"][0]
    assert (shipment["carrier"], shipment["carrier_name"], shipment["tracking_no"]) == (
        "ZTO", "中通快递", "78912345678901")
    assert [(step["move"], step["state"], step["who"]) for step in data["order"]["timeline"]] == [
        ("place", "UNPAID", "member"), ("pay", "TO_SHIP", "system"), ("ship", "SHIPPED", "staff")]
    assert data["buttons"] == ["confirm_receipt", "ask_refund"]
    assert data["seconds_left_to_pay"] is None


def test_an_order_that_nobody_paid_says_in_words_why_it_closed(shop: Shop):
    goods, member = seed.product(shop), shop.member()
    order_no = trade.place(shop, member, goods.sku_id)["order_no"]
    shop.move(minutes=31)
    shop.tick("orders.close_unpaid_orders")
    order = member.call("orders.get_order", order_no=order_no)["order"]
    assert (order["close_reason"], order["timeline"][-1]["reason"]) == ("EXPIRED", "超时未付款")


def test_a_pick_up_order_shows_its_code_while_it_waits_and_not_after(shop: Shop):
    goods, member, staff = seed.product(shop), shop.member(), shop.staff()
    order_no = trade.paid_order(shop, member, goods.sku_id, delivery="PICKUP")
    data = member.call("orders.get_order", order_no=order_no)
    assert data["pickup_code"] == trade.order(shop, order_no).pickup_code
    assert (data["pickup_store"], data["address"]) == ("门店自提点", None)
    staff.call("fulfilment.check_off_pickup", code=data["pickup_code"])
    after = member.call("orders.get_order", order_no=order_no)
    assert (after["order"]["state"], after["pickup_code"], after["pickup_store"]) == ("RECEIVED", None, None)


def test_virtual_goods_show_their_delivered_codes(shop: Shop):
    goods, member = seed.product(shop, is_virtual=True), shop.member()
    for code in ("A-1", "A-2"):
        shop.database.run(lambda tx, code=code: tx.insert(
            virtual_codes, code_id=new_id("vcd"), sku_id=goods.sku_id, code=code, order_no=None, created_at=shop.now,
            delivered_at=None))
    order_no = trade.paid_order(shop, member, goods.sku_id, 2, delivery="VIRTUAL")
    data = member.call("orders.get_order", order_no=order_no)
    assert (data["order"]["state"], data["delivered_codes"][0]["codes"]) == ("RECEIVED", ["A-1", "A-2"])


def test_somebody_elses_order_does_not_exist(shop: Shop):
    goods, member, other = seed.product(shop), shop.member(), shop.member("小明")
    order_no = trade.place(shop, member, goods.sku_id)["order_no"]
    with refused("ORDER_NOT_FOUND", status=404):
        other.call("orders.get_order", order_no=order_no)
    with refused("ORDER_NOT_FOUND", status=404):
        member.call("orders.get_order", order_no="ord_NONE")
    with refused("NOT_SIGNED_IN", status=401):
        shop.call("orders.get_order", order_no=order_no)
