"""Unfreeze what is left (解冻剩余资金) of a payment once nothing of it is to be shared or refunded (spec E7)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mall.domains.cases import store as cases
from mall.domains.payments import store as payments
from mall.domains.refunds import store as refunds
from mall.domains.settlements import frozen as freezer
from mall.domains.settlements.rules import FrozenState, ask_next
from mall.flows.money.share_orders import ELSEWHERE, LATER, TAKEN, WAITING
from mall.kit.db import Tx
from mall.kit.errors import RuleBroken
from mall.kit.schema import DEFAULT_SELLER

NOTHING_LEFT = "NOT_ENOUGH"


def decide(tx: Tx, payment_no: str, settings: Any, now: datetime) -> str:
    """Take a payment that is done with to UNFREEZING; what WeChat gave back in full has nothing left to unfreeze."""
    frozen = freezer.lock_frozen(tx, payment_no)
    if frozen.state != FrozenState.FROZEN.value or not freezer.is_done_with(
            tx, payment_no, settings.sharing_mode != "off", now):
        return ELSEWHERE
    payment = payments.find(tx, payment_no)
    if payment.refunded_fen - refunds.transferred_fen(tx, payment_no) == payment.amount_fen:
        return end(tx, payment_no, now)
    freezer.move_frozen(tx, payment_no, "unfreeze", ask_at=now)
    return FrozenState.UNFREEZING.value


def send(ctx: Any, row: Any) -> str:
    """Ask WeChat to unfreeze, or how far it is; the payment's state, WAITING where WeChat wants it later, TAKEN when
    another instance has it."""
    if not ctx.transact(freezer.lease_frozen, row, ask_next(row.attempts + 1, ctx.now)):
        return TAKEN
    pay = ctx.world.wechat_pay
    seen = pay.query_share(row.unfreeze_no, row.transaction_id) if row.attempts else None
    if seen is None:
        try:
            seen = pay.unfreeze(unfreeze_no=row.unfreeze_no, transaction_id=row.transaction_id,
                                description="解冻剩余资金")
        except RuleBroken as refused:
            code = refused.data.get("wechat_code", refused.code)
            if code == NOTHING_LEFT:
                return ctx.transact(end, row.payment_no, ctx.now)
            return WAITING if code == LATER else ctx.transact(_keep_refusal, row, code, ctx.now)
    return ctx.transact(end, row.payment_no, ctx.now) if seen.state == "FINISHED" else row.state


def end(tx: Tx, payment_no: str, now: datetime) -> str:
    freezer.move_frozen(tx, payment_no, "end", ended_at=now)
    cases.resolve_about(tx, "UNFREEZE_REFUSED", payment_no, "已解冻", now)
    return FrozenState.UNFROZEN.value


def _keep_refusal(tx: Tx, row: Any, code: str, now: datetime) -> str:
    """WeChat unfreezes by itself after thirty days at the latest; until then it is asked again, ever more rarely."""
    cases.open_case(tx, kind="UNFREEZE_REFUSED", reference=row.payment_no, seller_id=DEFAULT_SELLER,
                    sentence=f"支付 {row.payment_no} 的剩余资金未能解冻：微信答复 {code}",
                    next_step="在商户平台核对该笔分账订单；系统会继续重试，微信最迟在付款 30 天后自动解冻",
                    data={"payment_no": row.payment_no}, now=now)
    return WAITING
