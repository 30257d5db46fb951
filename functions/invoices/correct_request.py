"""Correct the title of an invoice (修改发票抬头) that one has asked for and that was not issued yet."""

from typing import Annotated

from mall.app import Ctx, Id, Input, Output, Title, Version, command, in_form, seen
from mall.domains.invoices import store
from mall.domains.invoices.rules import TitleKind, check_title, tax_no_of
from pydantic import Field


TaxNo = Annotated[str, Field(pattern=r"^[0-9A-Z]{15,20}$", max_length=20), in_form(tax_no_of)]


class CorrectRequest(Input):
    invoice_id: Id
    version: Version  # that was read
    title_kind: TitleKind = Field(strict=False)
    title: Title
    tax_no: TaxNo | None = None  # of a company


class RequestCorrected(Output):
    invoice_id: str
    version: int
    state: str


@command("invoices.correct_request", allow="member", repeat=seen("version"))
def correct_request(ctx: Ctx, cmd: CorrectRequest) -> RequestCorrected:
    """Spec E12. Who issues it meanwhile, with the title before, is told. Raises InvoiceNotFound, also for somebody
    else's, IllegalMove, InvoiceCorrected, BadTaxNo, TaxNoUncalledFor."""
    check_title(cmd.title_kind, cmd.tax_no)
    invoice = store.find_own(ctx.tx, cmd.invoice_id, ctx.me.member_id)
    version = store.correct(ctx.tx, invoice, ctx.seen(cmd.version), title_kind=cmd.title_kind.value, title=cmd.title,
                            tax_no=cmd.tax_no)
    return RequestCorrected(invoice_id=cmd.invoice_id, version=version, state=invoice.state)
