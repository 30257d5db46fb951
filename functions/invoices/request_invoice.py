"""Ask for the invoice (申请发票) of one's own order, for what was paid and not refunded."""

from typing import Annotated

from mall.app import Ctx, Id, Input, Output, Title, command, in_form, seen
from mall.domains.invoices import store
from mall.domains.invoices.rules import TitleKind, amount_of, check_title, tax_no_of
from mall.domains.orders.rules import OrderNotFound
from pydantic import Field


TaxNo = Annotated[str, Field(pattern=r"^[0-9A-Z]{15,20}$", max_length=20), in_form(tax_no_of)]


class RequestInvoice(Input):
    order_no: Id
    title_kind: TitleKind = Field(strict=False)
    title: Title
    tax_no: TaxNo | None = None  # of a company


class InvoiceRequested(Output):
    invoice_id: str
    amount_fen: int
    state: str


@command("invoices.request_invoice", allow="member", repeat=seen("order_no"))
def request_invoice(ctx: Ctx, cmd: RequestInvoice) -> InvoiceRequested:
    """Spec E12. Raises OrderNotFound, BadTaxNo, TaxNoUncalledFor, NotInvoiceable before the goods are sent,
    NothingToInvoice, InvoiceExists, TooManyInvoiceRequests."""
    check_title(cmd.title_kind, cmd.tax_no)
    order = store.lock_order(ctx.tx, cmd.order_no, ctx.me.member_id)
    if order is None:
        raise OrderNotFound(field="order_no")
    invoice_id, amount_fen = ctx.new_id("inv"), amount_of(order)
    store.request(ctx.tx, {
        "invoice_id": invoice_id, "seller_id": order.seller_id, "member_id": ctx.me.member_id,
        "order_no": order.order_no, "title_kind": cmd.title_kind.value, "title": cmd.title, "tax_no": cmd.tax_no,
        "amount_fen": amount_fen, "requested_at": ctx.now, "changed_at": ctx.now})
    return InvoiceRequested(invoice_id=invoice_id, amount_fen=amount_fen, state=store.FLOW_START)
