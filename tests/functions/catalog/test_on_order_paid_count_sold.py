"""catalog.on_order_paid_count_sold (spec B5)."""

from mall.tables.goods import products

from tests.support import seed
from tests.support.shop import Shop


def test_a_paid_order_counts_its_units_once_however_often_the_event_comes(shop: Shop):
    goods, other, member = seed.product(shop, price_fen=0, sold=3), seed.product(shop), shop.member()
    seed.address(shop, member, is_default=True)
    placed = member.call("orders.place_order", key="k1", lines=[{"sku_id": goods.sku_id, "quantity": 2}])
    message = {"Type": "Message", "Secret": "test-trigger-secret", "EventId": "evt_1", "Kind": "orders.order_paid",
               "Payload": {"order_no": placed["order_no"], "payment_no": "", "member_id": member.subject_id,
                           "paid_fen": 0}, "RequestId": "req_1"}
    for _ in range(3):
        assert shop.send("catalog.on_order_paid_count_sold", message)["ok"] is True
    assert shop.rows(products, spu_id=goods.spu_id)[0].sold == 5
    assert shop.rows(products, spu_id=other.spu_id)[0].sold == 0
