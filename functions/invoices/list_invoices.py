"""The seller's invoices (发票管理) by state: what is to be issued, what is to be reddened."""

from datetime import datetime
from typing import Literal

from mall.app import Ctx, Cursor, Input, Limit, Output, query
from mall.domains.invoices import store
from mall.flows.goods.private_uploads import linked
from mall.kit.page import last_id, next_cursor


class ListInvoices(Input):
    state: Literal["REQUESTED", "ISSUED", "RED_DUE", "RED", "CANCELLED", "REFUSED"] | None = None
    cursor: Cursor | None = None
    limit: Limit = 20


class RedLetter(Output):
    number: str
    issued_on: str
    amount_fen: int


class InvoiceRow(Output):
    invoice_id: str
    order_no: str
    state: str
    version: int
    refusal: str | None  # why the shop issues none
    title_kind: str
    title: str  # in full: the accountant types it into the tax bureau's system
    tax_no: str | None
    amount_fen: int
    red_due_fen: int  # to be reddened now
    reddened_fen: int
    number: str | None
    issued_on: str | None
    file_url: str | None  # a file of the shop's own opens for ten minutes
    red_letters: list[RedLetter]
    requested_at: datetime
    issued_at: datetime | None


class InvoicePage(Output):
    items: list[InvoiceRow]
    next_cursor: str | None


@query("invoices.list_invoices", allow="staff", uses=["storage"])
def list_invoices(ctx: Ctx, ask: ListInvoices) -> InvoicePage:
    """Spec E12."""
    found = store.page(ctx.tx, ctx.seller_id, ask.state, last_id(ask.cursor), ask.limit)
    items = [InvoiceRow.model_validate(row, from_attributes=True) for row in linked(ctx, found)]
    return InvoicePage(items=items, next_cursor=next_cursor(found, ask.limit, lambda last: last.invoice_id))
