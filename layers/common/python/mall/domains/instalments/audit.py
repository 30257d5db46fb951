"""What an order, its parts and their payments must agree on (spec E9, E5)."""

from __future__ import annotations

from sqlalchemy import and_, case, exists, func, or_, select

from mall.domains.instalments.rules import PAID_EVER
from mall.kit.db import among
from mall.kit.invariants import Rule
from mall.tables.trade import instalments, orders, payment_lines, payments


def _count(*states: str):
    return func.sum(case((instalments.c.state.in_(states), 1), else_=0))


_of_order = (
    select(instalments.c.order_no, func.count().label("parts"), func.sum(instalments.c.amount_fen).label("fen"),
           func.min(instalments.c.amount_fen).label("least_fen"), _count("UNPAID").label("unpaid"),
           _count("PAID").label("paid"),
           func.max(case((instalments.c.state == "UNPAID", 0), else_=instalments.c.number)).label("last_paid"))
    .where(instalments.c.order_no.in_(among("keys")))
    .group_by(instalments.c.order_no)
    .subquery()
)
_parts, _unpaid, _paid = (func.coalesce(_of_order.c[name], 0) for name in ("parts", "unpaid", "paid"))
_closed_unpaid = and_(orders.c.state == "CLOSED", orders.c.paid_at.is_(None))
_is_due = exists(select(instalments.c.number)
                 .where(instalments.c.order_no == orders.c.order_no, instalments.c.number == _paid + 1,
                        instalments.c.state == "UNPAID", instalments.c.closes_at == orders.c.expires_at))
_ORDERS = (
    select(orders.c.order_no, orders.c.state, orders.c.pay_fen, orders.c.instalments, _parts.label("parts"),
           func.coalesce(_of_order.c.fen, 0).label("parts_fen"), _paid.label("paid"), _unpaid.label("unpaid"))
    .join_from(orders, _of_order, _of_order.c.order_no == orders.c.order_no, isouter=True)
    .where(orders.c.order_no.in_(among("keys")), or_(
        _parts != orders.c.instalments, and_(orders.c.state == "PART_PAID", orders.c.instalments == 0),
        and_(orders.c.instalments > 0, or_(
            _of_order.c.fen != orders.c.pay_fen, _of_order.c.least_fen <= 0,
            and_(orders.c.state == "UNPAID", _unpaid != _parts),
            and_(orders.c.state == "PART_PAID", or_(_paid == 0, _unpaid == 0, _paid + _unpaid != _parts,
                                             _of_order.c.last_paid != _paid)),
            and_(orders.c.state.in_(("UNPAID", "PART_PAID")), ~_is_due),
            and_(orders.c.paid_at.is_not(None), _paid != _parts),
            and_(_closed_unpaid, _paid + _unpaid != 0)))))
)
_by_wechat = instalments.c.amount_fen - case((instalments.c.number == orders.c.instalments, orders.c.balance_fen),
                                             else_=0)
_PAYMENTS = (
    select(instalments.c.order_no, instalments.c.number, instalments.c.state, _by_wechat.label("part_fen"),
           instalments.c.payment_no, payments.c.state.label("payment_state"), payments.c.amount_fen, payments.c.part)
    .join_from(instalments, orders, orders.c.order_no == instalments.c.order_no)
    .join(payments, payments.c.payment_no == instalments.c.payment_no, isouter=True)
    .join(payment_lines,
          and_(payment_lines.c.payment_no == instalments.c.payment_no,
               payment_lines.c.order_no == instalments.c.order_no), isouter=True)
    .where(instalments.c.order_no.in_(among("keys")), or_(
        instalments.c.state.in_(PAID_EVER) != instalments.c.payment_no.is_not(None),
        instalments.c.paid_at.is_(None) != instalments.c.payment_no.is_(None),
        and_(instalments.c.payment_no.is_not(None), or_(func.coalesce(payments.c.state, "") != "PAID",
                                                        func.coalesce(payments.c.part, 0) != instalments.c.number,
                                                        func.coalesce(payments.c.amount_fen, 0) != _by_wechat,
                                                        func.coalesce(payment_lines.c.amount_fen, 0) != _by_wechat)),
        and_(instalments.c.number == orders.c.instalments, orders.c.paid_at.is_not(None),
             func.coalesce(orders.c.payment_no, "") != func.coalesce(instalments.c.payment_no, "")))))

_KEPT = (  # forfeited only where the terms said so, and its buyer is who did not go on within the next one's time
    select(instalments.c.order_no, instalments.c.number, orders.c.state, orders.c.close_reason, orders.c.expires_at)
    .join_from(instalments, orders, orders.c.order_no == instalments.c.order_no)
    .where(instalments.c.order_no.in_(among("keys")), instalments.c.state == "KEPT", or_(
        orders.c.state != "CLOSED", instalments.c.forfeits.is_(False),
        func.coalesce(orders.c.close_reason, "").not_in(("EXPIRED", "BUYER")),
        and_(orders.c.close_reason == "EXPIRED", orders.c.closed_at < orders.c.expires_at)))
)

_BACK = (  # of what closed before all was paid: a part that went back did so whole, one that is kept did not
    select(instalments.c.order_no, instalments.c.number, instalments.c.state, payments.c.amount_fen,
           payments.c.refunded_fen)
    .join_from(instalments, payments, payments.c.payment_no == instalments.c.payment_no)
    .where(instalments.c.order_no.in_(among("keys")), or_(
        and_(instalments.c.state == "RETURNED", payments.c.refunded_fen != payments.c.amount_fen),
        and_(instalments.c.state == "KEPT", payments.c.refunded_fen >= payments.c.amount_fen)))
)

RULES = (
    Rule("part-back", "orders", ("order_no", "number"),
         "part {number} of order {order_no} is {state}, of its {amount_fen} fen {refunded_fen} went back", _BACK),
    Rule("part-kept", "orders", ("order_no", "number"),
         "part {number} of order {order_no} is kept, which is {state} as {close_reason} and was to be paid until"
         " {expires_at}", _KEPT),
    Rule("order-parts", "orders", ("order_no",),
         "order {order_no} is {state} over {pay_fen} fen in {instalments} parts, there are {parts} over {parts_fen},"
         " {paid} paid and {unpaid} unpaid, or it is to be paid until another time", _ORDERS),
    Rule("part-paid", "orders", ("order_no", "number"),
         "part {number} of order {order_no} is {state} over {part_fen} fen with payment {payment_no} of part {part},"
         " which is {payment_state} over {amount_fen}", _PAYMENTS),
)
