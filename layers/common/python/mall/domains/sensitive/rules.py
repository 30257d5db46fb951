"""Changes that need a second person (双人复核, spec J6): asked by one of the staff, they wait for another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import Enum

from mall.kit.errors import Conflict, NotAllowed, NotFound, RuleBroken
from mall.kit.money import yuan
from mall.kit.state import Flow
from mall.kit import zone

APPROVE = "staff.approve_sensitive_change"  # whose holders are second persons


class ChangeKind(str, Enum):
    """What waits. A new kind is one more name here and what to do in `functions/staff/approve_sensitive_change.py`."""

    REFUND = "REFUND"  # above refund_approval_limit_fen or refund_day_limit_fen
    SETTINGS = "SETTINGS"  # a setting marked risky
    RECEIVER = "RECEIVER"  # who gets a part of the seller's orders, and which


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
    code, message = "CHANGE_WAITS", "已有一项同样的变更等待复核，请先让他人处理或撤回"


class ChangeOutdated(Conflict):
    code, message = "CHANGE_OUTDATED", "提交复核之后内容已经变化，请拒绝后重新提交"


class OwnChange(NotAllowed):
    code, message = "OWN_CHANGE", "不能复核自己提交的事项，请由另一位同事处理"


class NoSecondPerson(RuleBroken):
    code, message = "NO_SECOND_PERSON", "开启双人复核前，至少要有两位在职员工拥有复核权限"


class SecondPersonNeeded(RuleBroken):
    code, message = "SECOND_PERSON_NEEDED", "双人复核开启时不能单人授予复核权限，请先经两人同意关闭双人复核"


def above_limit(refunded_fen: int, amount_fen: int, limit_fen: int) -> bool:
    """Whether a refund needs a second person: everything that goes back of one order counts together, so that a
    refund in parts does not go around the limit. Nothing to pay back needs nobody."""
    return amount_fen > 0 and refunded_fen + amount_fen > limit_fen


def day_of(now: datetime) -> str:
    """The shop's day, over which is counted what one person refunds alone."""
    return zone.day_of(now).isoformat()


def above_order_limit(refunded_fen: int, amount_fen: int, limit_fen: int) -> str:
    """Why a refund waits, as the one who asked reads it."""
    return (f"该订单已退 {yuan(refunded_fen)} 元，一人最多可退 {yuan(limit_fen)} 元，还剩"
            f" {yuan(max(0, limit_fen - refunded_fen))} 元；{_asked(amount_fen)}")


def above_day_limit(alone_fen: int, amount_fen: int, limit_fen: int) -> str:
    """The same, for what this person has refunded alone today."""
    return (f"您今天一人最多可退 {yuan(limit_fen)} 元，已退 {yuan(alone_fen)} 元，还剩"
            f" {yuan(max(0, limit_fen - alone_fen))} 元；{_asked(amount_fen)}")


def _asked(amount_fen: int) -> str:
    return f"本次 {yuan(amount_fen)} 元已提交双人复核，请另一位同事处理"


def may_approve(permissions: Iterable[str]) -> bool:
    return bool({"*", f"{APPROVE.split('.')[0]}.*", APPROVE} & set(permissions))


def check_second_person(active: Iterable[Sequence[str]]) -> None:
    """Given what each active member of the staff may do. Raises NoSecondPerson."""
    if sum(may_approve(permissions) for permissions in active) < 2:
        raise NoSecondPerson()


def check_no_grant(before: Iterable[str], after: Iterable[str], *, new_password: bool = False) -> None:
    """With a second person needed, nobody makes one alone: neither by a permission nor by taking over the account
    of somebody who has it. Raises SecondPersonNeeded."""
    if may_approve(after) and (new_password or not may_approve(before)):
        raise SecondPersonNeeded()
