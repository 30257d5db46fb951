"""What buyers ask back (退款申请列表), by state, the newest first."""

from datetime import datetime
from typing import Literal

from mall.app import Ctx, Cursor, Input, Limit, Output, query
from mall.domains.refunds import request_store as requests
from mall.domains.refunds.requests import RequestView, view
from mall.flows.goods.private_uploads import PrivateFile, links
from mall.kit.page import last_id, next_cursor


class ListRequests(Input):
    state: Literal["OPEN", "ACCEPTED", "REFUSED", "WITHDRAWN", "OVERTAKEN"] | None = None
    cursor: Cursor | None = None
    limit: Limit = 20


class WantedLine(Output):
    line_id: str
    quantity: int


class RequestRow(Output):
    request: RequestView
    order_no: str
    order_state: str  # by now: hand it over as seen_state
    pay_fen: int
    refunded_fen: int  # so far: hand it over as seen_refunded_fen
    lines: list[WantedLine] | None  # None: an amount, or all that is left
    evidence: list[PrivateFile]  # what the buyer shows of it
    asked_at: datetime


class RequestPage(Output):
    items: list[RequestRow]
    next_cursor: str | None


@query("refunds.list_requests", allow="staff", uses=["storage"])
def list_requests(ctx: Ctx, ask: ListRequests) -> RequestPage:
    """Spec E6, docs/uploads.md: the links open for ten minutes."""
    found = requests.page(ctx.tx, ctx.seller_id, ask.state, last_id(ask.cursor), ask.limit)
    files = links(ctx, (each for row in found for each in row.evidence or ()))
    items = [RequestRow(request=view(row), order_no=row.order_no, order_state=row.order_state, pay_fen=row.pay_fen,
                        refunded_fen=row.refunded_fen, lines=_lines(row), asked_at=row.asked_at,
                        evidence=[files[each] for each in row.evidence or () if each in files]) for row in found]
    return RequestPage(items=items, next_cursor=next_cursor(found, ask.limit, lambda last: last.request_id))


def _lines(row):
    lines = row.wanted["lines"]
    return lines and [WantedLine(line_id=line_id, quantity=quantity) for line_id, quantity in lines]
