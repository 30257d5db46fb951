"""Refunds by staff that one person may not decide alone (大额退款复核, spec J6)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mall.domains.orders import store as orders
from mall.domains.orders.rules import StateChanged
from mall.domains.pricing.rules import ThresholdRule
from mall.domains.refunds.rules import RefundCause, RefundOrder
from mall.domains.sensitive import store as sensitive
from mall.domains.sensitive.rules import ChangeKind, ChangeOutdated, above_limit
from mall.flows import refund
from mall.flows.refund_plan import Plan, Wanted
from mall.kit.db import Tx


def hold(tx: Tx, order_no: str, *, seller_id: str, staff_id: str, reason: str, seen: refund.Seen,
         wanted: Wanted | None, threshold: ThresholdRule, first: RefundOrder, limit_fen: int, hours: int,
         now: datetime) -> tuple[str | None, Plan]:
    """The change that waits when this refund needs a second person, else None; and what it would give back. The
    order is locked first: parts that are asked for at the same moment are added up. Raises what
    `refund.refund_order` raises, and ChangeWaits."""
    orders.lock(tx, order_no)
    order, decided = refund.quote(tx, order_no, seller_id=seller_id, wanted=wanted, threshold=threshold, first=first,
                                  seen=seen)
    if not above_limit(order.refunded_fen, decided.amount_fen, limit_fen):
        return None, decided
    return sensitive.ask(
        tx, kind=ChangeKind.REFUND, subject=order_no, seller_id=seller_id, staff_id=staff_id, reason=reason,
        before={"refunded_fen": order.refunded_fen, "pay_fen": order.pay_fen, "state": order.state},
        after={"refunded_fen": order.refunded_fen + decided.amount_fen, "amount_fen": decided.amount_fen,
               "balance_fen": decided.parts.balance_fen, "freight_fen": decided.freight_fen, "closes": decided.closes},
        payload={"order_no": order_no, "reason": reason, "threshold": threshold.value, "first": first.value,
                 "wanted": _kept(wanted)},
        hours=hours, now=now), decided


def carry_out(tx: Tx, change: Any, *, actor: str, now: datetime) -> str:
    """Refund what was approved, if the order still stands as it was shown; the refund's number. Raises
    ChangeOutdated, and what `refund.refund_order` raises."""
    asked = change.payload
    try:
        refund_no, decided = refund.refund_order(
            tx, asked["order_no"], seller_id=change.seller_id, cause=RefundCause.STAFF, reason=asked["reason"],
            actor=actor, now=now, seen=refund.Seen(change.before["state"], change.before["refunded_fen"]),
            wanted=Wanted(**asked["wanted"]) if asked["wanted"] else None,
            threshold=ThresholdRule(asked["threshold"]), first=RefundOrder(asked["first"]))
    except StateChanged as changed:
        raise ChangeOutdated(**changed.data) from None
    if decided.amount_fen != change.after["amount_fen"]:
        raise ChangeOutdated(amount_fen=decided.amount_fen)
    return refund_no


def _kept(wanted: Wanted | None) -> dict[str, Any] | None:
    return {"quantities": wanted.quantities, "freight": wanted.freight} if wanted else None
