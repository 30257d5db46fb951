"""Top a wallet up: a payment of its own, by the same way as an order's (spec E8, E5).

It hangs on the member as an order's payment hangs on its checkout, so a wallet has at most one payment that can still
be paid: asking again gives the same, another amount or channel closes the old one at WeChat first. What arrives is
credited by `settle_payment`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from mall.domains.payments import store as payments
from mall.domains.wallets import store as wallets
from mall.domains.wallets.rules import check_top_up
from mall.flows.trade import start_payment
from mall.kit.db import Tx


def start(ctx: Any, amount_fen: int, channel: str) -> Any:
    """The payment's row, prepaid. Raises what `check_top_up` raises, NothingToPay when one was paid meanwhile,
    PaymentUnderWay, OutcomeUnknown."""
    return start_payment.prepaid(ctx, channel, "储值充值", _intend, amount_fen)


def _intend(tx: Tx, amount_fen: int, channel: str, ctx: Any) -> tuple[Any, bool, bool]:
    """Never shared with anybody: it is the member's money."""
    me, settings, now = ctx.me, ctx.settings, ctx.now
    wallets.lock(tx, me.member_id)
    check_top_up(amount_fen, wallets.owed(tx, me.member_id), settings, now)
    found = tx.fetch(payments.ask_open(me.member_id))[0]
    if found:
        old = found[0]
        return old, start_payment.fits(old, ctx, channel, amount_fen) and old.expires_at > now, False
    expires_at = now + timedelta(minutes=settings.pay_within_minutes)
    return start_payment.intention(tx, ctx, me.member_id, [], channel, amount_fen=amount_fen,
                                   expires_at=expires_at), True, False
