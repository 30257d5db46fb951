"""List what a person has to look at (待办): late payments, refunds that failed, books that do not agree."""

from datetime import datetime
from typing import Any, Literal

from mall.app import Ctx, Cursor, Input, Limit, Output, query
from mall.domains.cases import store
from mall.domains.cases.rules import CaseState
from mall.kit.page import last_id, next_cursor


class ListCases(Input):
    state: Literal["OPEN", "RESOLVED"] = CaseState.OPEN.value
    cursor: Cursor | None = None
    limit: Limit = 20


class Case(Output):
    case_id: str
    kind: str
    reference: str
    state: str
    sentence: str  # what happened
    next_step: str  # what to do
    data: dict[str, Any]
    note: str  # what was done
    created_at: datetime
    resolved_at: datetime | None


class Cases(Output):
    items: list[Case]
    next_cursor: str | None


@query("ops.list_cases", allow="staff")
def list_cases(ctx: Ctx, ask: ListCases) -> Cases:
    """Spec L6. The seller's own, the newest first."""
    rows = store.page(ctx.tx, ctx.seller_id, ask.state, last_id(ask.cursor), ask.limit)
    items = [Case(**{name: getattr(row, name) for name in Case.model_fields}) for row in rows]
    return Cases(items=items, next_cursor=next_cursor(rows, ask.limit, lambda last: last.case_id))
