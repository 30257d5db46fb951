"""List the events that their listeners kept refusing (暂停的事件), to be replayed once the cause is gone."""

from datetime import datetime
from typing import Any

from mall.app import Ctx, Cursor, Input, Limit, Output, query
from mall.domains.cases.rules import PlatformOnly
from mall.domains.cases.store import check_platform
from mall.flows import relay as flow
from mall.kit.page import last_id, next_cursor


class ListParkedEvents(Input):
    cursor: Cursor | None = None
    limit: Limit = 50


class ParkedEvent(Output):
    event_id: str
    kind: str
    payload: dict[str, Any]  # ids and amounts
    waiting: list[str]  # the listeners that have not heard it
    last_error: str | None
    request_id: str  # of the call that told it
    created_at: datetime


class ParkedEvents(Output):
    items: list[ParkedEvent]
    next_cursor: str | None


@query("ops.list_parked_events", allow="staff", errors=(PlatformOnly,))
def list_parked_events(ctx: Ctx, ask: ListParkedEvents) -> ParkedEvents:
    """The oldest first. Raises PlatformOnly."""
    check_platform(ctx.seller_id)
    rows = flow.parked(ctx.tx, last_id(ask.cursor, ""), ask.limit)
    return ParkedEvents(items=[
        ParkedEvent(event_id=row.event_id, kind=row.kind, payload=row.payload, waiting=row.waiting or [],
                    last_error=row.last_error, request_id=row.request_id, created_at=row.created_at)
        for row in rows], next_cursor=next_cursor(rows, ask.limit, lambda last: last.event_id))
