"""Full reductions (满减) as staff make them and buyers read them (spec D2, F6)."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Any

from mall.kit.errors import BadInput, NotFound, RuleBroken
from mall.kit.money import yuan
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


class StepsDoNotAscend(BadInput):
    code, message = "STEPS_DO_NOT_ASCEND", "满减的门槛和优惠须逐级递增，且优惠不能超过门槛"


class ScopeIsEmpty(BadInput):
    code, message = "SCOPE_IS_EMPTY", "请选择参加活动的商品或类目；全场活动不需要选择"


def check(steps: list[dict[str, int]], scope: dict[str, Any], starts_at: datetime, ends_at: datetime,
          now: datetime) -> None:
    """Raises WindowIsEmpty, StepsDoNotAscend, ScopeIsEmpty."""
    if ends_at <= starts_at or ends_at <= now:
        raise WindowIsEmpty(field="ends_at")
    threshold_fen = off_fen = 0
    for step in steps:
        higher = step["threshold_fen"] > threshold_fen and step["off_fen"] > off_fen
        if not higher or step["off_fen"] > step["threshold_fen"]:
            raise StepsDoNotAscend(field="steps")
        threshold_fen, off_fen = step["threshold_fen"], step["off_fen"]
    if (scope["kind"] == "all") == bool(scope["ids"]):
        raise ScopeIsEmpty(field="scope")


def offer_of(document: dict[str, Any]) -> str:
    """What it gives, as buyers read it: 满300.00减50.00，满500.00减100.00."""
    each = "每满" if document.get("repeats") else "满"
    return "，".join(f"{each}{yuan(s['threshold_fen'])}减{yuan(s['off_fen'])}" for s in document["steps"])
