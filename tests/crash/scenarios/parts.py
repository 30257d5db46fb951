"""Orders that are paid in parts (定金、尾款): a part is paid, the next one is not, what is refunded."""

from __future__ import annotations

from tests.crash.scenarios.kept import scenario
from tests.crash.scenarios.words import basics, call, place, start, timer
from tests.crash.town import Play, Town
from tests.support import parts
from tests.support.shop import Caller

DEPOSIT_FEN, DAY = 1_000, 24 * 60  # minutes


def in_parts(town: Town, *, forfeits: bool = True) -> tuple[Caller, str]:
    """A buyer, and his order with a deposit to be paid now."""
    member, goods = basics(town)
    return member, parts.of(town.shop, place(town, member, goods.sku_id), DEPOSIT_FEN, forfeits=forfeits)


def thumb_of(town: Town, member: Caller, order_no: str) -> str:
    """The part that is due is paid at WeChat, and nobody told us yet."""
    payment_no = start(town, member, order_no)
    assert town.books.pay(payment_no)
    return payment_no


def deposited(town: Town, *, forfeits: bool = True) -> tuple[Caller, str]:
    member, order_no = in_parts(town, forfeits=forfeits)
    thumb_of(town, member, order_no)
    town.tell_notices()
    return member, order_no


def whole(town: Town) -> tuple[Caller, str]:
    """All of it is paid, by two payments."""
    member, order_no = deposited(town)
    thumb_of(town, member, order_no)
    town.tell_notices()
    return member, order_no


@scenario("payments.start_payment", "the balance")
def _start_balance(town: Town) -> Play:
    member, order_no = deposited(town)
    return call(town, member, "payments.start_payment", order_no=order_no)


@scenario("payments.receive_payment_notice", "a deposit")
def _deposit(town: Town) -> Play:
    thumb_of(town, *in_parts(town))
    return lambda: town.tell_notices("payment")


@scenario("payments.receive_payment_notice", "a balance")
def _balance(town: Town) -> Play:
    thumb_of(town, *deposited(town))
    return lambda: town.tell_notices("payment")


@scenario("orders.close_unpaid_orders", "a balance is not paid, and the deposit is kept")
def _lapse(town: Town) -> Play:
    member, order_no = deposited(town)
    start(town, member, order_no)
    town.move(11 * DAY)
    return timer(town, "orders.close_unpaid_orders")


@scenario("orders.close_unpaid_orders", "a balance is not paid, and the deposit goes back")
def _lapse_with_refund(town: Town) -> Play:
    deposited(town, forfeits=False)
    town.move(11 * DAY)
    return timer(town, "orders.close_unpaid_orders")


def forfeited(town: Town) -> str:
    """An order whose deposit is kept."""
    _, order_no = deposited(town)
    town.move(11 * DAY)
    town.tick("orders.close_unpaid_orders")
    return order_no


@scenario("refunds.give_back_kept")
def _give_back_all(town: Town) -> Play:
    return call(town, town.shop.staff(), "refunds.give_back_kept", order_no=forfeited(town), reason="协商退还")


@scenario("refunds.give_back_kept", "a part of it")
def _give_back_some(town: Town) -> Play:
    return call(town, town.shop.staff(), "refunds.give_back_kept", order_no=forfeited(town), amount_fen=400,
                reason="协商退还")


@scenario("refunds.start_refund", "over two payments")
def _refund(town: Town) -> Play:
    _, order_no = whole(town)
    return call(town, town.shop.staff(), "refunds.start_refund", order_no=order_no, reason="不要了")


@scenario("pricing.adjust_order_price", "the balance alone")
def _adjust(town: Town) -> Play:
    member, order_no = deposited(town)
    start(town, member, order_no)
    return call(town, town.shop.staff(), "pricing.adjust_order_price", order_no=order_no, goods_fen=3_900,
                seen_pay_fen=4_900, reason="老客户优惠")
