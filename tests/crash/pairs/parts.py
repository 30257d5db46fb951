"""Two callers at once on an order that is paid in parts (定金、尾款)."""

from __future__ import annotations

from tests.crash.pairs.kept import Pair, pair
from tests.crash.pairs.words import notice, refund
from tests.crash.scenarios.parts import DEPOSIT_FEN, deposited, forfeited, in_parts, thumb_of, whole
from tests.crash.scenarios.words import call, timer
from tests.crash.town import Town

LATE = 11 * 24 * 60  # minutes, when the balance's window is over


@pair
def balance_x_lapse(town: Town) -> Pair:
    payment_no = thumb_of(town, *deposited(town))
    return Pair((notice(town, payment_no), timer(town, "orders.close_unpaid_orders")), late=LATE)


@pair
def start_of_balance_x_lapse(town: Town) -> Pair:
    member, order_no = deposited(town, forfeits=False)
    asked = call(town, member, "payments.start_payment", order_no=order_no)
    return Pair((asked, timer(town, "orders.close_unpaid_orders")), late=LATE)


@pair
def deposit_x_cancel(town: Town) -> Pair:
    member, order_no = in_parts(town)
    payment_no = thumb_of(town, member, order_no)
    return Pair((notice(town, payment_no), call(town, member, "orders.cancel_order", order_no=order_no)))


@pair
def price_change_x_balance(town: Town) -> Pair:
    member, order_no = deposited(town)
    payment_no = thumb_of(town, member, order_no)
    cheaper = call(town, town.shop.staff(), "pricing.adjust_order_price", order_no=order_no, goods_fen=3_900,
                   seen_pay_fen=4_900, reason="老客户优惠")
    return Pair((notice(town, payment_no), cheaper))


@pair
def refund_x_refund_over_two_payments(town: Town) -> Pair:
    _, order_no = whole(town)
    return Pair((refund(town, order_no), refund(town, order_no)))


@pair
def kept_back_x_kept_back(town: Town) -> Pair:
    order_no = forfeited(town)
    most = {"order_no": order_no, "amount_fen": DEPOSIT_FEN - 300, "reason": "协商退还"}
    return Pair((call(town, town.shop.staff(), "refunds.give_back_kept", **most),
                 call(town, town.shop.staff(), "refunds.give_back_kept", **most)))
