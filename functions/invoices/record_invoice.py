"""Record an invoice that was issued (登记发票): its number, its day, where its file is."""


from mall.app import Ctx, Happened, Id, Input, Output, PositiveFen, Serial, Url, Version, command, seen
from mall.domains.invoices import store
from mall.domains.invoices.rules import FLOW, AmountChanged, check_issued_on
from pydantic import Field


class RecordInvoice(Input):
    invoice_id: Id
    number: Serial = Field(max_length=32)
    issued_on: Happened
    amount_fen: PositiveFen  # as printed
    version: Version = 1  # of the request, as it was printed
    file_url: Url | None = None


class InvoiceRecorded(Output):
    invoice_id: str
    state: str


@command("invoices.record_invoice", allow="staff", repeat=seen("number"))
def record_invoice(ctx: Ctx, cmd: RecordInvoice) -> InvoiceRecorded:
    """Spec E12. Raises InvoiceNotFound, IllegalMove, AmountChanged when it was printed for another amount than is to be
    invoiced by now, InvoiceCorrected when its buyer corrected what was printed, InvoiceChanged, NumberTaken,
    IssuedLater."""
    check_issued_on(cmd.issued_on, ctx.now)
    invoice = store.find(ctx.tx, cmd.invoice_id, ctx.seller_id)
    FLOW.check("issue", invoice.state)
    if cmd.amount_fen != invoice.amount_fen:
        raise AmountChanged(field="amount_fen", amount_fen=invoice.amount_fen)
    store.issue(ctx.tx, invoice, ctx.seen(cmd.version), number=cmd.number, issued_on=cmd.issued_on.isoformat(),
                file_url=cmd.file_url, now=ctx.now)
    return InvoiceRecorded(invoice_id=invoice.invoice_id, state=FLOW.target("issue"))
