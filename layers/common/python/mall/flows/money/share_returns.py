"""Return before refund (分账回退): what receivers got of an order is called back before its buyer is paid (spec E7).

The refund waits until the order's share has ended and every return of it has. A return that fails does not keep
the buyer waiting: staff get a case, and the refund goes on from our own balance; where that is too small, WeChat
refuses the refund and its own case says so.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from mall.domains.cases import store as cases
from mall.domains.ledger import rules as accounts
from mall.domains.ledger import store as ledger
from mall.domains.settlements import returns
from mall.domains.settlements import store as settlements
from mall.domains.settlements.rules import UNFINISHED, ReturnState, ShareState, ask_next, to_call_back_fen
from mall.flows.money.share_orders import LATER, TAKEN, WAITING, refunded_fen
from mall.kit.db import Tx
from mall.kit.errors import RuleBroken

A_WHILE = timedelta(minutes=1)


def is_shared(ctx: Any, refund: Any) -> bool:
    """Whether something of what its payment paid for its order was shared, and may have to be called back."""
    return refund.order_no is not None and ctx.read(
        settlements.share_of_order, refund.order_no, refund.payment_no) is not None


def before_refund(ctx: Any, refund: Any) -> datetime | None:
    """Until when the refund of a shared order has to wait; None: it may be sent. Calls back what is to be called
    back."""
    ended, made = ctx.transact(_plan, refund, ctx.now)
    if not ended:
        return ctx.now + A_WHILE
    states = [row.state if row.state not in UNFINISHED or row.ask_at > ctx.now else settle(ctx, row)
              for row in made]
    over = (ReturnState.DONE.value, ReturnState.FAILED.value)
    return None if all(state in over for state in states) else ctx.now + A_WHILE


def _plan(tx: Tx, refund: Any, now: datetime) -> tuple[bool, list]:
    """Whether the order's share has ended, and its returns; what this refund calls back is decided once."""
    share = settlements.lock(tx, settlements.share_of_order(tx, refund.order_no, refund.payment_no).share_no)
    if share.state in UNFINISHED:
        return False, []
    made = returns.returns_of(tx, share.share_no)
    own = any(row.refund_no == refund.refund_no for row in made)
    if own or share.state != ShareState.DONE.value:
        return True, made
    lines, (refunds,) = settlements.lines(tx, share.share_no), tx.fetch(settlements.ask_refunds(refund.order_no))
    lines = [line for line in lines if returns.can_be_called_back(line)]
    remaining_fen = share.paid_fen - refunded_fen(refunds, share.payment_no)
    amounts = to_call_back_fen([(line.amount_fen, line.returned_fen, line.net_fen) for line in lines], remaining_fen)
    for line, amount_fen in zip(lines, amounts, strict=True):
        if amount_fen:
            returns.call_back(tx, line, refund.refund_no, amount_fen, now)
    tx.flush()
    return True, returns.returns_of(tx, share.share_no)


def settle(ctx: Any, row: Any) -> str:
    """Ask for one return, or ask about it; its state, WAITING where WeChat wants it later, TAKEN when another instance
    has it. An unknown outcome raises and is resolved under the same number next time."""
    again_at = ask_next(row.attempts + 1, ctx.now)
    if not ctx.transact(returns.lease_return, row, again_at):
        return TAKEN
    pay = ctx.world.wechat_pay
    seen = pay.query_return(row.return_no, row.wechat_share_no) if row.attempts else None
    if seen is None:
        try:
            seen = pay.return_share(return_no=row.return_no, share_no=row.wechat_share_no, account=row.account,
                                    amount_fen=row.amount_fen, description="买家退款，分账回退")
        except RuleBroken as refused:
            code = refused.data.get("wechat_code", refused.code)
            return WAITING if code == LATER else ctx.transact(
                keep_failure, row, f"微信拒绝分账回退（{code}）", ctx.now)
    return ctx.transact(keep_answer, row, seen, ctx.now)


def hear(ctx: Any, share_no: str) -> None:
    """Somebody says that something came back of a share: WeChat is asked itself about what was called back of it."""
    for row in ctx.read(returns.returns_of, share_no):
        if row.state in UNFINISHED and row.attempts:
            seen = ctx.world.wechat_pay.query_return(row.return_no, row.wechat_share_no)
            if seen is not None:
                ctx.transact(keep_answer, row, seen, ctx.now)


def keep_answer(tx: Tx, row: Any, seen: Any, now: datetime) -> str:
    """Write down what WeChat says of a return; its state. Repetitions change nothing."""
    share, row = _lock(tx, row)
    if row.state not in UNFINISHED:
        return row.state
    if seen.result == "FAILED":
        return _fail(tx, share, row, f"微信回退状态 {seen.problem}", now)
    if seen.result != "SUCCESS":
        if row.state == ReturnState.DUE.value:
            returns.move_return(tx, row, "send")
        return ReturnState.SENT.value
    if seen.amount_fen != row.amount_fen:
        return _doubt(tx, share, row, now)
    returns.move_return(tx, row, "finish", finished_at=now)
    ledger.post(tx, accounts.share_returned(row.return_no, row.amount_fen, share.order_no, share.seller_id), now)
    return ReturnState.DONE.value


def _doubt(tx: Tx, share: Any, row: Any, now: datetime) -> str:
    cases.open_case(tx, kind="NOTICE_MISMATCH", reference=row.return_no, seller_id=share.seller_id,
                    sentence=f"微信对分账回退 {row.return_no} 的金额与账上不一致，未据此入账",
                    next_step="请在商户平台核对该笔回退；系统会继续向微信查询",
                    data={"return_no": row.return_no, "order_no": share.order_no}, now=now, comes_again=True)
    return row.state


def keep_failure(tx: Tx, row: Any, problem: str, now: datetime) -> str:
    """The receiver keeps it: a case, and the refund goes on without it."""
    share, row = _lock(tx, row)
    return _fail(tx, share, row, problem, now) if row.state in UNFINISHED else row.state


def _lock(tx: Tx, row: Any) -> tuple[Any, Any]:
    return settlements.lock(tx, row.share_no), returns.lock_return(tx, row.return_no)


def _fail(tx: Tx, share: Any, row: Any, problem: str, now: datetime) -> str:
    returns.move_return(tx, row, "fail", problem=problem, finished_at=now)
    cases.open_case(tx, kind="SHARE_RETURN_FAILED", reference=row.return_no, seller_id=share.seller_id,
                    sentence=f"订单 {share.order_no} 退款前未能从接收方收回 {row.amount_fen} 分：{problem}",
                    next_step="退款已改由商户余额支付，若余额不足请充值后重试退款；该笔金额请与接收方线下结清",
                    data={"return_no": row.return_no, "refund_no": row.refund_no, "order_no": share.order_no,
                          "amount_fen": row.amount_fen}, now=now)
    return ReturnState.FAILED.value
