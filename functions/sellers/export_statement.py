"""The seller's settlement statement (商家结算单) as an Excel file."""

from mall.app import Ctx, Day, Input, Output, harmless, remote
from mall.flows.money import seller_statement as flow


class ExportStatement(Input):
    from_day: Day  # of Shanghai
    until_day: Day  # included


class StatementExported(Output):
    orders: int
    to_pay_fen: int
    url: str  # lasts ten minutes


@remote("sellers.export_statement", allow="staff", repeat=harmless("one more file of the same"),
        uses=["storage", "spreadsheets"], libraries=("office",), timeout_s=60, memory_mb=512)
def export_statement(ctx: Ctx, cmd: ExportStatement) -> StatementExported:
    """Spec E13. As `sellers.show_statement`, whole. Numbers and amounts only. Raises BadPeriod, StatementTooLarge."""
    exported, totals = flow.export(ctx, cmd.from_day, cmd.until_day)
    return StatementExported(orders=exported.rows, to_pay_fen=totals.to_pay_fen, url=exported.url)
