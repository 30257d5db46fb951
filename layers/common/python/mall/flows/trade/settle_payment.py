"""Money has arrived (or none was due): settle it, whoever tells us and however often (spec E4, E5).

Told by the notice, by our own query, and by a close that came too late. Everything is decided under
the locks of the checkout's orders and the payment, so the first teller settles and the others find it
done. Money that has nothing to pay for goes back by itself.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from mall.domains.cases import store as cases
from mall.domains.fulfilment import codes
from mall.domains.fulfilment import store as fulfilment
from mall.domains.ledger import rules as accounts
from mall.domains.ledger import store as ledger
from mall.domains.orders import store as orders
from mall.domains.orders.checkouts import seller_of, to_pay_for
from mall.domains.orders.rules import Delivery, OrderPaid, OrderReceived, OrderState, by_wechat_fen
from mall.domains.payments import store as payments
from mall.domains.payments.rules import OPEN, PaymentContradicts, PaymentNotFound, PaymentState, Purpose
from mall.domains.refunds.rules import RefundCause
from mall.domains.stock import store as stock
from mall.domains.stock.rules import by_place
from mall.flows import kinds
from mall.flows.money import order_coupons, order_value, points
from mall.flows.people import growth
from mall.flows.trade import refund
from mall.flows.kinds.kind import After
from mall.flows.fulfilment.ship import send_all
from mall.kit.db import Tx
from mall.kit.outbox import emit
from mall.kit.schema import DEFAULT_SELLER

SETTLED, DUPLICATE, SENT_BACK = "settled", "duplicate", "sent_back"
REPORT_AFTER = timedelta(seconds=30)  # WeChat does not know the order at once (10060001)


@dataclass(frozen=True)
class Received:
    """What WeChat says of a payment that it took, checked to be ours (`check_ours`)."""

    payment_no: str
    transaction_id: str
    amount_fen: int
    paid_at: datetime
    openid: str | None = None  # of who paid, where WeChat tells it


def settle(tx: Tx, received: Received, settings: Any, *, actor: str, now: datetime) -> str:
    """Settle one received payment; returns SETTLED, DUPLICATE or SENT_BACK. Raises PaymentNotFound, and
    PaymentContradicts for what cannot be beside what our books have; then nothing changes."""
    payment = payments.find(tx, received.payment_no)
    if payment is None:
        raise PaymentNotFound()
    if payment.purpose == Purpose.TOP_UP.value:
        return _settle_top_up(tx, received, actor=actor, now=now)
    locked, lines, rows = tx.fetch(
        orders.ask_lock_checkout(payment.checkout_id), orders.ask_lines_of_checkout(payment.checkout_id),
        payments.ask_lock(payment.payment_no),
    )
    payment = rows[0]
    if _is_settled(tx, payment, received, now):
        return DUPLICATE
    payments.mark_paid(tx, payment.payment_no, transaction_id=received.transaction_id,
                       received_fen=received.amount_fen, paid_at=received.paid_at)
    if payment.part:
        return _settle_part(tx, payment, received, locked, lines, settings, actor=actor, now=now)
    paid_for = to_pay_for(locked)
    cause = _why_back(payment, received, paid_for)
    if cause is None and payment.state not in OPEN and not payments.is_for(tx, payment.payment_no, paid_for):
        cause = RefundCause.WRONG_AMOUNT  # closed since, and its orders share the same sum otherwise
    if cause is None and _pay_orders(tx, paid_for, lines, payment.payment_no, settings, actor=actor, now=now):
        parts = [(order.order_no, order.seller_id, by_wechat_fen(order)) for order in paid_for]
        ledger.post(tx, accounts.payment_received(payment.payment_no, parts), now)
        return SETTLED
    _send_back(tx, payment, received, locked, cause or RefundCause.LATE_PAYMENT, actor=actor, now=now)
    return SENT_BACK


def _settle_part(tx: Tx, payment: Any, received: Received, locked: list[Any], lines: list[Any], settings: Any, *,
                 actor: str, now: datetime) -> str:
    """The same of a part: with the last one the order is paid."""
    from mall.domains.instalments import store as instalments  # for the few orders that are paid in parts
    from mall.flows.trade import settle_part

    parts = instalments.of_order(tx, locked[0])
    part, cause = parts[payment.part - 1], settle_part.why_back(locked[0], parts, payment, received.amount_fen)
    if cause is None and (
            _pay_orders(tx, locked, lines, payment.payment_no, settings, actor=actor, now=now) if part is parts[-1]
            else settle_part.pay(tx, locked[0], part, parts, payment, actor=actor, now=now)):
        settle_part.book(tx, locked[0], part, payment, now)
        return SETTLED
    if cause is None:
        instalments.keep_nothing(tx, locked[0].order_no)
    _send_back(tx, payment, received, locked, cause or RefundCause.LATE_PAYMENT, actor=actor, now=now)
    return SENT_BACK


def _settle_top_up(tx: Tx, received: Received, *, actor: str, now: datetime) -> str:
    """Credit a member's stored value, once (spec E8). A payment that was closed before, or whose amount is another,
    goes back as that of an order would."""
    (payment,) = tx.fetch(payments.ask_lock(received.payment_no))[0]
    if _is_settled(tx, payment, received, now):
        return DUPLICATE
    payments.mark_paid(tx, payment.payment_no, transaction_id=received.transaction_id,
                       received_fen=received.amount_fen, paid_at=received.paid_at)
    if received.amount_fen == payment.amount_fen and payment.state in OPEN:
        ledger.post(tx, accounts.topped_up(payment.payment_no, payment.member_id, payment.amount_fen), now)
        return SETTLED
    cause = RefundCause.LATE_PAYMENT if received.amount_fen == payment.amount_fen else RefundCause.WRONG_AMOUNT
    _send_back(tx, payment, received, [], cause, actor=actor, now=now)
    return SENT_BACK


def _is_settled(tx: Tx, payment: Any, received: Received, now: datetime) -> bool:
    """Whether this money is in our books already. One payment is one transaction of one amount; who paid it for
    somebody else is told to staff, the goods are paid for all the same."""
    is_paid = payment.state == PaymentState.PAID.value
    if is_paid and (payment.transaction_id, payment.amount_fen) != (received.transaction_id, received.amount_fen):
        raise PaymentContradicts()
    if payment.openid and received.openid and payment.openid != received.openid:
        cases.open_case(tx, kind="PAYER_DIFFERS", reference=payment.payment_no, seller_id=DEFAULT_SELLER,
                        sentence="付款的微信用户不是发起支付的用户，款项已照常入账",
                        next_step="核对是否由他人代付；如买家否认，请在商户平台查看该笔支付后退款",
                        data={"payment_no": payment.payment_no, "amount_fen": received.amount_fen}, now=now)
    return is_paid


def settle_free(tx: Tx, checkout_id: str, settings: Any, *, actor: str, now: datetime) -> str:
    """A checkout that leaves WeChat nothing to collect is paid when it is placed, or when the rest of it was closed;
    returns the state of its first order that counts."""
    locked, lines = tx.fetch(orders.ask_lock_checkout(checkout_id), orders.ask_lines_of_checkout(checkout_id))
    paid_for = to_pay_for(locked)
    _pay_orders(tx, paid_for, lines, None, settings, actor=actor, now=now)
    return orders.find(tx, paid_for[0].order_no).state


def _why_back(payment: Any, received: Received, paid_for: list[Any]) -> RefundCause | None:
    """Why the money has nothing to pay for; None when it has."""
    if received.amount_fen != payment.amount_fen:
        return RefundCause.WRONG_AMOUNT
    if sum(by_wechat_fen(order) for order in paid_for) != payment.amount_fen:
        return RefundCause.WRONG_AMOUNT
    if all(order.state == OrderState.UNPAID.value for order in paid_for):
        return None
    was_paid = any(order.paid_at is not None for order in paid_for)
    return RefundCause.SECOND_PAYMENT if was_paid else RefundCause.LATE_PAYMENT


def _pay_orders(tx: Tx, paid_for: list[Any], lines: list[Any], payment_no: str | None, settings: Any, *, actor: str,
                now: datetime) -> bool:
    """Take every one of these orders to paid. False when the kind of one says that it is over: none was taken then."""
    asked = [(order, kinds.of(order.kind).paid(tx, order, now)) for order in paid_for]
    if any(paid.after is After.OVER for _, paid in asked):
        return False
    for order, paid in asked:
        own = [line for line in lines if line.order_no == order.order_no]
        if paid.after is After.WAIT:
            orders.move(tx, order, "pay_and_wait", actor=actor, now=now, payment_no=payment_no)
        else:
            _release_for_delivery(tx, order, own, "pay", payment_no, settings, actor=actor, now=now)
        for order_no in paid.also:
            go_on(tx, order_no, settings, actor=actor, now=now)
    for order in paid_for:
        _spend_held(tx, order, now)
    _commit_stock(tx, paid_for, lines, actor=actor, now=now)
    for order in paid_for:
        emit(tx, OrderPaid(order.order_no, payment_no or "", order.member_id, order.pay_fen), now)
    return True


def _spend_held(tx: Tx, order: Any, now: datetime) -> None:
    """What was held for the order is spent: after everything that locks people and wallets."""
    order_coupons.use(tx, order, now)
    order_value.give(tx, order, now)
    points.spend(tx, order, now)
    if order.balance_fen:
        ledger.spend_balance(tx, order, now)


def _commit_stock(tx: Tx, paid_for: list[Any], lines: list[Any], *, actor: str, now: datetime) -> None:
    """After the last read of all, which would send what is held back: so its rows are touched last, in one order."""
    for order in paid_for:
        for place in by_place((line.sku_id, line.warehouse_id, line.quantity) for line in lines
                              if line.order_no == order.order_no):
            stock.commit(tx, *place, order_no=order.order_no, actor=actor, now=now)


def go_on(tx: Tx, order_no: str, settings: Any, *, actor: str, now: datetime) -> bool:
    """What a paid order waited for has come about: on to shipping. False when it does not wait (any more)."""
    order = orders.lock(tx, order_no)
    if order is None or order.state != OrderState.WAITING.value:
        return False
    _release_for_delivery(tx, order, orders.lines(tx, order_no), "go_on", None, settings, actor=actor, now=now)
    return True


def _release_for_delivery(tx: Tx, order: Any, lines: list[Any], verb: str, payment_no: str | None, settings: Any, *,
                          actor: str, now: datetime) -> None:
    """What is virtual is delivered at once, what is picked up gets its code, the rest is to be shipped."""
    complete = _deliver_virtual(tx, order, lines, now)
    if order.delivery == Delivery.VIRTUAL.value and complete:
        send_all(tx, order, lines, report_at=now + REPORT_AFTER, now=now)
        verb = f"{verb}_and_deliver"
        wallets, *standing = tx.fetch(points.ask_wallet(order.member_id), *growth.ask(order.member_id))
        order_value.end_received(tx, order, lines, wallets, now)
        growth.grow(tx, order, lines, standing, settings, actor=actor, now=now)
        emit(tx, OrderReceived(order.order_no, order.member_id), now)
    if order.delivery == Delivery.PICKUP.value:
        fulfilment.set_pickup_code(tx, order.order_no, f"{secrets.randbelow(10**10):010d}")
    orders.move(tx, order, verb, actor=actor, now=now, payment_no=payment_no)


def _deliver_virtual(tx: Tx, order: Any, lines: list[Any], now: datetime) -> bool:
    """Deliver the codes of virtual lines; False (and a case for staff) when the shop ran out of codes."""
    complete = True
    for line in lines:
        wanted = line.quantity - line.refunded_quantity  # a part may have gone back while the order waited
        if not line.is_virtual or not wanted:
            continue
        delivered = codes.take(tx, line.sku_id, wanted, order_no=order.order_no, now=now)
        orders.deliver_codes(tx, line.line_id, delivered)
        if len(delivered) < wanted:
            complete = False
            cases.open_case(tx, kind="CODES_SHORT", reference=line.line_id, seller_id=order.seller_id,
                            sentence=f"订单 {order.order_no} 的虚拟商品缺少 {wanted - len(delivered)} 个卡密",
                            next_step="补充卡密后为订单发货，或为买家退款",
                            data={"order_no": order.order_no, "sku_id": line.sku_id}, now=now)
    return complete


_SENTENCES = {
    RefundCause.LATE_PAYMENT: "订单或充值已关闭后才收到付款，系统正在全额退款",
    RefundCause.SECOND_PAYMENT: "订单已付款又收到一笔付款，系统正在全额退回第二笔",
    RefundCause.WRONG_AMOUNT: "收到的金额与应付金额不一致，系统正在全额退款",
}


def _send_back(tx: Tx, payment: Any, received: Received, locked: list[Any], cause: RefundCause, *, actor: str,
               now: datetime) -> None:
    """Refund the whole payment once, and let staff see the case."""
    ledger.post(tx, accounts.payment_unspent(payment.payment_no, received.amount_fen), now)
    refund.give_back_payment(tx, payment, received.amount_fen, cause, now=now)
    first = locked[0] if locked else None  # none: it was a top-up
    cases.open_case(tx, kind=cause.value, reference=payment.payment_no,
                    seller_id=seller_of(locked), sentence=_SENTENCES[cause],
                    next_step="核对退款是否到账，如买家仍有需要请重新下单或充值",
                    data={"order_no": first.order_no if first else None, "payment_no": payment.payment_no,
                          "amount_fen": received.amount_fen, "told_by": actor}, now=now)
