"""The safeguarding reports (备付日报), a row for each day, the newest first."""

from datetime import datetime

from mall.app import Ctx, Cursor, Input, Limit, Output, query
from mall.domains.wallets import store
from mall.kit.page import last_id, next_cursor
from mall.kit.scope import PlatformOnly, check_platform


class ListSafeguardingReports(Input):
    cursor: Cursor | None = None
    limit: Limit = 31


class SafeguardingReport(Output):
    day: str
    opening_fen: int  # owed to members when the day began
    topped_up_fen: int
    spent_fen: int
    refunded_fen: int  # into stored value
    closing_fen: int  # owed when it ended, by the ledger
    percent: int
    safeguard_fen: int  # what has to lie in the safeguarding account
    difference_fen: int  # zero, or there is a case
    made_at: datetime


class SafeguardingReports(Output):
    items: list[SafeguardingReport]
    next_cursor: str | None


@query("wallets.list_safeguarding_reports", allow="staff", errors=(PlatformOnly,))
def list_safeguarding_reports(ctx: Ctx, ask: ListSafeguardingReports) -> SafeguardingReports:
    """Spec E8. Open also while stored value is off: what was reported stays. Raises PlatformOnly."""
    check_platform(ctx.seller_id)
    rows = store.page_of_reports(ctx.tx, last_id(ask.cursor), ask.limit)
    return SafeguardingReports(
        items=[SafeguardingReport.model_validate(row, from_attributes=True) for row in rows],
        next_cursor=next_cursor(rows, ask.limit, lambda last: last.day))
