"""orders.redirect_order (spec A2, E11)."""

from mall.tables.people import audit_entries
from mall.tables.trade import order_addresses, orders
from sqlalchemy import update

from tests.functions.orders.test_change_address import bought
from tests.support import trade
from tests.support.shop import Shop, refused

HANGZHOU = {"province": "浙江", "city": "杭州", "district": "西湖区", "detail": "文三路 2 号"}


def test_staff_send_it_elsewhere_and_bear_the_freight_that_they_were_shown(shop: Shop):
    member, staff = shop.member(), shop.staff("orders.redirect_order")
    order_no = bought(shop, member)
    before = shop.snapshot()
    with refused("FREIGHT_DIFFERS", status=409) as caught:
        staff.call("orders.redirect_order", order_no=order_no, version=1, **HANGZHOU)
    assert caught[0].data == {"before_fen": 1_000, "after_fen": 1_800, "difference_fen": 800}
    assert shop.snapshot() == before
    done = staff.call("orders.redirect_order", order_no=order_no, version=1, seen_difference_fen=800, **HANGZHOU)
    assert done == {"order_no": order_no, "version": 2, "freight_before_fen": 1_000, "freight_after_fen": 1_800}
    order = trade.order(shop, order_no)
    assert order.address == {"name": "张三", "phone": "13800000000", "province": "浙江省", "city": "杭州市",
                             "district": "西湖区", "detail": "文三路 2 号"}
    assert (order.pay_fen, order.freight_fen) == (10_900, 1_000)
    step = member.call("orders.get_order", order_no=order_no)["order"]["timeline"][-1]
    assert (step["who"], step["reason"]) == ("staff", "新地址在浙江省杭州市西湖区，运费多 8.00 元，未另行收退")
    assert [entry.target for entry in shop.rows(audit_entries)] == [{"order_no": order_no}]
    assert shop.rows(order_addresses)[0].changed_by == f"staff {staff.subject_id}"


def test_another_receiver_may_be_named_and_an_unknown_place_is_refused(shop: Shop):
    member, staff = shop.member(), shop.staff()
    order_no, shenzhen = bought(shop, member), {"province": "广东省", "city": "深圳市", "detail": "深南大道 9 号"}
    before = shop.snapshot()
    with refused("UNKNOWN_DIVISION", status=400):
        staff.call("orders.redirect_order", order_no=order_no, version=1, **{**HANGZHOU, "city": "杭洲"})
    with refused("BAD_INPUT", status=400, field="district"):
        staff.call("orders.redirect_order", order_no=order_no, version=1, **shenzhen)
    with refused("NOT_DELIVERABLE", status=422):
        staff.call("orders.redirect_order", order_no=order_no, version=1, province="西藏自治区", city="拉萨市",
                   district="城关区", detail="一号")
    assert shop.snapshot() == before
    staff.call("orders.redirect_order", order_no=order_no, version=1, name="李四", phone="13911112222",
               district="福田区", **shenzhen)
    order = trade.order(shop, order_no)
    assert (order.address["name"], order.address["phone"]) == ("李四", "13911112222")


def test_another_sellers_order_does_not_exist_and_the_permission_is_needed(shop: Shop):
    member = shop.member()
    order_no = bought(shop, member)
    with refused("NOT_ALLOWED", status=403):
        shop.staff("orders.note_order").call("orders.redirect_order", order_no=order_no, version=1, **HANGZHOU)
    shop.database.run(lambda tx: tx.write(update(orders).values(seller_id="sel_OTHER")))
    with refused("ORDER_NOT_FOUND", status=404):
        shop.staff().call("orders.redirect_order", order_no=order_no, version=1, **HANGZHOU)
