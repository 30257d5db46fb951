"""Checkouts of several orders (结算单): each with a coupon, points or stored value of its own, paid together."""

from __future__ import annotations

from tests.crash.scenarios.kept import scenario
from tests.crash.scenarios.words import basics, call, coupon_template, place, start, timer
from tests.crash.town import Play, Town
from tests.support import checkouts
from tests.support.shop import Caller


def two_orders(town: Town) -> tuple[Caller, str, str]:
    """A checkout of two orders, and a coupon that took something off both."""
    member, goods = basics(town)
    coupon_id = member.call("coupons.claim_coupon", template_id=coupon_template(town))["coupon_id"]
    first = place(town, member, goods.sku_ids[0], coupon_ids=[coupon_id])
    second = place(town, member, goods.sku_ids[1], 2, coupon_ids=[])
    checkouts.joined(town.shop, first, second)
    checkouts.also_took(town.shop, coupon_id, second)
    return member, first, second


def both_begun(town: Town) -> tuple[Caller, str, str, str]:
    """Both orders, and their payment."""
    member, first, second = two_orders(town)
    return member, first, second, start(town, member, second)


def both_at_wechat(town: Town) -> tuple[Caller, str, str, str]:
    """Paid at WeChat, and nobody told us yet."""
    member, first, second, payment_no = both_begun(town)
    assert town.books.pay(payment_no)
    return member, first, second, payment_no


def both_paid(town: Town) -> tuple[Caller, str, str]:
    member, first, second, _ = both_at_wechat(town)
    town.tell_notices()
    return member, first, second


@scenario("payments.start_payment", "of two orders")
def _start_two(town: Town) -> Play:
    member, first, _ = two_orders(town)
    return call(town, member, "payments.start_payment", order_no=first)


@scenario("payments.receive_payment_notice", "of two orders")
def _notice_of_two(town: Town) -> Play:
    both_at_wechat(town)
    return lambda: town.tell_notices("payment")


@scenario("orders.cancel_order", "one of two, their payment begun")
def _cancel_one(town: Town) -> Play:
    member, first, _, _ = both_begun(town)
    return call(town, member, "orders.cancel_order", order_no=first)


@scenario("orders.cancel_order", "the last of two")
def _cancel_last(town: Town) -> Play:
    member, first, second = two_orders(town)
    member.call("orders.cancel_order", order_no=first)
    return call(town, member, "orders.cancel_order", order_no=second)


@scenario("orders.close_unpaid_orders", "both of one checkout")
def _expire_both(town: Town) -> Play:
    both_begun(town)
    town.move(minutes=31)
    return timer(town, "orders.close_unpaid_orders")


@scenario("pricing.adjust_order_price", "one of two, their payment begun")
def _adjust_one(town: Town) -> Play:
    _, _, second, _ = both_begun(town)
    return call(town, town.shop.staff(), "pricing.adjust_order_price", order_no=second, goods_fen=9_000,
                seen_pay_fen=9_800, reason="老客户")


@scenario("refunds.start_refund", "one of two that one payment paid for")
def _refund_one(town: Town) -> Play:
    _, first, _ = both_paid(town)
    return call(town, town.shop.staff(), "refunds.start_refund", order_no=first, reason="不要了")


@scenario("refunds.start_refund", "the last of two that one payment paid for")
def _refund_last(town: Town) -> Play:
    _, first, second = both_paid(town)
    town.shop.staff().call("refunds.start_refund", order_no=first, reason="不要了")
    return call(town, town.shop.staff(), "refunds.start_refund", order_no=second, reason="不要了")
