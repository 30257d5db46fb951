"""orders.open_receiver (spec A6, J4)."""

from mall.tables.people import audit_entries
from mall.tables.trade import orders
from sqlalchemy import update

from tests.support import seed, trade
from tests.support.shop import Shop, refused


def test_who_opens_a_receiver_sees_it_in_full_and_stands_in_the_audit_log(shop: Shop):
    goods, member, staff = seed.product(shop), shop.member(), shop.staff("orders.open_receiver")
    parcel = trade.paid_order(shop, member, goods.sku_id)
    pickup = trade.paid_order(shop, member, goods.sku_id, delivery="PICKUP")
    opened = staff.call("orders.open_receiver", order_no=parcel)
    assert opened == {"order_no": parcel, "person": None, "address": {
        "name": "张三", "phone": "13800000000", "province": "广东省", "city": "深圳市", "district": "南山区",
        "detail": "科技园 1 号", "version": 1}}
    assert staff.call("orders.open_receiver", order_no=pickup) == {
        "order_no": pickup, "address": None, "person": {"name": "王五", "phone": "13700000000"}}
    entries = shop.rows(audit_entries, action="orders.open_receiver")
    assert [(entry.actor_id, entry.target) for entry in entries] == [
        (staff.subject_id, {"order_no": each, "looked_at": "receiver"}) for each in (parcel, pickup)]


def test_an_order_of_before_pick_ups_had_a_person_opens_without_one(shop: Shop):
    goods, member, staff = seed.product(shop), shop.member(), shop.staff()
    order_no = trade.paid_order(shop, member, goods.sku_id, delivery="PICKUP")
    shop.database.run(lambda tx: tx.write(update(orders).values(
        address=None, receiver_phone_hash=None, receiver_name_hash=None)))
    assert staff.call("orders.open_receiver", order_no=order_no)["person"] is None
    assert staff.call("orders.view_order", order_no=order_no)["person"] is None
    assert member.call("orders.get_order", order_no=order_no)["person"] is None
    code = trade.order(shop, order_no).pickup_code
    assert staff.call("fulfilment.check_off_pickup", code=code)["person"] is None


def test_without_the_permission_and_at_another_sellers_order_nothing_is_opened(shop: Shop):
    goods, member = seed.product(shop), shop.member()
    order_no = trade.paid_order(shop, member, goods.sku_id)
    clerk = shop.staff("orders.search_orders", "orders.view_order")
    shop.database.run(lambda tx: tx.write(update(orders).values(seller_id="sel_OTHER")))
    before = shop.rows(audit_entries)
    with refused("NOT_ALLOWED", status=403):
        clerk.call("orders.open_receiver", order_no=order_no)
    with refused("ORDER_NOT_FOUND", status=404):
        shop.staff().call("orders.open_receiver", order_no=order_no)
    with refused("NOT_SIGNED_IN", status=401):
        member.call("orders.open_receiver", order_no=order_no)
    assert shop.rows(audit_entries) == before
