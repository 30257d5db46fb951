"""The buyer's own invoices (我的发票), the newest first."""

from datetime import datetime

from mall.app import Ctx, Cursor, Input, Limit, Output, query
from mall.domains.invoices import store
from mall.flows.goods.private_uploads import linked
from mall.kit.page import last_id, next_cursor


class ListMyInvoices(Input):
    cursor: Cursor | None = None
    limit: Limit = 20


class MyInvoice(Output):
    invoice_id: str
    order_no: str
    state: str  # REQUESTED ISSUED RED_DUE RED CANCELLED REFUSED
    version: int
    refusal: str | None  # why the shop issues none
    title_kind: str
    title: str
    tax_no: str | None
    amount_fen: int
    number: str | None
    issued_on: str | None
    file_url: str | None  # a file of the shop's own opens for ten minutes
    requested_at: datetime


class MyInvoices(Output):
    items: list[MyInvoice]
    next_cursor: str | None


@query("invoices.list_my_invoices", allow="member", uses=["storage"])
def list_my_invoices(ctx: Ctx, ask: ListMyInvoices) -> MyInvoices:
    """Spec E12."""
    found = store.page_of_member(ctx.tx, ctx.me.member_id, last_id(ask.cursor), ask.limit)
    items = [MyInvoice.model_validate(row, from_attributes=True) for row in linked(ctx, found)]
    return MyInvoices(items=items, next_cursor=next_cursor(found, ask.limit, lambda last: last.invoice_id))
