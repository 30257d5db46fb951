"""Instalments (分期付款): an order is paid in named parts (定金、尾款), each with its own window, amount and payment.

The last part is what the others leave of the price. Coupons and points make it smaller, and stored value pays a part of
it; WeChat collects something of every part (spec B7, E5).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from itertools import pairwise
from typing import Any

from mall.kit.errors import RuleBroken
from mall.kit.money import yuan
from mall.kit.state import Flow, Words


class PartState(str, Enum):
    UNPAID = "UNPAID"
    PAID = "PAID"
    CLOSED = "CLOSED"  # the order closed before it was paid
    KEPT = "KEPT"  # forfeited (不退): a later part was not paid
    RETURNED = "RETURNED"  # given back: the order closed before all of it was paid, or staff let none be kept


S = PartState
FLOW = Flow(S, start=S.UNPAID, moves={
    "pay": ({S.UNPAID}, S.PAID, "paid_at"),
    "close": ({S.UNPAID}, S.CLOSED),
    "keep": ({S.PAID}, S.KEPT),
    "give_back": ({S.PAID, S.KEPT}, S.RETURNED),  # of one that was kept: when all of it has gone back
})
STATE_WORDS = Words(PartState, {
    "UNPAID": "待支付", "PAID": "已支付", "CLOSED": "已关闭", "KEPT": "已付不退", "RETURNED": "已退回"}, other="处理中")
PAID_EVER = (S.PAID.value, S.KEPT.value, S.RETURNED.value)  # its payment was for it, whatever came of it later


class PartNotOpen(RuleBroken):
    code, message = "INSTALMENT_NOT_OPEN", "还没有到支付时间"


class PartLapsed(RuleBroken):
    code, message = "INSTALMENT_LAPSED", "已超过支付时间，不能再支付"


class PartsAreKept(RuleBroken):
    code, message = "INSTALMENTS_ARE_KEPT", "取消后，已付的部分不予退还，请确认后重新提交"
    field = "kept_fen"


class PartsDoNotFit(RuleBroken):
    code, message = "INSTALMENTS_DO_NOT_FIT", "应付金额不足以分期支付，请减少使用的优惠或储值"


@dataclass(frozen=True)
class Part:
    """What a kind's terms say of one part. `amount_fen`: None of the last alone. `opens_at`: None is as soon as the one
    before is paid. `closes_at`: None, of the first alone, is when an order's time to pay is over. `forfeits`: it is
    kept when its buyer does not pay a later one, else it goes back then. `back_first`: of a refund it gives back before
    the others, which begin with the latest payment."""

    name: str
    words: str
    amount_fen: int | None = None
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    forfeits: bool = False
    back_first: bool = False


def check_plan(plan: Sequence[Part]) -> None:
    """Whether a kind's terms name parts that can be paid one after the other; none are well too. Raises ValueError:
    who wrote the kind is told, before anything is placed by it."""
    if not plan:
        return
    if len({part.name for part in plan}) != len(plan) or len(plan) < 2:
        raise ValueError("there are two parts at least, each by a name of its own")
    if any(part.amount_fen is None for part in plan[:-1]) or plan[-1].amount_fen is not None:
        raise ValueError("each part but the last has an amount")
    if any(part.closes_at is None for part in plan[1:]):
        raise ValueError("each part but the first says when it closes")
    opens = [part.opens_at for part in plan if part.opens_at]
    closes = [part.closes_at for part in plan if part.closes_at]
    is_ascending = opens == sorted(opens) and all(before < after for before, after in pairwise(closes))
    if not is_ascending or any(part.opens_at >= part.closes_at for part in plan if part.opens_at and part.closes_at):
        raise ValueError("each part opens before it closes, and none before the one that it follows")


def amounts_of(plan: Sequence[Part], pay_fen: int, balance_fen: int) -> list[int]:
    """What each part is of the price; they add up to it. Raises PartsDoNotFit where one leaves WeChat nothing."""
    amounts = [part.amount_fen or 0 for part in plan[:-1]]
    rest_fen = pay_fen - sum(amounts)
    if rest_fen <= balance_fen or min(amounts, default=1) <= 0:
        raise PartsDoNotFit()
    return [*amounts, rest_fen]


def rows_of(plan: Sequence[Part], order: dict[str, Any], expires_at: datetime, now: datetime) -> list[dict[str, Any]]:
    """The parts of an order that is placed now, as they are stored; none without a plan. Raises PartsDoNotFit."""
    if not plan:
        return []
    amounts = amounts_of(plan, order["pay_fen"], order["balance_fen"])
    first_closes_at = min(expires_at, plan[1].closes_at)  # who orders at the last moment is not given longer
    return [{"order_no": order["order_no"], "number": number, "name": part.name, "words": part.words,
             "amount_fen": amount_fen, "opens_at": part.opens_at or now, "closes_at": part.closes_at or first_closes_at,
             "forfeits": part.forfeits, "back_first": part.back_first, "state": S.UNPAID.value,
             "payment_no": None, "paid_at": None}
            for number, (part, amount_fen) in enumerate(zip(plan, amounts, strict=True), 1)]


def due(parts: Iterable[Any]) -> Any | None:
    """The part whose turn it is: the first that is not paid."""
    return next((part for part in parts if part.state == S.UNPAID.value), None)


def due_fen(order: Any, part: Any) -> int:
    """What of a part WeChat is to collect: stored value pays its share of the last one."""
    return part.amount_fen - (order.balance_fen if part.number == order.instalments else 0)


def check_open(part: Any, now: datetime) -> None:
    """Raises PartNotOpen, PartLapsed."""
    if now < part.opens_at:
        raise PartNotOpen(f"{part.words}还没有到支付时间", opens_at=part.opens_at.isoformat())
    if part.closes_at <= now:
        raise PartLapsed(f"{part.words}已超过支付时间，不能再支付")


def check_rest(order: Any, parts: Sequence[Any], pay_fen: int) -> int:
    """What the last part would be of another price; the others keep their amounts. Raises PartsDoNotFit where it would
    leave WeChat nothing."""
    rest_fen = pay_fen - sum(part.amount_fen for part in parts[:-1])
    if rest_fen <= order.balance_fen:
        raise PartsDoNotFit("改后的应付金额不足以支付尾款，其他分期的金额已经约定，不能再改",
                            least_fen=pay_fen - rest_fen + order.balance_fen + 1)
    return rest_fen


def in_turn(parts: Iterable[Any]) -> list[Any]:
    """The order in which parts give back: those that the terms put first, then the latest payment."""
    return sorted(parts, key=lambda part: (not part.back_first, -part.number))


def spread(amounts: Sequence[int], rooms: Sequence[int]) -> list[list[int]]:
    """Each amount over the rooms, which fill up one after the other; for each room what it takes of each amount."""
    left, found = list(amounts), []
    for room in rooms:
        taken = []
        for number, amount in enumerate(left):
            taken.append(min(amount, room))
            room -= taken[-1]
            left[number] -= taken[-1]
        found.append(taken)
    return found


def ends_of(parts: Iterable[Any], *, broken: bool) -> list[tuple[Any, str]]:
    """What becomes of each part when its order closes before all are paid, by the move of FLOW; `broken`: because its
    buyer did not go on paying. Whose shop closes it keeps nothing."""
    return [(part, "close" if part.state == S.UNPAID.value else "keep" if broken and part.forfeits else "give_back")
            for part in parts]


def check_agreed(parts: Iterable[Any], agreed_fen: int) -> None:
    """Whether a buyer who cancels has agreed to what stays with the shop. Raises PartsAreKept."""
    kept_fen = sum(part.amount_fen for part, verb in ends_of(parts, broken=True) if verb == "keep")
    if kept_fen > agreed_fen:
        raise PartsAreKept(f"取消后，已付的 {yuan(kept_fen)} 元不予退还，请确认后重新提交", kept_fen=kept_fen)
