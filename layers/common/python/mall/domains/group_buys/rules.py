"""What can be said about group buys (拼团): states of a group and of a seat, who may join (spec F1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, ClassVar

from mall.kit.errors import Conflict, RuleBroken
from mall.kit.outbox import Event
from mall.kit.state import Flow


class ActivityState(str, Enum):
    ACTIVE = "ACTIVE"
    ENDED = "ENDED"  # no new groups; those that are forming go on


class GroupState(str, Enum):
    FORMING = "FORMING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"


class SeatState(str, Enum):
    HELD = "HELD"  # by an order that is not paid
    PAID = "PAID"
    RELEASED = "RELEASED"  # the order was closed unpaid
    REFUNDED = "REFUNDED"


ACTIVITY_FLOW = Flow(
    ActivityState,
    start=ActivityState.ACTIVE,
    moves={"end": ({ActivityState.ACTIVE}, ActivityState.ENDED)},
)
GROUP_FLOW = Flow(
    GroupState,
    start=GroupState.FORMING,
    moves={
        "succeed": ({GroupState.FORMING}, GroupState.SUCCEEDED),
        "fail": ({GroupState.FORMING}, GroupState.FAILED),
    },
)
SEAT_FLOW = Flow(
    SeatState,
    start=SeatState.HELD,
    moves={
        "pay": ({SeatState.HELD}, SeatState.PAID),
        "release": ({SeatState.HELD}, SeatState.RELEASED),
        "refund": ({SeatState.PAID}, SeatState.REFUNDED),
    },
)


class GroupFull(RuleBroken):
    code, message = "GROUP_FULL", "该团已满，请参加其他团或自己开团"


class GroupOver(RuleBroken):
    code, message = "GROUP_OVER", "该团已结束，请参加其他团或自己开团"


class AlreadyInGroup(Conflict):
    code, message = "ALREADY_IN_GROUP", "您已在该团中，请到我的订单查看"


class GroupBuyNotRunning(RuleBroken):
    code, message = "GROUP_BUY_NOT_RUNNING", "拼团活动不在进行中，请选择其他商品"


@dataclass(frozen=True)
class GroupProgressed(Event):
    """One more seat is paid; `missing` are still to be."""

    kind: ClassVar[str] = "group_buys.group_progressed"
    group_id: str
    missing: int


@dataclass(frozen=True)
class GroupSucceeded(Event):
    """Every seat is paid: its orders may be shipped."""

    kind: ClassVar[str] = "group_buys.group_succeeded"
    group_id: str


@dataclass(frozen=True)
class GroupFailed(Event):
    """Time ran out before every seat was paid: what was paid goes back."""

    kind: ClassVar[str] = "group_buys.group_failed"
    group_id: str


def check_running(activity: Any, now: datetime) -> None:
    """A new group may be opened. Raises GroupBuyNotRunning."""
    if activity.state != ActivityState.ACTIVE.value or not activity.starts_at <= now < activity.ends_at:
        raise GroupBuyNotRunning(group_buy_id=activity.group_buy_id)


def check_joinable(group: Any, now: datetime) -> None:
    """The group still takes people: the sentence before the guard in the WHERE says the same. Raises
    GroupOver, GroupFull."""
    if group.state != GroupState.FORMING.value or group.expires_at <= now:
        raise GroupOver(group_id=group.group_id)
    if group.seats_taken >= group.size:
        raise GroupFull(group_id=group.group_id)


def price_of(activity: Any, sku_id: str, *, leads: bool) -> int:
    """The group price of the SKU in fen; the opener's own where there is one (团长价). Raises
    GroupBuyNotRunning for a SKU that is not in the activity."""
    price_fen = (activity.leader_prices.get(sku_id) if leads else None) or activity.prices.get(sku_id)
    if price_fen is None:
        raise GroupBuyNotRunning(sku_id=sku_id)
    return price_fen
