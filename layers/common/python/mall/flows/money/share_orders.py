"""Share finished orders (分账): decided in our books first, then sent to WeChat and asked about (spec E7).

What a payment paid for an order is shared once, upon what it is worth when it is shared: less what was refunded of it.
An order that was paid in parts is shared part by part.
It is decided under the order's lock, and never beside a refund that has not arrived; a refund that comes later
waits until the share has ended and calls its part back (`share_returns`). A share whose outcome is unknown is
asked about under its number before it is sent again. What receivers did not get staff may send again (`retry_share`).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from mall.domains.cases import store as cases
from mall.domains.instalments import store as instalments
from mall.domains.ledger import rules as accounts
from mall.domains.ledger import store as ledger
from mall.domains.orders import store as orders
from mall.domains.settlements import frozen as freezer
from mall.domains.settlements import store as settlements
from mall.domains.settlements.rules import (
    SETTLED_AFTER,
    SHARE_FLOW,
    UNFINISHED,
    WHOLE,
    FrozenState,
    LineState,
    ShareState,
    ask_next,
    number_of_try,
    parts_fen,
    share_of,
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
        return freezer.paid_before(tx, now - SETTLED_AFTER, now, most)
    if settings.sharing_mode == "on_receipt":
        return freezer.received_before(tx, now - timedelta(days=settings.sharing_after_days), now, most)
    return []


def decide(tx: Tx, order_no: str, settings: Any, now: datetime) -> str:
    """Write down what each receiver gets of the order; the share's state, or ELSEWHERE when the order was shared,
    refunded or unfrozen meanwhile."""
    order = orders.lock(tx, order_no)
    if order.state not in IN_MODE[settings.sharing_mode]:
        return ELSEWHERE
    states = [_decide(tx, order, payment_no, settings, now) for payment_no in _paid_by(tx, order)]
    return next((state for state in states if state != ELSEWHERE), ELSEWHERE)


def _paid_by(tx: Tx, order: Any) -> list[str]:
    """What has paid it: its payment, or one for each of its parts."""
    return sorted(part.payment_no for part in instalments.of_order(tx, order)) or [order.payment_no]


def _decide(tx: Tx, order: Any, payment_no: str, settings: Any, now: datetime) -> str:
    if settlements.share_of_order(tx, order.order_no, payment_no):
        return ELSEWHERE
    frozen = freezer.lock_frozen(tx, payment_no)
    if frozen is None or frozen.state != FrozenState.FROZEN.value:
        return ELSEWHERE
    refunds, receivers, paid = tx.fetch(
        settlements.ask_refunds(order.order_no), settlements.ask_active(order.seller_id),
        settlements.ask_part(payment_no, order.order_no))
    if any(refund.state != "DONE" for refund in refunds):
        return ELSEWHERE
    net_fen = paid[0].amount_fen - refunded_fen(refunds, payment_no)
    parts = parts_fen(net_fen, [receiver.per_ten_thousand for receiver in receivers],
                      min(settings.sharing_most_per_ten_thousand, WHOLE - order.commission_per_ten_thousand))
    return _write_down(tx, order, payment_no, paid[0], net_fen, list(zip(receivers, parts, strict=True)), now)


def refunded_fen(refunds: list, payment_no: str) -> int:
    """What of an order's refunds this payment gives back."""
    return sum(refund.amount_fen for refund in refunds if refund.payment_no == payment_no)


def _write_down(tx: Tx, order: Any, payment_no: str, paid: Any, net_fen: int,
                parts: list[tuple[Any, int]], now: datetime) -> str:
    parts = [(receiver, amount_fen) for receiver, amount_fen in parts if amount_fen]
    state = ShareState.DUE if parts else ShareState.NOTHING
    share_no, amount_fen = new_id("shr"), sum(amount_fen for _, amount_fen in parts)
    settlements.decide(tx, {
        "share_no": share_no, "wechat_share_no": share_no, "tries": 1, "order_no": order.order_no,
        "payment_no": payment_no, "seller_id": order.seller_id, "transaction_id": paid.transaction_id,
        "state": state.value, "paid_fen": paid.amount_fen, "net_fen": net_fen, "amount_fen": amount_fen,
        "problem": None, "attempts": 0, "ask_at": now if parts else None, "created_at": now,
        "finished_at": None if parts else now,
    }, parts)
    if not parts:
        freezer.look_again(tx, payment_no, now)
    if parts:
        ledger.post(tx, accounts.share_decided(share_no, share_no, amount_fen, order.order_no, order.seller_id), now)
    return state.value


def send(ctx: Any, row: Any) -> str:
    """Send a share, or ask about one that was sent; its state, WAITING where WeChat wants it later, TAKEN when another
    instance has it. An unknown outcome raises and is resolved under the same number next time; so is a number that
    WeChat does not know although it took it."""
    again_at = ask_next(row.attempts + 1, ctx.now)
    if not ctx.transact(settlements.lease, row, again_at):
        return TAKEN
    pay, number = ctx.world.wechat_pay, row.wechat_share_no
    if row.attempts:
        seen = pay.query_share(number, row.transaction_id)
        if seen is not None:
            return ctx.transact(keep_answer, number, seen, again_at, ctx.now)
    parts = ctx.read(settlements.pending_lines, number)
    if not parts:
        return TAKEN  # it ended, or goes under another number, while this instance slept
    try:
        seen = pay.share(share_no=number, transaction_id=row.transaction_id, parts=parts,
                         description=f"订单{row.order_no[-8:]}分账")
    except RuleBroken as refused:
        code = refused.data.get("wechat_code", refused.code)
        return WAITING if code == LATER else ctx.transact(keep_failure, number, f"微信拒绝分账（{code}）", ctx.now)
    return ctx.transact(keep_answer, number, seen, again_at, ctx.now)


def hear(ctx: Any, row: Any) -> None:
    """Somebody says that something became of a share: WeChat is asked itself, nothing is sent and nothing believed."""
    if row.state in UNFINISHED and row.attempts:
        seen = ctx.world.wechat_pay.query_share(row.wechat_share_no, row.transaction_id)
        if seen is not None:
            ctx.transact(keep_answer, row.wechat_share_no, seen, row.ask_at, ctx.now)


def keep_answer(tx: Tx, number: str, seen: Any, ask_at: datetime, now: datetime) -> str:
    """Write down what WeChat says of the share that it knows by `number`; its state. Repetitions, and what is told of
    an earlier try, change nothing."""
    share = settlements.lock(tx, share_of(number))
    if share.state not in UNFINISHED or share.wechat_share_no != number:
        return share.state
    ended = {(part.kind, part.account): part for part in seen.parts if part.result != LineState.PENDING.value}
    pending = settlements.pending_lines(tx, number)
    if seen.state != "FINISHED" or any((line.kind, line.account) not in ended for line in pending):
        if share.state == ShareState.DUE.value:
            settlements.move(tx, share, "send", ask_at=ask_at)
        return ShareState.SENT.value
    results = [(line, ended[(line.kind, line.account)]) for line in pending]
    if any(part.amount_fen != line.amount_fen for line, part in results):
        return _doubt(tx, share, now)
    for line, part in results:
        settlements.end_line(tx, line, LineState(part.result), part.problem)
    settlements.move(tx, share, "finish", finished_at=now)
    _end_try(tx, share, pending, sum(
        line.amount_fen for line, part in results if part.result == LineState.SUCCESS.value), "有接收方未收到分账", now)
    return ShareState.DONE.value


def keep_failure(tx: Tx, number: str, problem: str, now: datetime) -> str:
    """WeChat will not do this try: nobody got anything by it, and staff get a case."""
    share = settlements.lock(tx, share_of(number))
    if share.state not in UNFINISHED or share.wechat_share_no != number:
        return share.state
    lines = settlements.lines(tx, share.share_no)
    pending = [line for line in lines if line.state == LineState.PENDING.value]
    for line in pending:
        settlements.end_line(tx, line, LineState.CLOSED, problem)
    verb = "finish" if any(line.state == LineState.SUCCESS.value for line in lines) else "fail"
    settlements.move(tx, share, verb, problem=problem, finished_at=now)
    _end_try(tx, share, pending, 0, problem, now)
    return SHARE_FLOW.target(verb)


def _doubt(tx: Tx, share: Any, now: datetime) -> str:
    """Another amount than was sent: nothing is booked, staff look at it, and WeChat is asked again."""
    cases.open_case(tx, kind="NOTICE_MISMATCH", reference=share.share_no, seller_id=share.seller_id,
                    sentence=f"微信对分账 {share.share_no} 的金额与账上不一致，未据此入账",
                    next_step="请在商户平台核对该笔分账；系统会继续向微信查询",
                    data={"share_no": share.share_no, "order_no": share.order_no}, now=now, comes_again=True)
    return share.state


def _end_try(tx: Tx, share: Any, pending: list, shared_fen: int, problem: str, now: datetime) -> None:
    """The ledger, and the case: open while anybody waits for his part, resolved when all have theirs."""
    promised_fen = sum(line.amount_fen for line in pending)
    ledger.post(tx, accounts.share_done(number_of_try(share.share_no, share.tries), share.share_no, shared_fen,
                                        promised_fen, share.order_no, share.seller_id), now)
    freezer.look_again(tx, share.payment_no, now)
    tx.flush()
    missing_fen = sum(line.amount_fen for line in settlements.lines(tx, share.share_no)
                      if line.state == LineState.CLOSED.value)
    if not missing_fen:
        cases.resolve_about(tx, settlements.FAILED_CASE, share.share_no, "分账已到账", now)
        return
    cases.open_case(
        tx, kind=settlements.FAILED_CASE, reference=share.share_no, seller_id=share.seller_id,
        sentence=f"订单 {share.order_no} 的分账 {share.share_no} 未全部成功，尚有 {missing_fen} 分未分出：{problem}",
        next_step="核对接收方账户与分账关系后重试（settlements.retry_share）；若改为线下结清，关闭待办后剩余资金将解冻",
        data={"share_no": share.share_no, "order_no": share.order_no, "amount_fen": missing_fen}, now=now,
        comes_again=True)
