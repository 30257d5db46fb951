"""Money (资金): payments, stored value, and what WeChat tells of them."""

from __future__ import annotations

from tests.crash.scenarios.kept import scenario
from tests.crash.scenarios.towns import pointed, shared, thumb_of_top_up, told_of_share, topped_up
from tests.crash.scenarios.words import (
    basics,
    call,
    codes,
    coupon_template,
    group_buy,
    group_of,
    paid,
    place,
    start,
    started,
    thumb,
    timer,
)
from tests.crash.town import Play, Town
from tests.support import wallet


@scenario("payments.start_payment")
def _start(town: Town) -> Play:
    member, goods = basics(town)
    return call(town, member, "payments.start_payment", order_no=place(town, member, goods.sku_id))


@scenario("payments.start_payment", "another channel before")
def _start_other(town: Town) -> Play:
    member, goods = basics(town)
    order_no = place(town, member, goods.sku_id)
    start(town, member, order_no, "native")
    return call(town, member, "payments.start_payment", order_no=order_no)


@scenario("payments.start_payment", "begun in the other app before")
def _start_in_web(town: Town) -> Play:
    member, goods = basics(town)
    order_no = place(town, member, goods.sku_id)
    start(town, member, order_no)
    return call(town, town.shop.in_web(member), "payments.start_payment", order_no=order_no)


@scenario("payments.start_payment", "paid by another channel meanwhile")
def _start_paid(town: Town) -> Play:
    member, goods = basics(town)
    order_no = place(town, member, goods.sku_id)
    assert town.books.pay(start(town, member, order_no, "native"))
    return call(town, member, "payments.start_payment", order_no=order_no)


@scenario("payments.receive_payment_notice")
def _notice(town: Town) -> Play:
    member, goods = basics(town)
    coupon = member.call("coupons.claim_coupon", template_id=coupon_template(town))["coupon_id"]
    thumb(town, member, goods.sku_id, coupon_ids=[coupon])
    return lambda: town.tell_notices("payment")


@scenario("payments.receive_payment_notice", "after the order closed")
def late_notice(town: Town) -> Play:
    member, goods = basics(town)
    order_no, payment_no = started(town, member, goods.sku_id)
    member.call("orders.cancel_order", order_no=order_no)
    late = town.books.find("payment", payment_no)
    town.books.keep("payment", payment_no, {**late, "state": "NOTPAY"})  # seen: money after a close
    assert town.books.pay(payment_no)
    return lambda: town.tell_notices("payment")


@scenario("payments.receive_payment_notice", "completes a group")
def _last_seat(town: Town) -> Play:
    member, goods = basics(town)
    activity = group_buy(town, goods)
    first = paid(town, town.shop.member("小明"), goods.sku_id, group_buy_id=activity)
    thumb(town, member, goods.sku_id, group_buy_id=activity, group_id=group_of(town, first))
    return lambda: town.tell_notices("payment")


@scenario("payments.receive_payment_notice", "virtual goods")
def _notice_virtual(town: Town) -> Play:
    member, goods = basics(town, skus=1, is_virtual=True)
    codes(town, goods.sku_id, 3)
    thumb(town, member, goods.sku_id, delivery="VIRTUAL")
    return lambda: town.tell_notices("payment")


@scenario("payments.query_stuck_payments")
def _stuck(town: Town) -> Play:
    member, goods = basics(town)
    for _ in range(2):
        thumb(town, member, goods.sku_id)
    started(town, member, goods.sku_id)
    for notice in town.books.untold():
        town.books.told(notice)  # lost on the way
    town.move(5)
    return timer(town, "payments.query_stuck_payments")


@scenario("payments.start_payment", "its money will be frozen")
def _start_frozen(town: Town) -> Play:
    shared(town, 100)
    member, goods = basics(town)
    return call(town, member, "payments.start_payment", order_no=place(town, member, goods.sku_id))


@scenario("payments.receive_payment_notice", "of a share that ended")
def _share_notice(town: Town) -> Play:
    told_of_share(town)
    return lambda: town.tell_notices("payment shr_")


@scenario("wallets.top_up_wallet")
def _top_up(town: Town) -> Play:
    wallet.open(town.shop)
    return call(town, town.shop.member(), "wallets.top_up_wallet", amount_fen=10_000)


@scenario("wallets.top_up_wallet", "another amount before")
def _top_up_other(town: Town) -> Play:
    wallet.open(town.shop)
    member = town.shop.member()
    member.call("wallets.top_up_wallet", amount_fen=20_000)
    return call(town, member, "wallets.top_up_wallet", amount_fen=10_000)


@scenario("payments.receive_payment_notice", "a top-up")
def _top_up_notice(town: Town) -> Play:
    wallet.open(town.shop)
    thumb_of_top_up(town, town.shop.member())
    return lambda: town.tell_notices("payment")


@scenario("payments.query_stuck_payments", "top-ups, paid and lapsed")
def _top_up_lapses(town: Town) -> Play:
    wallet.open(town.shop)
    town.shop.member().call("wallets.top_up_wallet", amount_fen=20_000)
    thumb_of_top_up(town, town.shop.member("小明"))
    town.move(31)
    return timer(town, "payments.query_stuck_payments")


@scenario("payments.receive_payment_notice", "beside stored value")
def _notice_beside_balance(town: Town) -> Play:
    member, goods = topped_up(town)
    thumb(town, member, goods.sku_id, balance_fen=1_000)
    return lambda: town.tell_notices("payment")


@scenario("payments.receive_payment_notice", "beside points")
def _notice_beside_points(town: Town) -> Play:
    member, goods = pointed(town)
    thumb(town, member, goods.sku_id, points=700)
    return lambda: town.tell_notices("payment")


@scenario("wallets.report_safeguarding")
def _safeguarding(town: Town) -> Play:
    topped_up(town)
    town.move(2 * 24 * 60)
    return timer(town, "wallets.report_safeguarding")
