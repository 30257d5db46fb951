"""The accountant's statement (财务对账表) as an Excel file: payments, refunds, fees and invoices of a period."""


from mall.app import Ctx, Day, Input, Output, harmless, remote
from mall.flows.money import export_statement as flow


class ExportStatement(Input):
    from_day: Day  # of Shanghai
    until_day: Day  # included


class StatementExported(Output):
    rows: int
    url: str  # lasts ten minutes


@remote("invoices.export_statement", allow="staff", repeat=harmless("one more file of the same"),
        uses=["storage", "spreadsheets"], libraries=("office",),
        timeout_s=60, memory_mb=512)
def export_statement(ctx: Ctx, cmd: ExportStatement) -> StatementExported:
    """Spec E12. Numbers and amounts only, no buyer's data. Raises BadPeriod, StatementTooLarge."""
    exported = flow.export(ctx, cmd.from_day, cmd.until_day)
    return StatementExported(rows=exported.rows, url=exported.url)
