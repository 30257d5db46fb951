"""A group is over before it was full (拼团未成功): who has paid gets it back, who has not is closed (spec F1)."""

from __future__ import annotations

from collections import Counter
from time import monotonic
from typing import Any

from mall.domains.group_buys import store
from mall.domains.group_buys.rules import GroupCause, SeatState
from mall.domains.orders import due
from mall.domains.orders import store as orders
from mall.domains.orders.rules import OrderState, close_next
from mall.flows.trade import close_order, refund
from mall.flows.each import each
from mall.kit.db import Tx

REFUNDED, ELSEWHERE = "refunded", "elsewhere"


def close_failed_group(ctx: Any, group: Any) -> Counter[str]:
    """A group (group_id, expires_at) is over: refund every paid seat once, close every unpaid one, as long as there
    is time. Counts refunded, closed and failed. Safe to repeat: the group is leased, and each seat before WeChat is
    asked about it, so that one that WeChat refuses, or on which it hangs, holds up nobody else's money."""
    counts: Counter[str] = Counter()
    again_at = close_next(group.expires_at, ctx.now)
    if not ctx.transact(store.lease, group.group_id, ctx.now, again_at):
        return counts
    for seat in ctx.read(store.unsettled_seats, group.group_id):
        if monotonic() >= ctx.until:
            break
        if seat.state == SeatState.PAID.value:
            counts[each(ctx, _refund_seat, ctx, seat.order_no)] += 1
        elif ctx.transact(due.lease_close, seat.order_no, ctx.now, again_at):
            counts[each(ctx, close_order.close, ctx, seat.order_no, GroupCause.FAILED)] += 1
    ctx.transact(store.mark_settled, group.group_id)
    return counts


def _refund_seat(ctx: Any, order_no: str) -> str:
    return ctx.transact(_refund_here, order_no, ctx.actor, ctx.now)


def _refund_here(tx: Tx, order_no: str, actor: str, now: Any) -> str:
    order = orders.lock(tx, order_no)
    if order.state != OrderState.WAITING.value:
        return ELSEWHERE
    refund.refund_order(tx, order_no, seller_id=None, cause=GroupCause.FAILED, reason="拼团未成功，自动退款",
                        actor=actor, now=now, closes_as=GroupCause.FAILED)
    return REFUNDED
