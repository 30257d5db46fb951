"""The seller's refunds (退款列表) by state, the newest first; a failed one with its next step."""

from datetime import datetime
from typing import Literal

from mall.app import Ctx, Cursor, Input, Limit, Output, query
from mall.domains.refunds import store as refunds
from mall.kit.page import last_id, next_cursor


class ListRefunds(Input):
    state: Literal["DUE", "SENT", "DONE", "FAILED"] | None = None
    cursor: Cursor | None = None
    limit: Limit = 20


class RefundRow(Output):
    refund_no: str
    wechat_refund_no: str  # under which the merchant platform shows the present try
    payment_no: str | None  # None: of an order that was paid by stored value alone
    order_no: str | None  # None: money that had nothing to pay for
    state: str
    cause: str
    kind: str  # GOODS PRICE_DIFFERENCE FREIGHT COMPENSATION
    reason: str
    amount_fen: int  # by WeChat
    balance_fen: int  # into the buyer's stored value, at once
    problem: str | None
    next_step: str | None  # what staff should do about a failed one
    settled_how: str | None  # WECHAT_PLATFORM or BANK_TRANSFER: staff gave it back by hand
    settled_number: str | None  # under which, the platform's or the bank's
    attempts: int
    created_at: datetime
    finished_at: datetime | None


class RefundPage(Output):
    items: list[RefundRow]
    next_cursor: str | None


@query("refunds.list_refunds", allow="staff")
def list_refunds(ctx: Ctx, ask: ListRefunds) -> RefundPage:
    """Spec E6."""
    found = refunds.page(ctx.tx, ctx.seller_id, ask.state, last_id(ask.cursor), ask.limit)
    items = [RefundRow.model_validate(row, from_attributes=True) for row in found]
    return RefundPage(items=items, next_cursor=next_cursor(found, ask.limit, lambda last: last.refund_no))
