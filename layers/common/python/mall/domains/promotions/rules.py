"""Promotions (活动) as staff keep them (spec D2, F6); what each kind gives, `domains/pricing/steps/` says."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Any

from mall.kit.errors import BadInput, NotFound, RuleBroken
from mall.kit.state import Flow


class PromotionState(str, Enum):
    ACTIVE = "ACTIVE"
    ENDED = "ENDED"


FLOW = Flow(
    PromotionState,
    start=PromotionState.ACTIVE,
    moves={"end": ({PromotionState.ACTIVE}, PromotionState.ENDED)},
)


class PromotionNotFound(NotFound):
    code, message = "PROMOTION_NOT_FOUND", "活动不存在或已结束"
    field = "promotion_id"


MOST_RUNNING = 50  # of one seller, running or to come: a price looks at all of them


class TooManyPromotions(RuleBroken):
    code, message = "TOO_MANY_PROMOTIONS", f"进行中和未开始的活动最多 {MOST_RUNNING} 个，请先结束不用的活动"


class WindowIsEmpty(BadInput):
    code, message = "WINDOW_IS_EMPTY", "结束时间须晚于开始时间和现在"


class KindStays(BadInput):
    code, message = "KIND_STAYS", "活动类型不能修改，请结束后新建活动"
    field = "kind"


class ScopeIsEmpty(BadInput):
    code, message = "SCOPE_IS_EMPTY", "请选择参加活动的商品或类目；全场活动不需要选择"


def check(starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    """Raises WindowIsEmpty."""
    if ends_at <= starts_at or ends_at <= now:
        raise WindowIsEmpty(field="ends_at")


def check_scope(scope: dict[str, Any]) -> None:
    """Raises ScopeIsEmpty."""
    if (scope["kind"] == "all") == bool(scope["ids"]):
        raise ScopeIsEmpty(field="scope")
