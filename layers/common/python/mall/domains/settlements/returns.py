"""What receivers got is called back before a buyer is paid (分账回退): each return of a share's line, once.

Lock order: after the share (`store`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from mall.domains.settlements.rules import RETURN_FLOW, UNFINISHED, LineState, ReceiverKind, ReturnState
from mall.kit.db import Tx
from mall.kit.errors import Conflict
from mall.kit.ids import new_id
from mall.tables.settlements import share_lines, share_returns

_CALL_BACK = (
    update(share_lines)
    .where(share_lines.c.share_no == bindparam("of_share"), share_lines.c.receiver_id == bindparam("of_receiver"),
           share_lines.c.state == LineState.SUCCESS.value, share_lines.c.returned_fen + bindparam("by_fen") >= 0,
           share_lines.c.returned_fen + bindparam("by_fen") <= share_lines.c.amount_fen)
    .values(returned_fen=share_lines.c.returned_fen + bindparam("by_fen"))
)
_RETURN = select(share_returns).where(share_returns.c.return_no == bindparam("return_no")).with_for_update()
_RETURNS = (
    select(share_returns)
    .where(share_returns.c.share_no == bindparam("share_no"))
    .order_by(share_returns.c.return_no)
)
_RETURNS_DUE = (
    select(share_returns)
    .where(share_returns.c.state.in_(UNFINISHED), share_returns.c.ask_at <= bindparam("now"))
    .order_by(share_returns.c.ask_at)
    .limit(bindparam("most"))
)
_LEASE_RETURN = (
    update(share_returns)
    .where(share_returns.c.return_no == bindparam("of_return"), share_returns.c.state.in_(UNFINISHED),
           share_returns.c.ask_at == bindparam("seen_ask_at"))
    .values(ask_at=bindparam("next_ask_at"), attempts=share_returns.c.attempts + 1)
)
_MOVE_RETURN = (
    update(share_returns)
    .where(share_returns.c.return_no == bindparam("of_return"), share_returns.c.state == bindparam("from_state"))
    .values(state=bindparam("to_state"), problem=bindparam("why"), finished_at=bindparam("at"))
)


def returns_of(tx: Tx, share_no: str) -> list:
    return tx.all(_RETURNS, share_no=share_no)


def call_back(tx: Tx, row: Any, refund_no: str, amount_fen: int, now: datetime) -> None:
    """Write down that this refund calls so much back of a share's line; never more than it got."""
    tx.write(_CALL_BACK, rows=1, otherwise=Conflict(), of_share=row.share_no, of_receiver=row.receiver_id,
             by_fen=amount_fen)
    tx.insert(share_returns, duplicate=Conflict(), return_no=new_id("srt"), share_no=row.share_no,
              wechat_share_no=row.wechat_share_no, receiver_id=row.receiver_id, refund_no=refund_no,
              account=row.account, state=ReturnState.DUE.value, amount_fen=amount_fen, problem=None, attempts=0,
              ask_at=now, created_at=now, finished_at=None)


def can_be_called_back(row: Any) -> bool:
    """Whether the line's receiver got it and is a merchant: WeChat calls nothing back from a person."""
    return row.state == LineState.SUCCESS.value and row.kind == ReceiverKind.MERCHANT_ID.value


def returns_due(tx: Tx, now: datetime, most: int) -> list:
    return tx.all(_RETURNS_DUE, now=now, most=most)


def lease_return(tx: Tx, row: Any, next_ask_at: datetime) -> bool:
    return tx.change(_LEASE_RETURN, of_return=row.return_no, seen_ask_at=row.ask_at, next_ask_at=next_ask_at) == 1


def lock_return(tx: Tx, return_no: str) -> Any | None:
    return tx.one(_RETURN, return_no=return_no)


def move_return(tx: Tx, row: Any, verb: str, *, problem: str | None = None,
                finished_at: datetime | None = None) -> None:
    """Take the return along one move; a failed one leaves its money with the receiver. Raises IllegalMove."""
    RETURN_FLOW.check(verb, row.state)
    tx.write(_MOVE_RETURN, rows=1, of_return=row.return_no, from_state=row.state, to_state=RETURN_FLOW.target(verb),
             why=problem, at=finished_at)
    if verb == "fail":
        tx.write(_CALL_BACK, rows=1, of_share=row.share_no, of_receiver=row.receiver_id, by_fen=-row.amount_fen)
