"""orders.view_order (spec E11)."""

from mall.tables.trade import orders
from sqlalchemy import update

from tests.support import seed, trade
from tests.support.shop import Shop, refused


def test_staff_see_the_receiver_masked_and_their_buttons(shop: Shop):
    goods, member, staff = seed.product(shop), shop.member(), shop.staff("orders.*")
    order_no = trade.paid_order(shop, member, goods.sku_id)
    data = staff.call("orders.view_order", order_no=order_no)
    assert data["address"] == {"name": "张**", "phone": "138****0000", "province": "广东省", "city": "深圳市",
                               "district": "南山区", "detail": "****", "version": 1}
    assert data["member_id"] == member.subject_id
    assert data["payment_no"] == trade.order(shop, order_no).payment_no
    assert data["buttons"] == ["ship_orders", "start_refund"]
    assert data["order"]["price"]["pay_fen"] == 9_900


def test_delivered_codes_are_masked_for_staff(shop: Shop):
    card, staff = seed.product(shop, is_virtual=True), shop.staff()
    staff.call("catalog.save_virtual_codes", sku_id=card.sku_id, codes=["CARD-0001-AB12", "A-1"], reference="b-1")
    order_no = trade.paid_order(shop, shop.member(), card.sku_id, 2, delivery="VIRTUAL")
    data = staff.call("orders.view_order", order_no=order_no)
    assert sorted(data["delivered_codes"][0]["codes"]) == ["****", "****AB12"]
    assert "CARD-0001" not in str(data)


def test_the_pick_up_code_is_the_buyers_to_show(shop: Shop):
    goods, member, staff = seed.product(shop), shop.member(), shop.staff()
    order_no = trade.paid_order(shop, member, goods.sku_id, delivery="PICKUP")
    data = staff.call("orders.view_order", order_no=order_no)
    assert data["buttons"] == ["check_off_pickup", "start_refund"]
    assert (data["person"], data["address"]) == ({"name": "王**", "phone": "137****0000"}, None)
    assert trade.order(shop, order_no).pickup_code not in str(data)


def test_another_sellers_order_does_not_exist_and_the_permission_is_needed(shop: Shop):
    goods, member = seed.product(shop), shop.member()
    order_no = trade.place(shop, member, goods.sku_id)["order_no"]
    with refused("NOT_ALLOWED", status=403):
        shop.staff("catalog.*").call("orders.view_order", order_no=order_no)
    shop.database.run(lambda tx: tx.write(update(orders).values(seller_id="sel_OTHER")))
    with refused("ORDER_NOT_FOUND", status=404):
        shop.staff().call("orders.view_order", order_no=order_no)
    with refused("NOT_SIGNED_IN", status=401):
        member.call("orders.view_order", order_no=order_no)
