"""The parts that an order is paid in, as people see them (定金、尾款): what is due, until when, and what was paid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mall.domains.instalments.rules import STATE_WORDS, Part, PartState, amounts_of, due


@dataclass(frozen=True)
class PartView:
    number: int  # 1, 2 ...
    name: str
    words: str  # 定金, 尾款
    amount_fen: int  # stored value may pay some of the last one
    opens_at: datetime
    closes_at: datetime
    state: str  # UNPAID PAID CLOSED KEPT RETURNED
    state_words: str
    forfeits: bool  # it is not given back when a later one is not paid
    is_due: bool  # its turn has come
    is_open: bool  # and it can be paid now
    paid_at: datetime | None


@dataclass(frozen=True)
class PlannedPart:
    name: str
    words: str
    amount_fen: int
    opens_at: datetime | None  # None: as soon as the one before is paid
    closes_at: datetime | None  # None: as long as an order may be paid
    forfeits: bool


def views(order: Any, parts: Sequence[Any], now: datetime) -> list[PartView]:
    """None of an order that is paid at once."""
    own = [part for part in parts if part.order_no == order.order_no]
    return [_view(part, due(own), now) for part in own]


def _view(part: Any, next_one: Any, now: datetime) -> PartView:
    is_due = part is next_one and part.state == PartState.UNPAID.value
    return PartView(part.number, part.name, part.words, part.amount_fen, part.opens_at, part.closes_at, part.state,
                    STATE_WORDS[part.state], bool(part.forfeits), is_due,
                    is_due and part.opens_at <= now < part.closes_at, part.paid_at)


def due_of(order: Any, parts: Sequence[Any], now: datetime) -> PartView | None:
    """What is to be paid next."""
    return next((part for part in views(order, parts, now) if part.is_due), None)


def can_pay(parts: Sequence[PartView]) -> bool:
    """Whether a part can be paid now; of an order that is paid at once its state says it."""
    return not parts or any(part.is_open for part in parts)


def planned(plan: Sequence[Part], pay_fen: int, balance_fen: int) -> list[PlannedPart]:
    """The parts of an order that is not placed yet. Raises PartsDoNotFit."""
    amounts = amounts_of(plan, pay_fen, balance_fen) if plan else []
    return [PlannedPart(part.name, part.words, amount_fen, part.opens_at, part.closes_at, part.forfeits)
            for part, amount_fen in zip(plan, amounts, strict=True)]
