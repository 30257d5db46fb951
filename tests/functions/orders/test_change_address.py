"""orders.change_address (spec A2)."""

import pytest
from mall.tables.trade import order_addresses, orders
from sqlalchemy import update

from tests.support import seed, trade
from tests.support.parallel import in_parallel
from tests.support.shop import Caller, Shop, refused

NEAR = {"places": ["广东省"], "first_units": 1, "first_fee_fen": 1_000}
FAR = {"places": ["浙江省"], "first_units": 1, "first_fee_fen": 1_800}


def bought(shop: Shop, member: Caller, **more: object) -> str:
    freight = seed.freight_template(shop, rates=[NEAR, FAR], undeliverable=("西藏自治区",))
    return trade.paid_order(shop, member, seed.product(shop, freight_template_id=freight).sku_id, **more)


def near(shop: Shop, member: Caller) -> str:
    return seed.address(shop, member, city="广州市", district="天河区", detail="体育西路 2 号", name="李四",
                        phone="13911112222")


def test_the_parcel_goes_to_the_new_address_and_the_old_one_is_kept(shop: Shop):
    member, staff = shop.member(), shop.staff()
    order_no = bought(shop, member)
    done = member.call("orders.change_address", order_no=order_no, address_id=near(shop, member), version=1)
    assert done == {"order_no": order_no, "version": 2, "freight_before_fen": 1_000, "freight_after_fen": 1_000}
    order = trade.order(shop, order_no)
    assert order.address == {"name": "李四", "phone": "13911112222", "province": "广东省", "city": "广州市",
                             "district": "天河区", "detail": "体育西路 2 号"}
    assert (order.pay_fen, order.freight_fen, order.state) == (10_900, 1_000, "TO_SHIP")
    (kept,) = shop.rows(order_addresses)
    assert (kept.order_no, kept.address_version, kept.address["name"]) == (order_no, 1, "张三")
    assert (kept.freight_before_fen, kept.freight_after_fen) == (1_000, 1_000)
    assert [row["order"]["order_no"] for row in staff.call("orders.search_orders", phone="13911112222")["items"]] == [
        order_no]
    assert staff.call("orders.search_orders", name="张三")["items"] == []
    for who, action in ((member, "orders.get_order"), (staff, "orders.view_order")):
        page = who.call(action, order_no=order_no)
        step = page["order"]["timeline"][-1]
        assert (step["words"], step["who"], step["reason"]) == (
            "收货地址已修改", "member", "新地址在广东省广州市天河区")
        assert page["address"]["version"] == 2


def test_the_same_address_again_changes_nothing(shop: Shop):
    member = shop.member()
    home = seed.address(shop, member)
    order_no = bought(shop, member, address_id=home)
    before = shop.snapshot()
    assert member.call("orders.change_address", order_no=order_no, address_id=home, version=1)["version"] == 1
    assert shop.snapshot() == before


def test_a_dearer_place_is_the_shops_to_allow_and_one_where_nobody_delivers_is_refused(shop: Shop):
    member = shop.member()
    order_no = bought(shop, member)
    far = seed.address(shop, member, "浙江省", "杭州市", "西湖区")
    nowhere = seed.address(shop, member, "西藏自治区", "拉萨市", "城关区")
    no_rate = seed.address(shop, member, "云南省", "昆明市", "五华区")
    before = shop.snapshot()
    with refused("FREIGHT_WOULD_RISE", status=422) as caught:
        member.call("orders.change_address", order_no=order_no, address_id=far, version=1, seen_difference_fen=800)
    assert caught[0].data == {"before_fen": 1_000, "after_fen": 1_800, "difference_fen": 800}
    for address_id in (nowhere, no_rate):
        with refused("NOT_DELIVERABLE", status=422):
            member.call("orders.change_address", order_no=order_no, address_id=address_id, version=1)
    assert shop.snapshot() == before


def test_a_cheaper_place_is_told_before_it_is_taken_and_nothing_is_paid_back(shop: Shop):
    member = shop.member()
    far = seed.address(shop, member, "浙江省", "杭州市", "西湖区")
    order_no = bought(shop, member, address_id=far)
    wanted = {"order_no": order_no, "address_id": near(shop, member), "version": 1}
    before = shop.snapshot()
    with refused("FREIGHT_DIFFERS", status=409, field="seen_difference_fen") as caught:
        member.call("orders.change_address", **wanted)
    assert caught[0].data == {"before_fen": 1_800, "after_fen": 1_000, "difference_fen": -800}
    assert shop.snapshot() == before
    done = member.call("orders.change_address", **wanted, seen_difference_fen=-800)
    assert (done["freight_before_fen"], done["freight_after_fen"]) == (1_800, 1_000)
    step = member.call("orders.get_order", order_no=order_no)["order"]["timeline"][-1]
    assert step["reason"] == "新地址在广东省广州市天河区，运费少 8.00 元，未另行收退"
    order = trade.order(shop, order_no)
    assert (order.pay_fen, order.freight_fen, order.refunded_fen) == (11_700, 1_800, 0)


@pytest.mark.parametrize("state", ["SHIPPED", "RECEIVED", "CLOSED"])
def test_what_has_gone_out_or_is_closed_stays_where_it_goes(shop: Shop, state: str):
    member = shop.member()
    order_no, home = bought(shop, member), near(shop, member)
    shop.database.run(lambda tx: tx.write(update(orders).values(state=state)))
    before = shop.snapshot()
    with refused("ADDRESS_FIXED", status=422):
        member.call("orders.change_address", order_no=order_no, address_id=home, version=1)
    assert shop.snapshot() == before


def test_a_pick_up_has_no_address_and_nobody_elses_order_or_address_is_touched(shop: Shop):
    member, other = shop.member(), shop.member("小明")
    pickup = trade.paid_order(shop, member, seed.product(shop).sku_id, delivery="PICKUP")
    order_no, home = bought(shop, member), near(shop, member)
    others = near(shop, other)
    before = shop.snapshot()
    with refused("ADDRESS_FIXED", status=422):
        member.call("orders.change_address", order_no=pickup, address_id=home, version=1)
    with refused("ORDER_NOT_FOUND", status=404):
        other.call("orders.change_address", order_no=order_no, address_id=others, version=1)
    with refused("NOT_FOUND", status=404, field="address_id"):
        member.call("orders.change_address", order_no=order_no, address_id=others, version=1)
    with refused("ADDRESS_CHANGED", status=409, field="version") as caught:
        member.call("orders.change_address", order_no=order_no, address_id=home, version=2)
    assert caught[0].data == {"version": 1}
    assert shop.snapshot() == before


def test_shipping_and_a_new_address_at_the_same_moment_leave_one_winner(shop: Shop):
    member, staff = shop.member(), shop.staff()
    order_no, home = bought(shop, member), near(shop, member)
    parcel = {"order_no": order_no, "carrier": "ZTO", "tracking_no": "78900000000001"}
    changed, shipped = in_parallel(
        lambda: member.call("orders.change_address", order_no=order_no, address_id=home, version=1),
        lambda: staff.call("fulfilment.ship_orders", parcels=[parcel]))
    order, steps = trade.order(shop, order_no), [
        step["move"] for step in member.call("orders.get_order", order_no=order_no)["order"]["timeline"]]
    assert order.state == "SHIPPED" and shipped["shipped"] == 1
    if isinstance(changed, dict):
        assert (order.address["name"], steps[-2:]) == ("李四", ["change_address", "ship"])
    else:
        assert (changed.code, order.address["name"], steps[-1]) == ("ADDRESS_FIXED", "张三", "ship")


def test_two_changes_over_one_version_leave_one_winner(shop: Shop):
    member = shop.member()
    order_no, one = bought(shop, member), near(shop, member)
    two = seed.address(shop, member, detail="深南大道 9 号", name="赵六")
    answers = in_parallel(*[lambda address_id=address_id: member.call(
        "orders.change_address", order_no=order_no, address_id=address_id, version=1) for address_id in (one, two)])
    assert sorted(getattr(each, "code", "done") for each in answers) == ["ADDRESS_CHANGED", "done"]
    assert trade.order(shop, order_no).address_version == 2 and len(shop.rows(order_addresses)) == 1
