"""What must hold between the orders of one checkout and the payment that paid for them (spec E13)."""

from __future__ import annotations

from sqlalchemy import and_, func, select

from mall.kit.db import among
from mall.kit.invariants import Rule
from mall.tables.trade import orders, payment_lines, payments

o, p, part = orders.c, payments.c, payment_lines.c

_paid_for = (
    select(part.payment_no, func.sum(part.amount_fen).label("fen"))
    .join_from(payment_lines, orders, and_(o.order_no == part.order_no, o.payment_no == part.payment_no))
    .where(part.payment_no.in_(among("keys")))
    .group_by(part.payment_no)
    .subquery()
)
_SUMS = (  # one that pays for no order went back, and the books of refunds say so
    select(p.payment_no, p.amount_fen, _paid_for.c.fen.label("orders_fen"))
    .join_from(payments, _paid_for, _paid_for.c.payment_no == p.payment_no)
    .where(p.state == "PAID", p.amount_fen != _paid_for.c.fen)
)
_others = orders.alias("others_of_checkout")
_LEFT_BEHIND = (
    select(o.order_no, o.checkout_id)
    .where(o.order_no.in_(among("keys")), o.state == "UNPAID",
           select(_others.c.order_no).where(_others.c.checkout_id == o.checkout_id,
                                            _others.c.paid_at.is_not(None)).exists())
)
RULES = (
    Rule("checkout-payment", "payments", ("payment_no",),
         "payment {payment_no} of {amount_fen} fen paid for orders of {orders_fen} fen", _SUMS),
    Rule("checkout-unpaid", "orders", ("order_no",),
         "order {order_no} is unpaid, and others of its checkout {checkout_id} are paid", _LEFT_BEHIND),
)
