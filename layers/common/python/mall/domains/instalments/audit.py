"""What an order, its parts and their payments must agree on (spec E9, E5)."""

from __future__ import annotations

from sqlalchemy import and_, case, exists, func, or_, select

from mall.domains.instalments.rules import PAID_EVER
from mall.kit.db import among
from mall.kit.invariants import Rule
from mall.tables.trade import instalments, orders, payment_lines, payments

i, o, p, line = instalments.c, orders.c, payments.c, payment_lines.c


def _count(*states: str):
    return func.sum(case((i.state.in_(states), 1), else_=0))


_of_order = (
    select(i.order_no, func.count().label("parts"), func.sum(i.amount_fen).label("fen"),
           func.min(i.amount_fen).label("least_fen"), _count("UNPAID").label("unpaid"), _count("PAID").label("paid"),
           func.max(case((i.state == "UNPAID", 0), else_=i.number)).label("last_paid"))
    .where(i.order_no.in_(among("keys")))
    .group_by(i.order_no)
    .subquery()
)
_parts, _unpaid, _paid = (func.coalesce(_of_order.c[name], 0) for name in ("parts", "unpaid", "paid"))
_closed_unpaid = and_(o.state == "CLOSED", o.paid_at.is_(None))
_is_due = exists(select(i.number).where(
    i.order_no == o.order_no, i.number == _paid + 1, i.state == "UNPAID", i.closes_at == o.expires_at))
_ORDERS = (
    select(o.order_no, o.state, o.pay_fen, o.instalments, _parts.label("parts"),
           func.coalesce(_of_order.c.fen, 0).label("parts_fen"), _paid.label("paid"), _unpaid.label("unpaid"))
    .join_from(orders, _of_order, _of_order.c.order_no == o.order_no, isouter=True)
    .where(o.order_no.in_(among("keys")), or_(
        _parts != o.instalments, and_(o.state == "PART_PAID", o.instalments == 0),
        and_(o.instalments > 0, or_(
            _of_order.c.fen != o.pay_fen, _of_order.c.least_fen <= 0,
            and_(o.state == "UNPAID", _unpaid != _parts),
            and_(o.state == "PART_PAID", or_(_paid == 0, _unpaid == 0, _paid + _unpaid != _parts,
                                             _of_order.c.last_paid != _paid)),
            and_(o.state.in_(("UNPAID", "PART_PAID")), ~_is_due),
            and_(o.paid_at.is_not(None), _paid != _parts),
            and_(_closed_unpaid, _paid + _unpaid != 0)))))
)
_by_wechat = i.amount_fen - case((i.number == o.instalments, o.balance_fen), else_=0)
_PAYMENTS = (
    select(i.order_no, i.number, i.state, _by_wechat.label("part_fen"), i.payment_no, p.state.label("payment_state"),
           p.amount_fen, p.part)
    .join_from(instalments, orders, o.order_no == i.order_no)
    .join(payments, p.payment_no == i.payment_no, isouter=True)
    .join(payment_lines, and_(line.payment_no == i.payment_no, line.order_no == i.order_no), isouter=True)
    .where(i.order_no.in_(among("keys")), or_(
        i.state.in_(PAID_EVER) != i.payment_no.is_not(None), i.paid_at.is_(None) != i.payment_no.is_(None),
        and_(i.payment_no.is_not(None), or_(
            func.coalesce(p.state, "") != "PAID", func.coalesce(p.part, 0) != i.number,
            func.coalesce(p.amount_fen, 0) != _by_wechat, func.coalesce(line.amount_fen, 0) != _by_wechat)),
        and_(i.number == o.instalments, o.paid_at.is_not(None),
             func.coalesce(o.payment_no, "") != func.coalesce(i.payment_no, "")))))

RULES = (
    Rule("order-parts", "orders", ("order_no",),
         "order {order_no} is {state} over {pay_fen} fen in {instalments} parts, there are {parts} over {parts_fen},"
         " {paid} paid and {unpaid} unpaid, or it is to be paid until another time", _ORDERS),
    Rule("part-paid", "orders", ("order_no", "number"),
         "part {number} of order {order_no} is {state} over {part_fen} fen with payment {payment_no} of part {part},"
         " which is {payment_state} over {amount_fen}", _PAYMENTS),
)
