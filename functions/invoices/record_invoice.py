"""Record an invoice that was issued (登记发票): its number, its day, where its file is."""


from mall.app import Ctx, Happened, Id, Input, Output, PositiveFen, Serial, Url, Version, command, seen
from mall.domains.invoices import store
from mall.domains.invoices.rules import FLOW, AmountChanged, check_issued_on
from mall.domains.uploads import store as uploads
from mall.domains.uploads.rules import Purpose
from mall.kit.errors import BadInput
from pydantic import Field


class RecordInvoice(Input):
    invoice_id: Id
    number: Serial = Field(max_length=32)
    issued_on: Happened
    amount_fen: PositiveFen  # as printed
    version: Version = 1  # of the request, as it was printed
    file_url: Url | None = None  # where it is kept elsewhere
    file_upload_id: Id | None = None  # or of a checked PAPER of the shop's own: its buyer reads it by a link


class InvoiceRecorded(Output):
    invoice_id: str
    state: str


@command("invoices.record_invoice", allow="staff", repeat=seen("number"))
def record_invoice(ctx: Ctx, cmd: RecordInvoice) -> InvoiceRecorded:
    """Spec E12. Raises InvoiceNotFound, IllegalMove, AmountChanged when it was printed for another amount than is to be
    invoiced by now, InvoiceCorrected when its buyer corrected what was printed, InvoiceChanged, NumberTaken,
    IssuedLater, NotChecked, BadInput for two files."""
    check_issued_on(cmd.issued_on, ctx.now)
    if cmd.file_upload_id is not None and cmd.file_url is not None:
        raise BadInput("发票文件请上传或填写网址，二者选一", field="file_url")
    uploads.use_private(ctx.tx, {cmd.file_upload_id: "file_upload_id"}, Purpose.PAPER, ctx.now, seller_id=ctx.seller_id)
    invoice = store.find(ctx.tx, cmd.invoice_id, ctx.seller_id)
    FLOW.check("issue", invoice.state)
    if cmd.amount_fen != invoice.amount_fen:
        raise AmountChanged(field="amount_fen", amount_fen=invoice.amount_fen)
    store.issue(ctx.tx, invoice, ctx.seen(cmd.version), number=cmd.number, issued_on=cmd.issued_on.isoformat(),
                file_url=cmd.file_url, file_upload_id=cmd.file_upload_id, now=ctx.now)
    return InvoiceRecorded(invoice_id=invoice.invoice_id, state=FLOW.target("issue"))
