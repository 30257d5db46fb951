"""Issue no invoice for a request (拒绝开票) and say why: its buyer reads it, and may ask anew."""

from mall.app import Ctx, Id, Input, Note, Output, Version, command, seen
from mall.domains.invoices import store


class RefuseRequest(Input):
    invoice_id: Id
    reason: Note
    version: Version = 1  # of the request, as it was read


class RequestRefused(Output):
    invoice_id: str
    state: str


@command("invoices.refuse_request", allow="staff", repeat=seen("invoice_id"))
def refuse_request(ctx: Ctx, cmd: RefuseRequest) -> RequestRefused:
    """Spec E12. Raises InvoiceNotFound, IllegalMove once it was issued, InvoiceCorrected when its buyer corrected what
    was read, InvoiceChanged."""
    invoice = store.find(ctx.tx, cmd.invoice_id, ctx.seller_id)
    return RequestRefused(invoice_id=cmd.invoice_id, state=store.refuse(
        ctx.tx, invoice, ctx.seen(cmd.version), cmd.reason))
