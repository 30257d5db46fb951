"""Send what receivers did not get of an order to them once more (重试分账), when staff ask for it (spec E7).

WeChat is asked first. What it closed, or refused and does not know, goes under a new number, and no more than the
receiver's part of what is left of the order by now. What it knows otherwise under the last number (it took its
refusal back) stays under that number and is asked about, so that nobody is paid twice.
"""

from __future__ import annotations

from typing import Any

from mall.domains.ledger import rules as accounts
from mall.domains.ledger import store as ledger
from mall.domains.orders import store as orders
from mall.domains.settlements import frozen as freezer
from mall.domains.settlements import store as settlements
from mall.domains.settlements.rules import (
    MOST_TRIES,
    UNFINISHED,
    FrozenState,
    LineState,
    NothingToShare,
    RefundUnderWay,
    ShareState,
    ShareUnfrozen,
    TooManyShares,
    number_of_try,
    part_of_rest_fen,
)
from mall.flows.money.share_orders import refunded_fen
from mall.kit.db import Tx


def retry(ctx: Any, share: Any) -> str:
    """The share's state afterwards. One that is under way, or of which everybody has his part, stays as it is. Raises
    ShareUnfrozen, RefundUnderWay, NothingToShare, TooManyShares, OutcomeUnknown."""
    if share.state in UNFINISHED or not ctx.read(_closed, share.share_no):
        return share.state
    seen = ctx.world.wechat_pay.query_share(share.wechat_share_no, share.transaction_id)
    return ctx.transact(_retry, ctx, share, seen)


def _closed(tx: Tx, share_no: str) -> list:
    """Lines of receivers that are still to get something."""
    return [line for line in settlements.lines(tx, share_no)
            if line.state == LineState.CLOSED.value and line.amount_fen]


def _retry(tx: Tx, ctx: Any, asked: Any, seen: Any | None) -> str:
    now = ctx.now
    order = orders.lock(tx, asked.order_no)
    frozen, share = freezer.lock_frozen(tx, asked.payment_no), settlements.lock(tx, asked.share_no)
    closed = _closed(tx, share.share_no)
    if (share.state, share.tries) != (asked.state, asked.tries) or not closed:
        return share.state
    reference = number_of_try(share.share_no, share.tries + 1)
    parts = [(line, line.amount_fen, line.net_fen) for line in _alive(seen, share, closed)]
    number = share.wechat_share_no if parts else reference
    if not parts:
        parts = _parts(tx, order, frozen, share, closed)
    settlements.retry(tx, share, number, parts, now)
    ctx.audit(before={"state": share.state}, after={"state": ShareState.DUE.value,
                                                    "amount_fen": sum(amount_fen for _, amount_fen, _ in parts)})
    ledger.post(tx, accounts.share_decided(reference, share.share_no, sum(amount_fen for _, amount_fen, _ in parts),
                                           share.order_no, share.seller_id), now)
    return ShareState.DUE.value


def _alive(seen: Any | None, share: Any, closed: list) -> list:
    """Lines that WeChat, asked now, has not closed under the number that they went under."""
    if seen is None:
        return []
    ended = {(part.kind, part.account) for part in seen.parts if part.result == LineState.CLOSED.value}
    return [line for line in closed
            if line.wechat_share_no == share.wechat_share_no and (line.kind, line.account) not in ended]


def _parts(tx: Tx, order: Any, frozen: Any, share: Any, closed: list) -> list[tuple[Any, int, int]]:
    """What of each part is still due, after the order's refunds."""
    if frozen.state != FrozenState.FROZEN.value:
        raise ShareUnfrozen()
    refunds, = tx.fetch(settlements.ask_refunds(order.order_no))
    if any(refund.state != "DONE" for refund in refunds):
        raise RefundUnderWay()
    if settlements.tries_of_payment(tx, share.payment_no) >= MOST_TRIES:
        raise TooManyShares()
    remaining_fen = share.paid_fen - refunded_fen(refunds, share.payment_no)
    parts = [(line, part_of_rest_fen(line.amount_fen, line.net_fen, remaining_fen), min(line.net_fen, remaining_fen))
             for line in closed]
    if not any(amount_fen for _, amount_fen, _ in parts):
        raise NothingToShare()
    return parts
