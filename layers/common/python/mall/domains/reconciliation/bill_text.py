"""WeChat's bills as text, read row by row (protocol: 下载账单). Pure: lines in, values out; none is held.

A value begins with a backtick and nothing is quoted, so a product's name may hold commas: a line is cut at `,` followed
by a backtick. What does not fit its own summary is refused as a whole: half a bill is worse than none.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from mall.domains.reconciliation.rules import BillKind
from mall.kit.zone import SHANGHAI
from mall.kit.errors import Unavailable

MOST_ROWS = 1_000_000
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
    appid: str | None = None  # 公众账号ID of a trade


@dataclass(frozen=True)
class Measured:
    """A bill that adds up to its own summary."""

    count: int
    totals: dict[str, int]


EMPTY = {BillKind.TRADE: {"payments": 0, "payments_fen": 0, "refunds": 0, "refunds_fen": 0, "fee_fen": 0},
         BillKind.FUND: {"rows": 0, "in_fen": 0, "out_fen": 0}}


def measure_bill(kind: BillKind, lines: Iterable[str]) -> Measured:
    """Read it to its end. Raises BillUnreadable."""
    totals, count = dict(EMPTY[kind]), 0
    try:
        cells = _tables(lines)
        while True:
            try:
                row = _READERS[kind](next(cells))
            except StopIteration as end:
                summary = end.value
                break
            _ADDERS[kind](totals, row)
            count += 1
        _CHECKS[kind](summary, totals, count)
        return Measured(count, totals)
    except (ValueError, KeyError):
        pass
    raise BillUnreadable()


def bill_rows(kind: BillKind, lines: Iterable[str]) -> Iterator[BillRow]:
    """The rows of a bill that was measured."""
    return map(_READERS[kind], _tables(lines))


def _add_trade(totals: dict[str, int], row: BillRow) -> None:
    what = "payments" if row.entry == "PAYMENT" else "refunds"
    totals[what] += 1
    totals[f"{what}_fen"] += row.amount_fen
    totals["fee_fen"] += row.fee_fen


def _check_trades(summary: dict[str, str], totals: dict[str, int], count: int) -> None:
    _same(_fen(summary["总交易单数"]) // 100, count)
    _same(_fen(summary["订单总金额"]), totals["payments_fen"])
    _same(_fen(summary["申请退款总金额"]), totals["refunds_fen"])


def _trade(row: dict[str, str]) -> BillRow:
    is_refund = row["交易状态"] == "REFUND"
    return BillRow(
        entry="REFUND" if is_refund else "PAYMENT",
        number=_number(row["商户退款单号"] if is_refund else row["商户订单号"]),
        wechat_no=_number(row["微信退款单号"] if is_refund else row["微信订单号"]),
        state=_number(row["退款状态"] if is_refund else row["交易状态"])[:16],
        amount_fen=_fen(row["申请退款金额"] if is_refund else row["订单金额"]),
        fee_fen=_fen(row["手续费"]), booked_at=_time(row["交易时间"]), appid=row["公众账号ID"][:64] or None)


def _add_fund(totals: dict[str, int], row: BillRow) -> None:
    totals["rows"] += 1
    totals["in_fen" if row.amount_fen > 0 else "out_fen"] += abs(row.amount_fen)


def _check_funds(summary: dict[str, str], totals: dict[str, int], count: int) -> None:
    _same(_fen(summary["资金流水总笔数"]) // 100, count)
    _same(_fen(summary["收入金额"]), totals["in_fen"])
    _same(_fen(summary["支出金额"]), totals["out_fen"])


def _fund(row: dict[str, str]) -> BillRow:
    sign, entry = {"收入": 1, "支出": -1}[row["收支类型"]], FUND_ENTRIES.get(row["业务类型"], "OTHER")
    return BillRow(
        entry=entry, number=row["业务凭证号"][:64] if entry == "OTHER" else _number(row["业务凭证号"]),
        wechat_no=row["微信支付业务单号"][:64], state="", amount_fen=sign * _fen(row["收支金额(元)"]), fee_fen=0,
        booked_at=_time(row["记账时间"]))


def _tables(lines: Iterable[str]) -> Generator[dict[str, str], None, dict[str, str]]:
    """The rows by column name; returns the summary's one line."""
    told = (line for line in lines if line)
    header = next(told, "").lstrip("\ufeff").strip().split(",")
    count, summary_header = 0, None
    for line in told:
        if not line.startswith("`"):
            summary_header = line.split(",")
            break
        count += 1
        if count > MOST_ROWS:
            raise ValueError("a bill above its limit")
        yield dict(zip(header, _cells(line), strict=True))
    last = [line for _, line in zip(range(2), told)]  # noqa: B905  the summary, and what must not follow it
    if summary_header is None or len(last) != 1:
        raise ValueError("not a bill")
    return dict(zip(summary_header, _cells(last[0]), strict=True))


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


_READERS = {BillKind.TRADE: _trade, BillKind.FUND: _fund}
_ADDERS = {BillKind.TRADE: _add_trade, BillKind.FUND: _add_fund}
_CHECKS = {BillKind.TRADE: _check_trades, BillKind.FUND: _check_funds}
