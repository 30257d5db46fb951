"""Points (积分): earned by buying and signing in, spent like money at 100 to the yuan, each lot until it expires.

One point is worth one fen, so points stand in the ledger as such. Spec A4; docs/points.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any

from mall.kit.errors import NotFound, RuleBroken
from mall.kit.money import split
from mall.kit.state import Words

MOST_LOTS = 200  # of which one order may take


class LotKind(str, Enum):
    PURCHASE = "PURCHASE"  # 购物
    CHECK_IN = "CHECK_IN"  # 签到


class LotState(str, Enum):
    LIVE = "LIVE"
    EXPIRED = "EXPIRED"


class PointsShort(RuleBroken):
    code, message = "POINTS_SHORT", "积分不足，请减少使用数量后重试"


class PointsNotUsable(RuleBroken):
    code, message = "POINTS_NOT_USABLE", "积分不能按所选数量使用，请调整后重试"


class CheckInOff(RuleBroken):
    code, message = "CHECK_IN_OFF", "商家暂未开启签到活动"


class MemberNotFound(NotFound):
    code, message = "POINTS_MEMBER_NOT_FOUND", "会员不存在"


WORDS = Words(None, {  # what a member reads of an entry
    "POINTS_EARNED": "购物获得",
    "POINTS_CHECKED_IN": "签到获得",
    "POINTS_HELD": "下单使用",
    "POINTS_RELEASED": "订单关闭退回",
    "POINTS_RETURNED": "退款退回",
    "POINTS_TAKEN_BACK": "退款扣回",
    "POINTS_DEBT_PAID": "补扣此前欠积分",
    "POINTS_EXPIRED": "积分过期",
    "ACCOUNTS_MERGED": "账号合并转入",
}, other="积分变动")


@dataclass(frozen=True)
class Terms:
    """What the shop promised when the order was placed, kept with it: points for a yuan that is paid for goods, days
    that they live, and days that points of a refund live at the least."""

    per_yuan: int
    days: int
    grace_days: int


@dataclass(frozen=True)
class Lot:
    """What changes of a lot, as it is now."""

    lot_id: str
    free: int
    removed: int
    taken_back: int
    expires_at: datetime
    is_live: bool = True


@dataclass(frozen=True)
class Use:
    """What an order took of a lot, and how much of it is back."""

    lot: Lot
    points: int
    returned: int

    @property
    def out(self) -> int:
        return self.points - self.returned


# earning


def earned_for(goods_fen: int, per_yuan: int) -> int:
    """The whole points of what was paid for goods; a begun one does not count."""
    return divmod(goods_fen * per_yuan, 100)[0]


def kept_of(earned: int, base_fen: int, kept_fen: int) -> int:
    """How many of the points that `base_fen` earned stay when goods of `kept_fen` do: all of it keeps all of them,
    nothing none. It hangs on what is kept alone, so that one by one and all at once take the same back. A base that an
    older release stored with an amount taken off may be less than what is kept: then all of them stay."""
    stays_fen = min(kept_fen, base_fen)
    return split(earned, [stays_fen, base_fen - stays_fen])[0] if earned else 0


# spending


def check_usable(wanted: int, free: int, most: int) -> None:
    """Whether so many may be used: `free` is what the member has, `most` what this order takes. Raises PointsShort,
    PointsNotUsable."""
    if wanted > free:
        raise PointsShort(f"可用积分为 {free}，请减少使用数量", field="points", usable=min(free, most))
    if wanted > most:
        raise PointsNotUsable(f"本单最多可使用 {most} 积分", field="points", usable=min(free, most))


def take(lots: Iterable[Any], points: int) -> list[tuple[str, int]]:
    """(lot, points) in the order of `lots`, the one that expires first before the others. Raises PointsShort."""
    taken = []
    for lot in lots:
        part = min(points, lot.free)
        if part:
            taken.append((lot.lot_id, part))
            points -= part
    if points:
        raise PointsShort(field="points")
    return taken


# giving back


@dataclass(frozen=True)
class Change:
    """What a return or a taking back makes of a member's lots. `lots` those that changed, as they are now;
    `returned` by lot; of `taken` points `from_lots` came out of lots, the rest is a debt."""

    lots: Mapping[str, Lot]
    returned: Mapping[str, int]
    debt_paid: int
    taken: int
    from_lots: int

    @property
    def short(self) -> int:
        return self.taken - self.from_lots


def give_back(uses: Sequence[Use], points: int, debt: int, least_until: datetime | None) -> Change:
    """Return points to the very lots that they came from, the one that expires last first, and let them pay the debt.
    What returns lives until `least_until` at the least; None: as long as its lot did."""
    lots, returned, debt_paid = {}, {}, 0
    for use in reversed(uses):
        part = min(points, use.out)
        if not part:
            continue
        points -= part
        paid = min(debt - debt_paid, part)
        debt_paid += paid
        returned[use.lot.lot_id] = part
        until = max(use.lot.expires_at, least_until or use.lot.expires_at)
        lots[use.lot.lot_id] = replace(use.lot, free=use.lot.free + part - paid, removed=use.lot.removed + paid,
                                       expires_at=until, is_live=True)
    if points:
        raise ValueError("more points come back than went out")
    return Change(lots, returned, debt_paid, 0, 0)


def take_back(earning: Lot, others: Iterable[Lot], points: int) -> Change:
    """Take back points that `earning` gave: of that lot first, then of those that expire first. What is not there any
    more is a debt."""
    lots, left = {}, points
    for lot in (earning, *[each for each in others if each.lot_id != earning.lot_id]):
        part = min(left, lot.free)
        if part or lot is earning:
            left -= part
            lots[lot.lot_id] = replace(lot, free=lot.free - part, removed=lot.removed + part)
    lots[earning.lot_id] = replace(lots[earning.lot_id], taken_back=earning.taken_back + points)
    return Change(lots, {}, 0, points, points - left)


@dataclass(frozen=True)
class Outlook:
    """What a refund does to points: given back, taken back, and what of the latter is not there any more."""

    returned: int = 0
    taken: int = 0
    short: int = 0


def sentences(outlook: Outlook) -> list[str]:
    """For the person who decides on the refund."""
    said = []
    if outlook.returned:
        said.append(f"退还下单使用的 {outlook.returned} 积分")
    if outlook.taken:
        said.append(f"扣回这些商品获得的 {outlook.taken} 积分")
    if outlook.short:
        said.append(f"其中 {outlook.short} 积分已被使用，将从买家之后获得的积分中补扣")
    return said


def pay_debt(lots: Iterable[Lot], debt: int) -> Change:
    """A debt met by points that were there all the same, of another account of its member: of those first that expire
    first."""
    paid: dict[str, Lot] = {}
    left = debt
    for lot in lots:
        part = min(left, lot.free)
        if part:
            left -= part
            paid[lot.lot_id] = replace(lot, free=lot.free - part, removed=lot.removed + part)
    return Change(paid, {}, debt - left, 0, 0)


# daily sign-in


def streak_on(today: date, last: str | None, streak: int) -> int:
    """How many days in a row it is with today."""
    return streak + 1 if last == (today - timedelta(days=1)).isoformat() else 1


def joined_streak(one: Any, other: Any) -> tuple[str | None, int]:
    """The last day and the days in a row of two wallets that become one: those of the later day, of two alike the
    longer row. So a day that either signed in on gives nothing more."""
    best = max(one, other, key=lambda wallet: (wallet.checked_in_on or "", wallet.streak))
    return best.checked_in_on, best.streak


def reward_of(streak: int, rewards: Sequence[int]) -> int:
    """What the n-th day in a row gives; after the last reward it begins anew."""
    return rewards[(streak - 1) % len(rewards)]
