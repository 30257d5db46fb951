"""Sellers on the platform (商家入驻): they apply or are made, and sell while nobody has suspended them (spec E13)."""

from __future__ import annotations

from enum import Enum
from typing import Any

from mall.kit import text
from mall.kit.credit_code import is_credit_code
from mall.kit.errors import BadInput, ChangedMeanwhile, Conflict, NotFound, RuleBroken
from mall.kit.state import Flow

WHOLE = 10_000  # commissions are of ten thousand (万分比)
TAKEN_LENGTH = 64  # letters of a name that are compared
MOST_APPLICATIONS = 5  # of one member that wait at a time


class SellerState(str, Enum):
    PENDING = "PENDING"  # 待审核
    ACTIVE = "ACTIVE"  # 营业中
    SUSPENDED = "SUSPENDED"  # 暂停营业: nothing of his is sold, what was sold is served
    REFUSED = "REFUSED"  # 未通过, with a reason; who was refused may apply anew


S = SellerState
FLOW = Flow(S, start={S.PENDING, S.ACTIVE}, moves={  # the platform's staff make one that sells at once
    "approve": ({S.PENDING}, S.ACTIVE),
    "refuse": ({S.PENDING}, S.REFUSED),
    "suspend": ({S.ACTIVE}, S.SUSPENDED),
    "resume": ({S.SUSPENDED}, S.ACTIVE),
})


class SellerNotFound(NotFound):
    code, message = "SELLER_NOT_FOUND", "商家不存在"


class SellerNameTaken(Conflict):
    code, message = "SELLER_NAME_TAKEN", "店铺名称已被使用，请换一个"


class BadLicence(BadInput):
    code, message = "BAD_LICENCE", "统一社会信用代码不正确，请核对营业执照后重新填写"


class TooManyApplications(RuleBroken):
    code, message = "TOO_MANY_APPLICATIONS", f"最多同时有 {MOST_APPLICATIONS} 份入驻申请，请等待审核"


class SellerChanged(ChangedMeanwhile):
    code, message = "SELLER_CHANGED", "商家资料已被他人修改，请刷新后重试"


class SellerSuspended(RuleBroken):
    """`seller_id` in the data; the sentence says why."""

    code, message = "SELLER_SUSPENDED", "商家已暂停营业，暂不能购买"


class ReasonNeeded(BadInput):
    code, message = "REASON_NEEDED", "请填写未通过的原因，申请人会看到"


class NotOpen(RuleBroken):
    code, message = "SELLER_NOT_OPEN", "商家尚未通过审核"


def licence_of(typed: str) -> str:
    """The code as it is kept: half-width capitals without blanks. Raises nothing; `check_licence` does."""
    return text.ungrouped(typed).upper()


def taken_by(name: str) -> str:
    """What no other shop may have: buyers take names for one that differ in blanks, dots, capitals or width."""
    return text.name_key(name)[:TAKEN_LENGTH]


def check_name(name: str, shop_name: str) -> None:
    """Nobody is called as the platform's own shop is. Raises SellerNameTaken."""
    if taken_by(name) == taken_by(shop_name):
        raise SellerNameTaken(field="name")


def check_licence(licence_no: str) -> None:
    """Raises BadLicence."""
    if not is_credit_code(licence_no):
        raise BadLicence(field="licence_no")


def check_reason(accept: bool, reason: str) -> None:
    """Who is refused reads why. Raises ReasonNeeded."""
    if not accept and not text.shows(reason):
        raise ReasonNeeded(field="reason")


def shop_of(seller: Any) -> Any:
    """The seller, when buyers may know of it. Raises SellerNotFound."""
    if seller.state not in (S.ACTIVE.value, S.SUSPENDED.value):
        raise SellerNotFound(field="seller_id")
    return seller


def check_open(seller: Any) -> None:
    """Whether it has, or had, a shop: one that waits or was refused has none. Raises NotOpen."""
    if seller.state not in (S.ACTIVE.value, S.SUSPENDED.value):
        raise NotOpen(state=seller.state)


def why_suspended(reason: str) -> str:
    """As a buyer reads it at the goods."""
    return f"商家已暂停营业（{reason}），暂不能购买"


def refuse_suspended(seller_id: str, reason: str | None) -> None:
    """Raises SellerSuspended; `reason` as the row of the goods has it, None where their seller sells."""
    if reason is not None:
        raise SellerSuspended(why_suspended(reason), seller_id=seller_id)
