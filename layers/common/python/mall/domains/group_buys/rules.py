"""What can be said about group buys (拼团): states of a group and of a seat, who may join (spec F1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, ClassVar

from mall.kit.errors import BadInput, Conflict, NotFound, RuleBroken
from mall.kit.outbox import Event
from mall.kit.scope import own
from mall.kit.state import Flow


class ActivityState(str, Enum):
    ACTIVE = "ACTIVE"
    ENDED = "ENDED"  # nobody opens or joins; groups that are complete, or complete by payment, stay good


class GroupState(str, Enum):
    FORMING = "FORMING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"


class SeatState(str, Enum):
    HELD = "HELD"  # by an order that is not paid
    PAID = "PAID"
    RELEASED = "RELEASED"  # the order was closed unpaid
    REFUNDED = "REFUNDED"


class GroupCause(str, Enum):
    """Why an order is closed, or refunded."""

    FAILED = "GROUP_FAILED"


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


class GroupBuyNotFound(NotFound):
    code, message = "GROUP_BUY_NOT_FOUND", "拼团活动不存在"
    field = "group_buy_id"


class GroupNotFound(NotFound):
    code, message = "GROUP_NOT_FOUND", "该团不存在，请返回商品页查看"
    field = "group_id"


class ProductNotFound(NotFound):
    code, message = "PRODUCT_NOT_FOUND", "商品不存在，请重新选择"


class BadPrices(BadInput):
    code, message = "BAD_GROUP_PRICES", "拼团价格有误，请检查后重试"


class BadWindow(BadInput):
    code, message = "BAD_GROUP_BUY_WINDOW", "结束时间必须晚于开始时间和现在"


class GroupBuyEnded(RuleBroken):
    code, message = "GROUP_BUY_ENDED", "拼团活动已结束，请新建活动"


class TermsFixed(RuleBroken):
    code, message = "GROUP_BUY_TERMS_FIXED", "已有人开团，只能修改标题、活动时间和每单限购数量"


class GroupFull(RuleBroken):
    code, message = "GROUP_FULL", "该团已满，请参加其他团或自己开团"


class GroupOver(RuleBroken):
    code, message = "GROUP_OVER", "该团已结束，请参加其他团或自己开团"


class AlreadyInGroup(Conflict):
    code, message = "ALREADY_IN_GROUP", "您已在该团中，请到我的订单查看"


class NotAboveGroupPrice(RuleBroken):
    code, message = "NOT_ABOVE_GROUP_PRICE", "该规格有未结束的拼团活动，售价必须高于拼团价；请先结束或修改拼团活动"


class NothingForAGroup(RuleBroken):
    code = "NOTHING_FOR_A_GROUP"
    message = "该规格有未结束的拼团活动，按新的购买规则拼团订单没有可以购买的数量；请先结束或修改拼团活动"


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
        raise GroupBuyNotRunning(why_not_running(activity, now), group_buy_id=activity.group_buy_id)


def why_not_running(activity: Any | None, now: datetime) -> str | None:
    if activity is None:
        return "拼团活动不存在，请返回商品页查看"
    if activity.state != ActivityState.ACTIVE.value or now >= activity.ends_at:
        return "拼团活动已结束，不能再开团"
    return "拼团活动尚未开始" if now < activity.starts_at else None


def is_open(group: Any, now: datetime) -> bool:
    return group.state == GroupState.FORMING.value and group.expires_at > now


def check_joinable(group: Any, now: datetime) -> None:
    """The guard of `store.take_seat` has the last word; this one knows which sentence fits. Raises GroupOver,
    GroupFull."""
    if not is_open(group, now):
        raise GroupOver(group_id=group.group_id)
    if group.seats_taken >= group.size:
        raise GroupFull(group_id=group.group_id)


def is_in(seat: Any, group: Any) -> bool:
    """Whether the seat's member is one of the group: paid, and not refunded before the group ended."""
    if seat.state == SeatState.REFUNDED.value:
        return group.ended_at is not None and seat.changed_at >= group.ended_at
    return seat.state == SeatState.PAID.value


def is_mine_still(seat: Any, group: Any) -> bool:
    """Whether the seat is its member's part in the group: in it, or about to pay."""
    return seat.state == SeatState.HELD.value or is_in(seat, group)


def check_found(group: Any) -> None:
    """Raises GroupNotFound."""
    if group is None:
        raise GroupNotFound()


def check_owner(activity: Any, seller_id: str) -> None:
    """Staff sees the activities of their own seller. Raises GroupBuyNotFound."""
    own(activity, seller_id, GroupBuyNotFound())


def check_window(starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    """Raises BadWindow."""
    if not max(starts_at, now) < ends_at:
        raise BadWindow(field="ends_at")


def check_listed(sku_ids: list[str]) -> None:
    """Raises BadPrices for a SKU with two prices."""
    if len(set(sku_ids)) != len(sku_ids):
        raise BadPrices("同一规格不能重复填写", field="prices")


def check_prices(prices: dict[str, int], leader_prices: dict[str, int], sku_prices: dict[str, int]) -> None:
    """A group buys cheaper than one alone, and its opener not dearer than the others; `sku_prices` are the
    SKUs of the product. Raises ProductNotFound, BadPrices."""
    if not sku_prices:
        raise ProductNotFound(field="spu_id")
    for sku_id, price_fen in prices.items():
        if sku_id not in sku_prices:
            raise BadPrices("规格不属于该商品或已停售", field="prices", sku_id=sku_id)
        if price_fen >= sku_prices[sku_id]:
            raise BadPrices("拼团价必须低于单买价", field="prices", sku_id=sku_id)
        if leader_prices.get(sku_id, price_fen) > price_fen:
            raise BadPrices("团长价不能高于拼团价", field="prices", sku_id=sku_id)


def check_change(activity: Any, wanted: dict[str, Any], has_groups: bool) -> None:
    """What may still change: everything before the first group; then the title, the window and how many
    units an order may take, so that all of a group pay by the same rules. Raises GroupBuyEnded, TermsFixed."""
    if activity.state != ActivityState.ACTIVE.value:
        raise GroupBuyEnded()
    changed = [name for name in FIXED_BY_A_GROUP if wanted[name] != getattr(activity, name)]
    if has_groups and changed:
        raise TermsFixed(field=changed[0])


def check_above(activity: Any, price_fen: Mapping[str, int]) -> None:
    """A group buys cheaper than one alone; `price_fen`: what each SKU shall cost alone. Raises NotAboveGroupPrice."""
    for sku_id, group_price_fen in activity.prices.items():
        if sku_id in price_fen and price_fen[sku_id] <= group_price_fen:
            raise NotAboveGroupPrice(field="skus", sku_id=sku_id, group_price_fen=group_price_fen,
                                     group_buy_id=activity.group_buy_id)


def check_quantities(activity: Any, fits: Callable[[str, int], bool]) -> None:
    """An order of the activity may have some quantity; `fits`: whether one of this SKU may, of so many pieces at the
    most. Raises NothingForAGroup."""
    for sku_id in activity.prices:
        if not fits(sku_id, activity.per_member):
            raise NothingForAGroup(field="skus", sku_id=sku_id, per_member=activity.per_member,
                                   group_buy_id=activity.group_buy_id)


FIXED_BY_A_GROUP = ("spu_id", "size", "open_hours", "prices", "leader_prices")


def headline(group: Any, now: datetime) -> str:
    """The group in a few words: 还差1人成团."""
    if group.state == GroupState.SUCCEEDED.value:
        return "拼团成功"
    if group.state == GroupState.FAILED.value or group.expires_at <= now:
        return "拼团未成功，已付款项将原路退回"
    return f"还差{group.size - group.seats_paid}人成团"


def masked(nickname: str) -> str:
    """Nobody learns who else is in the group: 小红 is 小*."""
    return f"{nickname[:1]}*"
