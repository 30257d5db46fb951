"""Take back the request for an invoice (取消发票申请) that was not issued yet."""

from mall.app import Ctx, Id, Input, Output, command, seen
from mall.domains.invoices import store


class CancelRequest(Input):
    invoice_id: Id


class RequestCancelled(Output):
    invoice_id: str
    state: str


@command("invoices.cancel_request", allow="member", repeat=seen("invoice_id"))
def cancel_request(ctx: Ctx, cmd: CancelRequest) -> RequestCancelled:
    """Spec E12. The order may be invoiced anew. Raises InvoiceNotFound, also for somebody else's, IllegalMove once it
    was issued, InvoiceChanged."""
    invoice = store.find_own(ctx.tx, cmd.invoice_id, ctx.me.member_id)
    return RequestCancelled(invoice_id=cmd.invoice_id, state=store.cancel(ctx.tx, invoice, ctx.now))
