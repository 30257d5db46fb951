"""The seller's statement of profit sharing (分账明细): what was shared of which order, with whom, what came back."""

from datetime import datetime
from typing import Literal

from mall.app import Ctx, Cursor, Input, Limit, Output, query
from mall.domains.settlements import store as settlements
from mall.kit.page import last_id, next_cursor


class ListStatements(Input):
    state: Literal["DUE", "SENT", "DONE", "FAILED"] | None = None
    cursor: Cursor | None = None
    limit: Limit = 20


class Part(Output):
    receiver_id: str
    label: str
    state: str
    amount_fen: int
    returned_fen: int  # called back before refunds
    problem: str | None


class Statement(Output):
    share_no: str
    order_no: str
    state: str
    net_fen: int  # what was shared upon
    shared_fen: int  # what receivers have got
    returned_fen: int
    kept_fen: int  # what is left of the net amount to the seller
    problem: str | None
    created_at: datetime
    finished_at: datetime | None
    parts: list[Part]


class Statements(Output):
    items: list[Statement]
    next_cursor: str | None


@query("settlements.list_statements", allow="staff")
def list_statements(ctx: Ctx, ask: ListStatements) -> Statements:
    """Spec E7, E13. The newest first."""
    found = settlements.statement(ctx.tx, ctx.seller_id, ask.state, last_id(ask.cursor), ask.limit)
    return Statements(items=[_statement(share, lines) for share, lines in found],
                      next_cursor=next_cursor(found, ask.limit, lambda last: last[0].share_no))


def _statement(share, lines) -> Statement:
    parts = [Part.model_validate(line, from_attributes=True) for line in lines]
    shared_fen = sum(part.amount_fen for part in parts if part.state == "SUCCESS")
    returned_fen = sum(part.returned_fen for part in parts)
    return Statement(
        share_no=share.share_no, order_no=share.order_no, state=share.state, net_fen=share.net_fen,
        shared_fen=shared_fen, returned_fen=returned_fen, kept_fen=share.net_fen - shared_fen + returned_fen,
        problem=share.problem, created_at=share.created_at, finished_at=share.finished_at, parts=parts)
