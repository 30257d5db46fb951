"""How many orders of one member may wait for payment (orders.place_order, spec E1)."""

from __future__ import annotations

from mall.tables.trade import orders

from tests.support import seed, trade, wallet
from tests.support.shop import Caller, Refused, Shop, refused


def bound(shop: Shop, most: int) -> None:
    shop.staff().call("staff.save_settings", version=0, changes={"unpaid_orders_most": most})


def place(member: Caller, sku_id: str, **wanted) -> str:
    lines = [{"sku_id": sku_id, "quantity": 1}]
    return member.call("orders.place_order", lines=lines, delivery="PICKUP", **wanted)["order_no"]


def test_one_unpaid_order_too_many_is_refused_and_holds_nothing(shop: Shop):
    bound(shop, 2)
    goods, member = seed.product(shop, stock=9), shop.member()
    first, _ = place(member, goods.sku_id), place(member, goods.sku_id)
    before = shop.snapshot()
    with refused("TOO_MANY_UNPAID", status=422) as caught:
        place(member, goods.sku_id)
    assert caught[0].message == "您有 2 笔订单尚未付款，请先付款或取消其中的订单，再提交新订单"
    assert caught[0].data == {"most": 2}
    assert shop.snapshot() == before
    place(shop.member("小明"), goods.sku_id)  # another's orders are another's
    trade.pay(shop, first)
    place(member, goods.sku_id)


def test_a_cancelled_and_an_expired_order_make_room(shop: Shop, paying):
    bound(shop, 1)
    goods, member = seed.product(shop, stock=9), shop.member()
    member.call("orders.cancel_order", order_no=place(member, goods.sku_id))
    place(member, goods.sku_id)
    with refused("TOO_MANY_UNPAID"):
        place(member, goods.sku_id)
    paying.move(minutes=31)
    shop.tick("orders.close_unpaid_orders")
    place(member, goods.sku_id)
    assert sorted(trade.order_states(shop).values()) == ["CLOSED", "CLOSED", "UNPAID"]


def test_an_order_that_leaves_nothing_to_pay_needs_no_room(shop: Shop):
    wallet.open(shop, unpaid_orders_most=1)
    goods, member = seed.product(shop, price_fen=1_000, stock=9), wallet.owner(shop, 5_000)
    place(member, goods.sku_id)
    place(member, goods.sku_id, balance_fen=1_000)
    with refused("TOO_MANY_UNPAID"):
        place(member, goods.sku_id, balance_fen=999)


def test_orders_of_one_member_at_the_same_moment_do_not_pass_the_bound_together(shop: Shop):
    bound(shop, 3)
    goods, member = seed.product(shop, stock=50), shop.member()
    others = [seed.product(shop, stock=50).sku_id for _ in range(4)]  # no two wait for each other's stock
    place(member, goods.sku_id)
    answers = shop.in_parallel(*[lambda sku_id=sku_id: place(member, sku_id) for sku_id in others * 2])
    told = [answer.code for answer in answers if isinstance(answer, Refused)]
    assert told == ["TOO_MANY_UNPAID"] * 6
    assert sum(isinstance(answer, str) for answer in answers) == 2
    assert [row.state for row in shop.rows(orders, member_id=member.subject_id)] == ["UNPAID"] * 3


def test_a_click_that_is_sent_again_is_the_same_order_and_counts_once(shop: Shop):
    bound(shop, 1)
    goods, member = seed.product(shop, stock=9), shop.member()
    assert place(member, goods.sku_id, key="click-1") == place(member, goods.sku_id, key="click-1")
    assert len(shop.rows(orders)) == 1
