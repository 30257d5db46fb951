"""Issue no invoice for a request (拒绝开票) and say why: its buyer reads it, and may ask anew."""

from mall.app import Ctx, Id, Input, Note, Output, command, seen
from mall.domains.invoices import store


class RefuseRequest(Input):
    invoice_id: Id
    reason: Note


class RequestRefused(Output):
    invoice_id: str
    state: str


@command("invoices.refuse_request", allow="staff", repeat=seen("invoice_id"))
def refuse_request(ctx: Ctx, cmd: RefuseRequest) -> RequestRefused:
    """Spec E12. Raises InvoiceNotFound, IllegalMove once it was issued, InvoiceChanged."""
    invoice = store.find(ctx.tx, cmd.invoice_id, ctx.seller_id)
    return RequestRefused(invoice_id=cmd.invoice_id, state=store.end(ctx.tx, invoice, "refuse", cmd.reason, ctx.now))
