"""WeChat's bills as text, read into rows (protocol: 下载账单). Pure: text in, values out.

A value begins with a backtick and nothing is quoted, so a product's name may hold commas: a line is cut at `,` followed
by a backtick. What does not fit its own summary is refused as a whole: half a bill is worse than none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from mall.domains.reconciliation.rules import BillKind
from mall.kit.zone import SHANGHAI
from mall.kit.errors import Unavailable

MOST_ROWS = 200_000
FUND_ENTRIES = {"交易": "INCOME", "扣除交易手续费": "FEE", "退款": "REFUND", "退还交易手续费": "FEE_BACK",
                "退款退回": "REFUND_BACK"}
_AMOUNT = re.compile(r"(-?)([0-9]{1,11})(?:\.([0-9]{1,5}))?")
_NUMBER = re.compile(r"[\x21-\x7e]{1,64}")


class BillUnreadable(Unavailable):
    """The file is none of WeChat's bills, or its rows do not add up to its own summary."""

    code, message = "BILL_UNREADABLE", "账单内容无法识别，请稍后重新拉取"


@dataclass(frozen=True)
class BillRow:
    entry: str
    number: str
    wechat_no: str
    state: str
    amount_fen: int
    fee_fen: int
    booked_at: datetime


@dataclass(frozen=True)
class Bill:
    rows: list[BillRow]
    totals: dict[str, int]


EMPTY = {BillKind.TRADE: {"payments": 0, "payments_fen": 0, "refunds": 0, "refunds_fen": 0, "fee_fen": 0},
         BillKind.FUND: {"rows": 0, "in_fen": 0, "out_fen": 0}}


def read_bill(kind: BillKind, text: str) -> Bill:
    """Raises BillUnreadable."""
    try:
        rows, summary = _tables(text)
        return _read_trades(rows, summary) if kind is BillKind.TRADE else _read_funds(rows, summary)
    except (ValueError, KeyError):
        pass
    raise BillUnreadable()


def _read_trades(rows: list[dict[str, str]], summary: dict[str, str]) -> Bill:
    read = [_trade(row) for row in rows]
    paid, back = ([row for row in read if row.entry == entry] for entry in ("PAYMENT", "REFUND"))
    totals = {"payments": len(paid), "payments_fen": sum(row.amount_fen for row in paid), "refunds": len(back),
              "refunds_fen": sum(row.amount_fen for row in back), "fee_fen": sum(row.fee_fen for row in read)}
    _same(_fen(summary["总交易单数"]) // 100, len(read))
    _same(_fen(summary["订单总金额"]), totals["payments_fen"])
    _same(_fen(summary["申请退款总金额"]), totals["refunds_fen"])
    return Bill(read, totals)


def _trade(row: dict[str, str]) -> BillRow:
    is_refund = row["交易状态"] == "REFUND"
    return BillRow(
        entry="REFUND" if is_refund else "PAYMENT",
        number=_number(row["商户退款单号"] if is_refund else row["商户订单号"]),
        wechat_no=_number(row["微信退款单号"] if is_refund else row["微信订单号"]),
        state=_number(row["退款状态"] if is_refund else row["交易状态"])[:16],
        amount_fen=_fen(row["申请退款金额"] if is_refund else row["订单金额"]),
        fee_fen=_fen(row["手续费"]), booked_at=_time(row["交易时间"]))


def _read_funds(rows: list[dict[str, str]], summary: dict[str, str]) -> Bill:
    read = [_fund(row) for row in rows]
    totals = {"rows": len(read), "in_fen": sum(row.amount_fen for row in read if row.amount_fen > 0),
              "out_fen": -sum(row.amount_fen for row in read if row.amount_fen < 0)}
    _same(_fen(summary["资金流水总笔数"]) // 100, len(read))
    _same(_fen(summary["收入金额"]), totals["in_fen"])
    _same(_fen(summary["支出金额"]), totals["out_fen"])
    return Bill(read, totals)


def _fund(row: dict[str, str]) -> BillRow:
    sign, entry = {"收入": 1, "支出": -1}[row["收支类型"]], FUND_ENTRIES.get(row["业务类型"], "OTHER")
    return BillRow(
        entry=entry, number=row["业务凭证号"][:64] if entry == "OTHER" else _number(row["业务凭证号"]),
        wechat_no=row["微信支付业务单号"][:64], state="", amount_fen=sign * _fen(row["收支金额(元)"]), fee_fen=0,
        booked_at=_time(row["记账时间"]))


def _tables(text: str) -> tuple[list[dict[str, str]], dict[str, str]]:
    """The rows by column name, and the summary's one line."""
    lines = re.split(r"\r?\n", text.lstrip("\ufeff").strip())  # a name may hold what Unicode calls a line's end
    if not 3 <= len(lines) <= MOST_ROWS + 3 or lines[-2].startswith("`"):
        raise ValueError("not a bill")
    header, summary_header = lines[0].split(","), lines[-2].split(",")
    rows = [dict(zip(header, _cells(line), strict=True)) for line in lines[1:-2]]
    return rows, dict(zip(summary_header, _cells(lines[-1]), strict=True))


def _cells(line: str) -> list[str]:
    if not line.startswith("`"):
        raise ValueError("not a line of a bill")
    return [cell.strip() for cell in line[1:].split(",`")]


def _fen(yuan: str) -> int:
    """Yuan with two decimals; a fee may carry five, which are rounded half up."""
    found = _AMOUNT.fullmatch(yuan)
    if not found:
        raise ValueError("not an amount")
    sign, whole, part = found[1], int(found[2]), (found[3] or "").ljust(5, "0")
    amount_fen = whole * 100 + (int(part) + 500) // 1000
    return -amount_fen if sign else amount_fen


def _number(text: str) -> str:
    if not _NUMBER.fullmatch(text):
        raise ValueError("not a number")
    return text


def _time(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=SHANGHAI)


def _same(told: int, counted: int) -> None:
    if told != counted:
        raise ValueError("the rows do not add up to the summary")
