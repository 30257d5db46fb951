"""What must hold between the orders of one checkout and the payment that paid for them (spec E13)."""

from __future__ import annotations

from sqlalchemy import and_, func, select

from mall.kit.db import among
from mall.kit.invariants import Rule
from mall.tables.trade import orders, payment_lines, payments

_paid_for = (
    select(payment_lines.c.payment_no, func.sum(payment_lines.c.amount_fen).label("fen"))
    .join_from(payment_lines, orders, and_(orders.c.order_no == payment_lines.c.order_no,
                                           orders.c.payment_no == payment_lines.c.payment_no))
    .where(payment_lines.c.payment_no.in_(among("keys")))
    .group_by(payment_lines.c.payment_no)
    .subquery()
)
_SUMS = (  # one that pays for no order went back, and the books of refunds say so
    select(payments.c.payment_no, payments.c.amount_fen, _paid_for.c.fen.label("orders_fen"))
    .join_from(payments, _paid_for, _paid_for.c.payment_no == payments.c.payment_no)
    .where(payments.c.state == "PAID", payments.c.amount_fen != _paid_for.c.fen)
)
_others = orders.alias("others_of_checkout")
_LEFT_BEHIND = (
    select(orders.c.order_no, orders.c.checkout_id)
    .where(orders.c.order_no.in_(among("keys")), orders.c.state == "UNPAID",
           select(_others.c.order_no).where(_others.c.checkout_id == orders.c.checkout_id,
                                            _others.c.paid_at.is_not(None)).exists())
)
RULES = (
    Rule("checkout-payment", "payments", ("payment_no",),
         "payment {payment_no} of {amount_fen} fen paid for orders of {orders_fen} fen", _SUMS),
    Rule("checkout-unpaid", "orders", ("order_no",),
         "order {order_no} is unpaid, and others of its checkout {checkout_id} are paid", _LEFT_BEHIND),
)
