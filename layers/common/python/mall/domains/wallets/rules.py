"""Stored value (储值): money that a member keeps with the merchant; when it may be used, and what is reported of it.

It is a prepaid card in the eyes of the law, so it is off until the merchant has recorded its filing (spec E8;
单用途商业预付卡管理办法). Once the filing has lapsed nobody tops up; what people own they may still spend, and refunds
still go into it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from mall.kit.errors import BadInput, RuleBroken
from mall.kit.money import percent_of, yuan
from mall.kit.state import Words
from mall.kit.zone import SHANGHAI, day_of


class StoredValueOff(RuleBroken):
    code, message = "STORED_VALUE_OFF", "商家尚未开通储值功能"


class TopUpStopped(RuleBroken):
    code, message = "TOP_UP_STOPPED", "商家的储值备案已到期，暂停充值；已有余额可继续使用"


class TopUpOutOfBounds(BadInput):
    code, message = "TOP_UP_OUT_OF_BOUNDS", "充值金额不在允许范围内"


class WalletFull(RuleBroken):
    code, message = "WALLET_FULL", "充值后余额将超过上限，请减少充值金额"


class BalanceNotUsable(RuleBroken):
    code, message = "BALANCE_NOT_USABLE", "余额不能按所选金额使用，请调整后重试"


@dataclass(frozen=True)
class Owed:
    """What is owed to a member: free to be spent, and held for orders that are not paid yet."""

    free_fen: int
    held_fen: int


def check_on(licence: dict[str, str] | None) -> None:
    """Raises StoredValueOff until the merchant has recorded its filing."""
    if licence is None:
        raise StoredValueOff()


def takes_top_ups(licence: dict[str, str] | None, now: datetime) -> bool:
    """Whether the filing is recorded and its last day is not over."""
    return licence is not None and day_of(now) <= date.fromisoformat(licence["valid_until"])


def check_top_up(amount_fen: int, owed: Owed, settings: Any, now: datetime) -> None:
    """Raises StoredValueOff, TopUpStopped, TopUpOutOfBounds, WalletFull (most_fen: what may still be topped up)."""
    check_on(settings.stored_value_licence)
    if not takes_top_ups(settings.stored_value_licence, now):
        raise TopUpStopped()
    least_fen, most_fen = settings.top_up_least_fen, settings.top_up_most_fen
    if not least_fen <= amount_fen <= most_fen:
        raise TopUpOutOfBounds(f"每次充值金额应在 {yuan(least_fen)} 元至 {yuan(most_fen)} 元之间", field="amount_fen",
                               least_fen=least_fen, most_fen=most_fen)
    room_fen = settings.wallet_most_fen - owed.free_fen - owed.held_fen
    if amount_fen > room_fen:
        raise WalletFull(field="amount_fen", most_fen=max(0, room_fen))


def check_balance(wanted_fen: int, usable_fen: int, licence: dict[str, str] | None) -> None:
    """Whether so much of an order may come from stored value. Raises StoredValueOff, BalanceNotUsable."""
    if not wanted_fen:
        return
    check_on(licence)
    if wanted_fen > usable_fen:
        raise BalanceNotUsable(f"本单最多可使用余额 {yuan(usable_fen)} 元", field="balance_fen", usable_fen=usable_fen)


# what a member reads of an entry

WORDS = Words(None, {
    "TOPPED_UP": "充值",
    "BALANCE_HELD": "下单使用",
    "BALANCE_RELEASED": "订单关闭退回",
    "REFUND_DECIDED": "退款",
    "ACCOUNTS_MERGED": "账号合并转入",
}, other="余额变动")


# the daily report (备付日报)

MOST_DAYS = 31  # reported in one run, after days without any


@dataclass(frozen=True)
class Moved:
    """What the ledger moved on wallets within a day, in fen."""

    topped_up_fen: int
    spent_fen: int
    refunded_fen: int


@dataclass(frozen=True)
class Safeguarding:
    day: str
    opening_fen: int
    topped_up_fen: int
    spent_fen: int
    refunded_fen: int
    closing_fen: int
    percent: int
    safeguard_fen: int
    difference_fen: int


def report(day: date, opening_fen: int, moved: Moved, closing_fen: int, percent: int) -> Safeguarding:
    """One day: `opening_fen` what yesterday's report closed with, `closing_fen` what the ledger owes at the end of the
    day. The difference is what the day's movements do not explain."""
    explained_fen = opening_fen + moved.topped_up_fen - moved.spent_fen + moved.refunded_fen
    return Safeguarding(day.isoformat(), opening_fen, moved.topped_up_fen, moved.spent_fen, moved.refunded_fen,
                        closing_fen, percent, percent_of(closing_fen, percent), closing_fen - explained_fen)


def days_due(last: date | None, first: date | None, now: datetime) -> list[date]:
    """The days to report, the oldest first: after the `last` reported one, or from the day of the `first` movement,
    until yesterday."""
    begin = last + timedelta(days=1) if last else first
    if begin is None:
        return []
    count = min((day_of(now) - begin).days, MOST_DAYS)
    return [begin + timedelta(days=number) for number in range(count)]


def start_of(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)
