"""List what differs between WeChat's bills and our books (对账差异), each with its cause and the proposed step."""

from datetime import datetime
from typing import Literal

from mall.app import Ctx, Cursor, Day, Input, Limit, Output, query
from mall.domains.reconciliation import store
from mall.domains.reconciliation.rules import DifferenceKind
from mall.kit.page import last_id, next_cursor


class ListDifferences(Input):
    state: Literal["OPEN", "RESOLVED", "MENDED"] = "OPEN"
    kind: Literal["MISSING_HERE", "MISSING_THERE", "AMOUNT", "FEE", "STATE"] | None = None
    day: Day | None = None
    cursor: Cursor | None = None
    limit: Limit = 20


class Difference(Output):
    difference_id: str
    day: str
    kind: str
    subject: str  # PAYMENT, REFUND
    number: str  # payment_no or refund_no, or whatever WeChat has there
    state: str
    ours_fen: int | None
    theirs_fen: int | None
    sentence: str
    next_step: str
    mended_by: str  # the action that mends it
    note: str
    created_at: datetime
    resolved_at: datetime | None


class DifferencePage(Output):
    items: list[Difference]
    next_cursor: str | None


@query("reconciliation.list_differences", allow="staff")
def list_differences(ctx: Ctx, ask: ListDifferences) -> DifferencePage:
    """Spec E10."""
    kinds = [ask.kind] if ask.kind else [kind.value for kind in DifferenceKind]
    found = store.page_of_differences(ctx.tx, ctx.seller_id, [ask.state], kinds,
                                      ask.day.isoformat() if ask.day else "", last_id(ask.cursor),
                                      ask.limit)
    items = [Difference.model_validate(row, from_attributes=True) for row in found]
    return DifferencePage(items=items, next_cursor=next_cursor(found, ask.limit, lambda last: last.difference_id))
