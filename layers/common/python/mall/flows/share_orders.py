"""Share finished orders (分账): decided in our books first, then sent to WeChat and asked about (spec E7).

An order is shared once, upon what it is worth when it is shared: what its payment paid for it less its refunds.
It is decided under the order's lock, and never beside a refund that has not arrived; a refund that comes later
waits until the share has ended and calls its part back (`share_returns`). A share whose outcome is unknown is
asked about under its number before it is sent again.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from mall.domains.cases import store as cases
from mall.domains.ledger import rules as accounts
from mall.domains.ledger import store as ledger
from mall.domains.orders import store as orders
from mall.domains.settlements import store as settlements
from mall.domains.settlements.rules import (
    SETTLED_AFTER,
    UNFINISHED,
    FrozenState,
    LineState,
    ShareState,
    ask_next,
    parts_fen,
)
from mall.kit.db import Tx
from mall.kit.errors import RuleBroken
from mall.kit.ids import new_id

ELSEWHERE, TAKEN, WAITING = "elsewhere", "taken", "waiting"
LATER = "ORDER_PROCESSING"  # WeChat's reason: the payment is too young, or a refund of it is under way
IN_MODE = {"at_once": ("TO_SHIP", "SHIPPED", "RECEIVED"), "on_receipt": ("RECEIVED",), "off": ()}


def candidates(tx: Tx, settings: Any, now: datetime, most: int) -> list[str]:
    """Orders that may be shared now, by the mode of the settings."""
    if settings.sharing_mode == "at_once":
        return settlements.paid_before(tx, now - SETTLED_AFTER, most)
    if settings.sharing_mode == "on_receipt":
        return settlements.received_before(tx, now - timedelta(days=settings.sharing_after_days), now, most)
    return []


def decide(tx: Tx, order_no: str, settings: Any, now: datetime) -> str:
    """Write down what each receiver gets of the order; the share's state, or ELSEWHERE when the order was shared,
    refunded or unfrozen meanwhile."""
    order = orders.lock(tx, order_no)
    if order.state not in IN_MODE[settings.sharing_mode] or settlements.share_of_order(tx, order_no):
        return ELSEWHERE
    frozen = settlements.lock_frozen(tx, order.payment_no)
    if frozen is None or frozen.state != FrozenState.FROZEN.value:
        return ELSEWHERE
    refunds, receivers, paid = tx.fetch(
        settlements.ask_refunds(order_no), settlements.ask_active(order.seller_id),
        settlements.ask_part(order.payment_no, order_no))
    if any(refund.state != "DONE" for refund in refunds):
        return ELSEWHERE
    net_fen = paid[0].amount_fen - sum(refund.amount_fen for refund in refunds)
    parts = parts_fen(net_fen, [receiver.per_ten_thousand for receiver in receivers],
                      settings.sharing_most_per_ten_thousand)
    return _write_down(tx, order, paid[0], net_fen, list(zip(receivers, parts, strict=True)), now)


def _write_down(tx: Tx, order: Any, paid: Any, net_fen: int, parts: list[tuple[Any, int]], now: datetime) -> str:
    parts = [(receiver, amount_fen) for receiver, amount_fen in parts if amount_fen]
    state = ShareState.DUE if parts else ShareState.NOTHING
    share_no, amount_fen = new_id("shr"), sum(amount_fen for _, amount_fen in parts)
    settlements.decide(tx, {
        "share_no": share_no, "order_no": order.order_no, "payment_no": order.payment_no, "seller_id": order.seller_id,
        "transaction_id": paid.transaction_id, "state": state.value, "paid_fen": paid.amount_fen, "net_fen": net_fen,
        "amount_fen": amount_fen, "problem": None, "attempts": 0, "ask_at": now if parts else None, "created_at": now,
        "finished_at": None if parts else now,
    }, parts)
    if parts:
        ledger.post(tx, accounts.share_decided(share_no, amount_fen, order.order_no, order.seller_id), now)
    return state.value


def send(ctx: Any, row: Any) -> str:
    """Send a DUE share; its state, WAITING where WeChat wants it later, TAKEN when another instance has it. An
    unknown outcome raises and is resolved under the same number next time."""
    again_at = ask_next(row.attempts + 1, ctx.now)
    if not ctx.transact(settlements.lease, row, again_at):
        return TAKEN
    pay = ctx.world.wechat_pay
    if row.attempts:
        seen = pay.query_share(row.share_no, row.transaction_id)
        if seen is not None:
            return ctx.transact(keep_answer, row.share_no, seen, again_at, ctx.now)
    try:
        seen = pay.share(share_no=row.share_no, transaction_id=row.transaction_id,
                         parts=ctx.read(settlements.lines, row.share_no), description=f"订单{row.order_no[-8:]}分账")
    except RuleBroken as refused:
        code = refused.data.get("wechat_code", refused.code)
        return WAITING if code == LATER else ctx.transact(
            keep_failure, row.share_no, f"微信拒绝分账（{code}）", ctx.now)
    return ctx.transact(keep_answer, row.share_no, seen, again_at, ctx.now)


def ask(ctx: Any, row: Any) -> str:
    """Ask about a SENT share; its state."""
    again_at = ask_next(row.attempts + 1, ctx.now)
    if not ctx.transact(settlements.lease, row, again_at):
        return TAKEN
    seen = ctx.world.wechat_pay.query_share(row.share_no, row.transaction_id)
    if seen is None:
        return ctx.transact(keep_failure, row.share_no, "微信没有这笔分账", ctx.now)
    return ctx.transact(keep_answer, row.share_no, seen, again_at, ctx.now)


def keep_answer(tx: Tx, share_no: str, seen: Any, ask_at: datetime, now: datetime) -> str:
    """Write down what WeChat says of a share; its state. Repetitions change nothing."""
    share = settlements.lock(tx, share_no)
    if share.state not in UNFINISHED:
        return share.state
    ended = {(part.kind, part.account): part for part in seen.parts if part.result != LineState.PENDING.value}
    lines = settlements.lines(tx, share_no)
    if seen.state != "FINISHED" or any((line.kind, line.account) not in ended for line in lines):
        if share.state == ShareState.DUE.value:
            settlements.move(tx, share, "send", ask_at=ask_at)
        return ShareState.SENT.value
    shared_fen = 0
    for line in lines:
        part = ended[(line.kind, line.account)]
        settlements.end_line(tx, line, LineState(part.result), part.problem)
        shared_fen += line.amount_fen if part.result == LineState.SUCCESS.value else 0
    settlements.move(tx, share, "finish", finished_at=now)
    ledger.post(tx, accounts.share_done(share_no, shared_fen, share.amount_fen, share.order_no, share.seller_id), now)
    if shared_fen != share.amount_fen:
        _open_case(tx, share, f"有接收方未收到分账，共 {share.amount_fen - shared_fen} 分", now)
    return ShareState.DONE.value


def keep_failure(tx: Tx, share_no: str, problem: str, now: datetime) -> str:
    """WeChat will not do it: nobody got anything, staff get a case, and the money is unfrozen with the rest."""
    share = settlements.lock(tx, share_no)
    if share.state not in UNFINISHED:
        return share.state
    for line in settlements.lines(tx, share_no):
        settlements.end_line(tx, line, LineState.CLOSED, problem)
    settlements.move(tx, share, "fail", problem=problem, finished_at=now)
    ledger.post(tx, accounts.share_done(share_no, 0, share.amount_fen, share.order_no, share.seller_id), now)
    _open_case(tx, share, problem, now)
    return ShareState.FAILED.value


def _open_case(tx: Tx, share: Any, problem: str, now: datetime) -> None:
    cases.open_case(tx, kind="SHARE_FAILED", reference=share.share_no, seller_id=share.seller_id,
                    sentence=f"订单 {share.order_no} 的分账 {share.share_no} 未全部成功：{problem}",
                    next_step="未分出的金额已留在商户余额；核对接收方账户与分账关系，并与接收方线下结清",
                    data={"share_no": share.share_no, "order_no": share.order_no, "amount_fen": share.amount_fen},
                    now=now)
