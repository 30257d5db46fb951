"""What requests for refunds and their orders must agree on (spec E9, E6)."""

from __future__ import annotations

from sqlalchemy import and_, func, or_, select

from mall.kit.db import among
from mall.kit.invariants import Rule
from mall.tables.trade import orders, refund_requests, refunds

q, o, r = refund_requests.c, orders.c, refunds.c
_is_open, _with_refund = q.state == "OPEN", q.state.in_(("ACCEPTED", "OVERTAKEN"))
_REQUESTS = (
    select(q.request_id, q.state, q.order_no, o.state.label("order_state"), q.refund_no)
    .join_from(refund_requests, orders, o.order_no == q.order_no)
    .join(refunds, r.refund_no == q.refund_no, isouter=True)
    .where(q.order_no.in_(among("keys")), or_(
        and_(_is_open, or_(o.state.in_(("UNPAID", "PART_PAID", "CLOSED")), q.refund_no.is_not(None))),
        _is_open != (func.coalesce(q.active_key, "") == q.order_no),
        and_(q.refund_no.is_not(None), or_(~_with_refund, func.coalesce(r.order_no, "") != q.order_no)),
        and_(q.state == "ACCEPTED", q.asked_fen > 0, q.refund_no.is_(None))))
)
RULES = (
    Rule("refund-request", "orders", ("order_no", "request_id"),
         "request {request_id} is {state} with refund {refund_no}, its order {order_no} is {order_state}", _REQUESTS),
)
