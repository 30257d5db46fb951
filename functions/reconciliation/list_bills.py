"""List WeChat's bills (账单列表) by day, the newest first, each with its totals beside ours."""

from datetime import datetime
from typing import Any

from mall.app import Ctx, Cursor, Input, Limit, Output, query
from mall.domains.reconciliation import store
from mall.kit.page import decode_cursor, next_cursor
from pydantic import field_validator


class ListBills(Input):
    cursor: Cursor | None = None
    limit: Limit = 20


class BillRow(Output):
    bill_id: str
    day: str  # of Shanghai
    kind: str  # TRADE, FUND
    state: str  # PULLED MATCHED REPLACED
    sha1: str
    file_key: str | None  # in object storage; None: nothing was traded
    rows_count: int
    totals: dict[str, dict[str, int]]  # theirs, and ours of the day; refunds are ours when they ended
    pulled_at: datetime
    matched_at: datetime | None

    @field_validator("totals", mode="before")
    @classmethod
    def _known(cls, totals: dict[str, Any]) -> dict[str, Any]:
        return {name: {what: fen for what, fen in totals[name].items() if isinstance(fen, int)}
                for name in ("theirs", "ours") if name in totals}


class BillPage(Output):
    items: list[BillRow]
    next_cursor: str | None


@query("reconciliation.list_bills", allow="staff")
def list_bills(ctx: Ctx, ask: ListBills) -> BillPage:
    """Spec E10."""
    found = store.page(ctx.tx, ctx.seller_id, decode_cursor(ask.cursor, (str, str)), ask.limit)
    items = [BillRow.model_validate(row, from_attributes=True) for row in found]
    return BillPage(items=items, next_cursor=next_cursor(found, ask.limit, lambda last: (last.day, last.bill_id)))
