"""The accountant's statement (财务对账表) as a spreadsheet: payments, refunds, their fees, and invoices of a period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from mall.domains.invoices import store as invoices
from mall.kit.clock import SHANGHAI
from mall.kit.errors import BadInput, RuleBroken
from mall.kit.money import split, yuan

MOST_ROWS = 10_000
MOST_DAYS = 92
LINK_LASTS_S = 600
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COLUMNS = ("时间", "类别", "订单号", "商户单号", "微信单号", "收入(元)", "支出(元)", "手续费(元)",
           "发票号码", "发票金额(元)", "状态")


class StatementTooLarge(RuleBroken):
    code, message = "STATEMENT_TOO_LARGE", f"所选期间超过 {MOST_ROWS} 行，请缩小时间范围后重试"


class BadPeriod(BadInput):
    code, message = "BAD_PERIOD", f"结束日期不能早于开始日期，且最多 {MOST_DAYS} 天"


@dataclass(frozen=True)
class Exported:
    rows: int
    url: str


def export(ctx: Any, from_day: date, until_day: date) -> Exported:
    """Both days are included, of Shanghai. Raises BadPeriod, StatementTooLarge, Unavailable."""
    since, until = days(from_day, until_day)
    found = ctx.read(invoices.statement, ctx.seller_id, since=since, until=until,
                     first_day=from_day.isoformat(), last_day=until_day.isoformat(), most=MOST_ROWS + 1)
    rows = sorted(_rows(*found, from_day.isoformat(), until_day.isoformat()), key=lambda row: row[0])
    if max(len(rows), *map(len, found)) > MOST_ROWS:
        raise StatementTooLarge()
    content = ctx.world.spreadsheets.write("对账", list(COLUMNS), rows)
    key = f"exports/{ctx.seller_id}/{ctx.new_id('exp')}.xlsx"
    ctx.world.storage.put(key, content, XLSX)
    return Exported(len(rows), ctx.world.storage.sign_get(key, LINK_LASTS_S))


def days(from_day: date, until_day: date) -> tuple[datetime, datetime]:
    """From the one day's beginning until the other's end, of Shanghai. Raises BadPeriod."""
    if not 0 <= (until_day - from_day).days < MOST_DAYS:
        raise BadPeriod(field="until_day")
    return _start(from_day), _start(until_day + timedelta(days=1))


def _rows(received: list, back: list, issued: list, first_day: str, last_day: str) -> list[tuple]:
    rows = [(_time(row.at), "收款", row.order_no, row.number, row.wechat_no or "", _yuan(row.amount_fen), Decimal(0),
             _yuan(_share_of_fee(row)), "", Decimal(0), _fee_state(row)) for row in received]
    rows += [(_time(row.at), "退款", row.order_no or "", row.number, row.wechat_no or "", Decimal(0),
              _yuan(row.amount_fen), _yuan(row.fee_fen or 0), "", Decimal(0), _fee_state(row))
             for row in back]
    for invoice in issued:
        papers = [("发票", invoice.number, invoice.issued_on, invoice.amount_fen)]
        papers += [("红字发票", each["number"], each["issued_on"], -each["amount_fen"]) for each in invoice.red_letters]
        rows += [(day, kind, invoice.order_no, "", "", Decimal(0), Decimal(0), Decimal(0), number, _yuan(amount_fen),
                  invoice.state) for kind, number, day, amount_fen in papers if first_day <= day <= last_day]
    return rows


def _share_of_fee(row: Any) -> int:
    """A payment may have paid several orders: each bears its part of the one fee."""
    others_fen = row.whole_fen - row.amount_fen
    return split(int(row.fee_fen or 0), [row.amount_fen, others_fen])[0] if others_fen else int(row.fee_fen or 0)


def _fee_state(row: Any) -> str:
    return "" if row.fee_fen is not None else "手续费待账单"


def _start(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)


def _time(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


def _yuan(amount_fen: int | Decimal) -> Decimal:
    """A sum is a Decimal on MariaDB."""
    return Decimal(yuan(int(amount_fen)))
