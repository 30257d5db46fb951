"""Record a red-letter invoice (登记红字发票) that takes back what was refunded."""


from mall.app import KEY, Ctx, Happened, Id, Input, Output, PositiveFen, Serial, command
from mall.domains.invoices import store
from mall.domains.invoices.rules import FLOW, check_issued_on, redden
from mall.flows.money import redden_invoice
from pydantic import Field


class RecordRedLetter(Input):
    invoice_id: Id
    number: Serial = Field(max_length=32)
    issued_on: Happened
    amount_fen: PositiveFen  # as printed, without its sign


class RedLetterRecorded(Output):
    invoice_id: str
    state: str  # RED in full, ISSUED while a part of the invoice stays


@command("invoices.record_red_letter", allow="staff", repeat=KEY)
def record_red_letter(ctx: Ctx, cmd: RecordRedLetter) -> RedLetterRecorded:
    """Spec E12. Raises InvoiceNotFound, IllegalMove, AmountChanged, InvoiceChanged when more became due meanwhile,
    IssuedLater, IssuedEarlier."""
    invoice = store.find(ctx.tx, cmd.invoice_id, ctx.seller_id)
    check_issued_on(cmd.issued_on, ctx.now, after=invoice.issued_on)
    move = redden(invoice, cmd.amount_fen)
    letter = {"number": cmd.number, "issued_on": cmd.issued_on.isoformat(), "amount_fen": cmd.amount_fen}
    store.keep_red_letter(ctx.tx, invoice, move, letter, ctx.now)
    redden_invoice.settle_case(ctx.tx, invoice, f"已登记红字发票 {cmd.number}", ctx.now)
    return RedLetterRecorded(invoice_id=invoice.invoice_id, state=FLOW.target(move))
