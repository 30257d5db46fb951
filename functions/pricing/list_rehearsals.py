"""The seller's rehearsals over whole periods (预演列表), the newest first, each with how far it has come."""

from datetime import datetime
from typing import Literal

from mall.app import Ctx, Cursor, Input, Limit, Output, query
from mall.domains.rehearsals import rules, store
from mall.kit.page import last_id, next_cursor


class ListRehearsals(Input):
    state: Literal["RUNNING", "DONE", "CANCELLED", "FAILED"] | None = None
    cursor: Cursor | None = None
    limit: Limit = 20


class RehearsalRow(Output):
    rehearsal_id: str
    title: str
    state: str
    percent_done: int
    placed_from: datetime
    placed_until: datetime
    created_at: datetime
    finished_at: datetime | None


class Rehearsals(Output):
    items: list[RehearsalRow]
    next_cursor: str | None


@query("pricing.list_rehearsals", allow="staff")
def list_rehearsals(ctx: Ctx, ask: ListRehearsals) -> Rehearsals:
    """Spec F13. They are kept for 90 days after their end."""
    rows = store.listed(ctx.tx, ctx.seller_id, ask.limit, last_id(ask.cursor), ask.state)
    return Rehearsals(items=[RehearsalRow(**row._asdict(), percent_done=rules.percent_done(row)) for row in rows],
                      next_cursor=next_cursor(rows, ask.limit, lambda last: last.rehearsal_id))
