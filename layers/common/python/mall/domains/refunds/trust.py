"""Whose refund is decided at once (极速退款, spec E6): a rule of the shop, and the facts of one request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from mall.kit.errors import RuleBroken
from mall.kit.money import yuan

WINDOW = timedelta(days=30)
INSTEAD = "请联系客服申请退款"


class FlashRefundRefused(RuleBroken):
    """`data["reason"]`: OFF, NOTHING_LEFT, DELIVERED, NEW_ACCOUNT, FEW_ORDERS, TOO_OFTEN, TOO_MUCH."""

    code, message = "FLASH_REFUND_REFUSED", f"该订单不能极速退款，{INSTEAD}"


@dataclass(frozen=True)
class Rule:
    """The shop's settings: at least so many finished orders and so many days since joining, so many flash refunds
    within WINDOW, of at most so many fen; 0 fen: nobody's is decided at once."""

    finished_orders: int
    member_days: int
    times: int
    most_fen: int


@dataclass(frozen=True)
class Facts:
    """Of one request. `recent`: the member's flash refunds within WINDOW. `alone_fen`: what one person may still
    refund of this order (J6). `delivered`: the member has a code of it, which cannot be taken back."""

    amount_fen: int
    finished_orders: int
    joined_at: datetime
    recent: int
    alone_fen: int
    delivered: bool = False


def check(rule: Rule, facts: Facts, now: datetime) -> None:
    """Raises FlashRefundRefused with the first reason why this one is not decided at once."""
    refusal = _refusal(rule, facts, now)
    if refusal:
        reason, sentence = refusal
        raise FlashRefundRefused(f"{sentence}，{INSTEAD}", reason=reason)


def _refusal(rule: Rule, facts: Facts, now: datetime) -> tuple[str, str] | None:
    if rule.most_fen == 0:
        return "OFF", "本店未开通极速退款"
    if facts.amount_fen <= 0:
        return "NOTHING_LEFT", "该订单没有可退的金额"
    if facts.delivered:
        return "DELIVERED", "订单中的卡密已经发出"
    if now - facts.joined_at < timedelta(days=rule.member_days):
        return "NEW_ACCOUNT", f"注册满 {rule.member_days} 天才能极速退款"
    if facts.finished_orders < rule.finished_orders:
        return "FEW_ORDERS", f"完成 {rule.finished_orders} 笔订单后才能极速退款"
    if facts.recent >= rule.times:
        return "TOO_OFTEN", f"最近 {WINDOW.days} 天已极速退款 {facts.recent} 次"
    most_fen = min(rule.most_fen, facts.alone_fen)
    if facts.amount_fen > most_fen:
        return "TOO_MUCH", f"极速退款每笔最多 {yuan(max(0, most_fen))} 元"
    return None
