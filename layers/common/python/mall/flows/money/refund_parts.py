"""A refund over the payments of an order that was paid in parts (分期订单退款): each gives back at most what it paid.

They give in turn: those that the terms put first, then the latest payment. Each has a refund of its own, with its own
number at WeChat and its own guard; what goes into stored value, and the pieces, stand in the first of them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mall.domains.instalments import store as instalments
from mall.domains.instalments.rules import in_turn, spread
from mall.domains.payments import store as payments
from mall.domains.refunds.rules import Parts
from mall.flows.money.refund_plan import Pieces, Plan


def ask_paid(order: Any):
    """The question for what paid an order, locked: a payment, one for each part, or none."""
    if order.instalments:
        return instalments.ask_lock_payments(order.order_no)
    return payments.ask_lock(order.payment_no or "")


def over(decided: Plan, paid: list[Any]) -> list[tuple[Any | None, Plan]]:
    """Each payment that gives something back with its part of what was decided; they add up to it, line by line."""
    if len(paid) < 2:
        return [(paid[0] if paid else None, decided)]
    turn = in_turn(paid)
    taken = [took for [took] in spread([decided.parts.wechat_fen], [_left_fen(each) for each in turn])]
    used = [(each, took) for each, took in zip(turn, taken, strict=True) if took] or [(turn[0], 0)]
    parts = [Parts(took, 0 if number else decided.parts.balance_fen) for number, (_, took) in enumerate(used)]
    amounts = [*(each.amount_fen for each in decided.pieces), decided.freight_fen if decided.by_amount else 0]
    shares = spread(amounts, [sum(each) for each in parts])
    return [(payment, _part(decided, own, share, is_first=own is parts[0]))
            for (payment, _), own, share in zip(used, parts, shares, strict=True)]


def _left_fen(payment: Any) -> int:
    return payment.amount_fen - payment.refunded_fen


def _part(decided: Plan, parts: Parts, shares: list[int], *, is_first: bool) -> Plan:
    """The freight of pieces is their lines', and told with them; of an amount it is no line's."""
    *of_lines, freight_fen = shares
    if not decided.by_amount:
        freight_fen = decided.freight_fen if is_first else 0
    pieces = tuple(replace(each, amount_fen=share_fen) if is_first else Pieces(each.line, 0, share_fen)
                   for each, share_fen in zip(decided.pieces, of_lines, strict=True) if is_first or share_fen)
    return replace(decided, amount_fen=sum(parts), freight_fen=freight_fen, pieces=pieces, parts=parts)
