"""Refunds by staff that one person may not decide alone (大额退款复核, spec J6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mall.domains.orders import store as orders
from mall.domains.orders.rules import StateChanged
from mall.domains.pricing.rules import ThresholdRule
from mall.domains.refunds.rules import RefundCause, RefundOrder
from mall.domains.sensitive import rules
from mall.domains.sensitive import store as sensitive
from mall.domains.sensitive.rules import ChangeKind, ChangeOutdated
from mall.flows import refund
from mall.flows.refund_plan import Plan, Wanted
from mall.kit.db import Tx
from mall.kit.documents import make, member


@dataclass(frozen=True)
class Limits:
    """What one person may refund alone: of one order, and in a day over all orders."""

    order_fen: int
    day_fen: int


@dataclass(frozen=True)
class Waiting:
    change_id: str
    why: str  # what is left to one person, and what to do


def hold(tx: Tx, order_no: str, *, seller_id: str, staff_id: str, reason: str, seen: refund.Seen,
         wanted: Wanted | None, threshold: ThresholdRule, first: RefundOrder, limits: Limits, hours: int,
         now: datetime) -> tuple[Waiting | None, Plan]:
    """The change that waits when this refund needs a second person, and what it would give back. Else None: then it
    is counted to the person's day, and has to be made in this transaction. The order is locked first: parts that are
    asked for at the same moment are added up. Raises what `refund.refund_order` raises, and ChangeWaits."""
    orders.lock(tx, order_no)
    order, decided = refund.quote(tx, order_no, seller_id=seller_id, wanted=wanted, threshold=threshold, first=first,
                                  seen=seen)
    why = _two_needed(tx, order.refunded_fen, decided.amount_fen, staff_id, limits, now)
    if why is None:
        return None, decided
    change_id = sensitive.ask(
        tx, kind=ChangeKind.REFUND, subject=order_no, seller_id=seller_id, staff_id=staff_id, reason=reason,
        before={"refunded_fen": order.refunded_fen, "pay_fen": order.pay_fen, "state": order.state},
        after={"refunded_fen": order.refunded_fen + decided.amount_fen, "amount_fen": decided.amount_fen,
               "balance_fen": decided.parts.balance_fen, "freight_fen": decided.freight_fen, "closes": decided.closes,
               "why": why},
        payload={"order_no": order_no, "reason": reason, "threshold": threshold.value, "first": first.value,
                 "wanted": _kept(wanted)},
        hours=hours, now=now)
    return Waiting(change_id, why), decided


def _two_needed(tx: Tx, refunded_fen: int, amount_fen: int, staff_id: str, limits: Limits,
                now: datetime) -> str | None:
    """Why one person may not decide it; None when they may."""
    if rules.above_limit(refunded_fen, amount_fen, limits.order_fen):
        return rules.above_order_limit(refunded_fen, amount_fen, limits.order_fen)
    day = rules.day_of(now)
    if not amount_fen or sensitive.take_from_day(tx, staff_id, day, amount_fen, limits.day_fen):
        return None
    return rules.above_day_limit(sensitive.alone_fen(tx, staff_id, day), amount_fen, limits.day_fen)


def carry_out(tx: Tx, change: Any, *, actor: str, now: datetime) -> str:
    """Refund what was approved, if the order still stands as it was shown; the refund's number. Raises
    ChangeOutdated, and what `refund.refund_order` raises."""
    asked = change.payload
    try:
        refund_no, decided = refund.refund_order(
            tx, asked["order_no"], seller_id=change.seller_id, cause=RefundCause.STAFF, reason=asked["reason"],
            actor=actor, now=now, seen=refund.Seen(change.before["state"], change.before["refunded_fen"]),
            wanted=make(Wanted, asked["wanted"]) if asked["wanted"] else None,
            threshold=member(ThresholdRule, asked["threshold"]), first=member(RefundOrder, asked["first"]))
    except StateChanged as changed:
        raise ChangeOutdated(**changed.data) from None
    if decided.amount_fen != change.after["amount_fen"]:
        raise ChangeOutdated(amount_fen=decided.amount_fen)
    return refund_no


def _kept(wanted: Wanted | None) -> dict[str, Any] | None:
    return {"quantities": wanted.quantities, "freight": wanted.freight} if wanted else None
