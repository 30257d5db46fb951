"""What requests for refunds and their orders must agree on (spec E9, E6)."""

from __future__ import annotations

from sqlalchemy import and_, func, or_, select

from mall.kit.db import among
from mall.kit.invariants import Rule
from mall.tables.trade import orders, refund_requests, refunds

_is_open, _with_refund = refund_requests.c.state == "OPEN", refund_requests.c.state.in_(("ACCEPTED", "OVERTAKEN"))
_REQUESTS = (
    select(refund_requests.c.request_id, refund_requests.c.state, refund_requests.c.order_no,
           orders.c.state.label("order_state"), refund_requests.c.refund_no)
    .join_from(refund_requests, orders, orders.c.order_no == refund_requests.c.order_no)
    .join(refunds, refunds.c.refund_no == refund_requests.c.refund_no, isouter=True)
    .where(refund_requests.c.order_no.in_(among("keys")),
           or_(and_(_is_open, or_(orders.c.state.in_(("UNPAID", "PART_PAID", "CLOSED")),
                                  refund_requests.c.refund_no.is_not(None))),
               _is_open != (func.coalesce(refund_requests.c.active_key, "") == refund_requests.c.order_no),
               and_(refund_requests.c.refund_no.is_not(None),
                    or_(~_with_refund, func.coalesce(refunds.c.order_no, "") != refund_requests.c.order_no)),
               and_(refund_requests.c.state == "ACCEPTED", refund_requests.c.asked_fen > 0,
                    refund_requests.c.refund_no.is_(None))))
)
RULES = (
    Rule("refund-request", "orders", ("order_no", "request_id"),
         "request {request_id} is {state} with refund {refund_no}, its order {order_no} is {order_state}", _REQUESTS),
)
