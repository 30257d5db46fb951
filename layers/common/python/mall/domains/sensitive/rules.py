"""What one person may not give away alone (双人复核, spec J6): asked by one of the staff, it waits for another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from itertools import combinations
from typing import Any

from mall.kit.errors import Conflict, NotAllowed, NotFound, RuleBroken
from mall.kit.money import yuan
from mall.kit.state import Flow
from mall.kit import zone

APPROVE = "staff.approve_sensitive_change"  # whose holders are second persons


@dataclass(frozen=True)
class GivenAway:
    """What a call gives away, in fen and as the second person reads it."""

    subject: str  # the order, the coupon, the product ... that it is about
    value_fen: int | None  # in all; None: it has no bound, which always takes two
    says: str  # in a Chinese sentence, with its figures and nobody's personal data
    before: dict[str, Any]  # what stands: approved only while it still does
    after: dict[str, Any]  # and what would
    order_no: str | None = None  # of whose limit it is a part
    earlier_fen: int = 0  # given away of this order before, by whomever
    one_order_fen: int | None = None  # the most of it that one order can get, where that is less than all
    reason: str = ""  # as the one who asks wrote it


@dataclass(frozen=True)
class Limits:
    """What one person may give away alone: of one order, and in a day."""

    order_fen: int
    day_fen: int


class ChangeState(str, Enum):
    PENDING = "PENDING"
    APPROVED = "APPROVED"  # and taken effect, in the same transaction
    REJECTED = "REJECTED"
    WITHDRAWN = "WITHDRAWN"  # by the one who asked
    EXPIRED = "EXPIRED"


S = ChangeState
FLOW = Flow(S, start=S.PENDING, moves={
    "approve": ({S.PENDING}, S.APPROVED),
    "reject": ({S.PENDING}, S.REJECTED),
    "withdraw": ({S.PENDING}, S.WITHDRAWN),
    "expire": ({S.PENDING}, S.EXPIRED),
})


class ChangeNotFound(NotFound):
    code, message = "CHANGE_NOT_FOUND", "待复核事项不存在"


class ChangeDecided(Conflict):
    code, message = "CHANGE_DECIDED", "该事项已有结论或已过期，请刷新后查看"


class ChangeWaits(Conflict):
    code, message = "CHANGE_WAITS", "同样的变更正在等待双人复核，请另一位同事同意或拒绝，或由提交人撤回后再提交"


class ChangeOutdated(Conflict):
    code, message = "CHANGE_OUTDATED", "提交复核之后内容已经变化，请拒绝后重新提交"


class OwnChange(NotAllowed):
    code, message = "OWN_CHANGE", "不能复核自己或自己开设、管理的账号提交的事项，请由另一位同事处理"


class NoSecondPerson(RuleBroken):
    code, message = "NO_SECOND_PERSON", "开启双人复核前，至少要有两位在职员工拥有复核权限"


class SecondPersonNeeded(RuleBroken):
    code, message = "SECOND_PERSON_NEEDED", "双人复核开启时不能单人授予复核权限，请先经两人同意关闭双人复核"


def above_order_limit(given: GivenAway, limit_fen: int) -> str | None:
    """Why one person may not, as the one who asks reads it; None when they may. Everything that goes out of one order
    counts together, so that parts do not go around the limit. What gives nobody anything needs nobody."""
    if given.value_fen is None:
        return "这项优惠没有总额上限，一人不能决定"
    most_fen = given.value_fen if given.one_order_fen is None else given.one_order_fen
    if not most_fen or given.earlier_fen + most_fen <= limit_fen:
        return None
    if given.order_no is None:
        return f"一笔订单一人最多可让出 {yuan(limit_fen)} 元；本次 {yuan(most_fen)} 元"
    return (f"该订单已退款或让价 {yuan(given.earlier_fen)} 元，一人最多 {yuan(limit_fen)} 元，还剩"
            f" {yuan(max(0, limit_fen - given.earlier_fen))} 元；本次 {yuan(most_fen)} 元")


def above_day_limit(alone_fen: int, value_fen: int, limit_fen: int) -> str:
    """The same, for what this person has given away alone today."""
    return (f"您今天一人最多可让出 {yuan(limit_fen)} 元，已用 {yuan(alone_fen)} 元，还剩"
            f" {yuan(max(0, limit_fen - alone_fen))} 元；本次 {yuan(value_fen)} 元")


def day_of(now: datetime) -> str:
    """The shop's day, over which is counted what one person gives away alone."""
    return zone.day_of(now).isoformat()


def hands(ties: Iterable[tuple[str, str]], staff_id: str) -> frozenset[str]:
    """Everybody who could sit at this account, its owner among them. `ties`: (account, who made it, chose its
    password, brought it back or gave it rights), followed to their end: who made the maker could sit there too."""
    makers: dict[str, set[str]] = {}
    for account, maker in ties:
        makers.setdefault(account, set()).add(maker)
    found, open_ends = {staff_id}, [staff_id]
    while open_ends:
        new = makers.get(open_ends.pop(), set()) - found
        found |= new
        open_ends += new
    return frozenset(found)


def may_be_one_person(ties: Sequence[tuple[str, str]], one: str, other: str) -> bool:
    """Whether somebody could sit at both accounts."""
    return bool(hands(ties, one) & hands(ties, other))


def may_approve(permissions: Iterable[str]) -> bool:
    return bool({"*", f"{APPROVE.split('.')[0]}.*", APPROVE} & set(permissions))


def check_second_person(active: Iterable[tuple[str, Sequence[str]]], ties: Sequence[tuple[str, str]]) -> None:
    """Given each active member of the staff and what they may do. Raises NoSecondPerson where nobody could approve
    what another one asks."""
    approvers = [hands(ties, staff_id) for staff_id, permissions in active if may_approve(permissions)]
    if not any(one.isdisjoint(other) for one, other in combinations(approvers, 2)):
        raise NoSecondPerson()


def check_no_grant(before: Iterable[str], after: Iterable[str], *, new_password: bool = False) -> None:
    """With a second person needed, nobody makes one alone: neither by a permission nor by taking over the account
    of somebody who has it. Raises SecondPersonNeeded."""
    if may_approve(after) and (new_password or not may_approve(before)):
        raise SecondPersonNeeded()
