"""List the events that their listeners kept refusing (暂停的事件), to be replayed once the cause is gone."""

from datetime import datetime
from typing import Any

from mall.app import Ctx, Cursor, Input, Limit, Output, query
from mall.flows.ops import relay as flow
from mall.kit.page import last_id, next_cursor
from mall.kit.scope import PlatformOnly, check_platform


class ListParkedEvents(Input):
    cursor: Cursor | None = None
    limit: Limit = 50


class ParkedDelivery(Output):
    listener: str
    attempts: int
    last_error: str | None


class ParkedEvent(Output):
    event_id: str
    kind: str
    payload: dict[str, Any]  # ids and amounts
    waiting: list[str]  # the listeners that are parked
    last_error: str | None  # of the first of them
    deliveries: list[ParkedDelivery]
    request_id: str  # of the call that told it
    created_at: datetime


class ParkedEvents(Output):
    items: list[ParkedEvent]
    next_cursor: str | None


@query("ops.list_parked_events", allow="staff", errors=(PlatformOnly,))
def list_parked_events(ctx: Ctx, ask: ListParkedEvents) -> ParkedEvents:
    """Spec L6. The oldest first. Raises PlatformOnly."""
    check_platform(ctx.seller_id)
    found = flow.parked(ctx.tx, last_id(ask.cursor, ""), ask.limit)
    return ParkedEvents(items=[_item(parked) for parked in found],
                        next_cursor=next_cursor(found, ask.limit, lambda last: last.event.event_id))


def _item(parked: flow.ParkedEvent) -> ParkedEvent:
    event, rows = parked.event, parked.deliveries
    return ParkedEvent(
        event_id=event.event_id, kind=event.kind, payload=event.payload, waiting=[row.listener for row in rows],
        last_error=rows[0].last_error, request_id=event.request_id, created_at=event.created_at,
        deliveries=[ParkedDelivery(listener=row.listener, attempts=row.attempts, last_error=row.last_error)
                    for row in rows])
