"""The bills of a day from WeChat's books, as WeChat writes them: only columns that somebody reads."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from infra.local.simulators.wechat_pay.bills import FUND_KINDS, FUND_SUMMARY, TRADE_SUMMARY
from infra.local.simulators.wechat_pay.platform import fee_fen
from mall.kit import clock

TRADE_COLUMNS = ("交易时间,公众账号ID,微信订单号,商户订单号,交易状态,微信退款单号,商户退款单号,退款状态,手续费,"
                 "订单金额,申请退款金额")
FUND_COLUMNS = "记账时间,微信支付业务单号,业务类型,收支类型,收支金额(元),业务凭证号"


def trade(books: Any, day: date) -> str | None:
    """None when nothing was traded."""
    paid, back = _of_day(books, day)
    apps = {each["payment_no"]: each["appid"] for each in books.every("payment")}
    rows = [[_time(each["paid_at"]), each["appid"], each["transaction_id"], each["payment_no"], "SUCCESS", "0", "0", "",
             _yuan(fee_fen(each["amount_fen"])), _yuan(each["amount_fen"]), "0.00"] for each in paid]
    rows += [[_time(each["asked_at"]), apps[each["payment_no"]], "42", each["payment_no"], "REFUND", each["refund_id"],
              each["refund_no"], each["state"], _yuan(-fee_fen(each["amount_fen"])), "0.00", _yuan(each["amount_fen"])]
             for each in back]
    taken, returned = (sum(each["amount_fen"] for each in found) for found in (paid, back))
    return _text(TRADE_COLUMNS, rows, TRADE_SUMMARY, [
        str(len(rows)), _yuan(taken), _yuan(returned), "0.00", "0.00", _yuan(taken), _yuan(returned)])


def fund_flow(books: Any, day: date) -> str | None:
    """None when no money moved."""
    paid, back = _of_day(books, day)
    flows = [(each["paid_at"], each["transaction_id"], kind, fen, each["payment_no"]) for each in paid
             for kind, fen in (("income", each["amount_fen"]), ("fee", -fee_fen(each["amount_fen"])))]
    flows += [(each["asked_at"], each["refund_id"], kind, fen, each["refund_no"]) for each in back
              for kind, fen in (("refund", -each["amount_fen"]), ("fee_return", fee_fen(each["amount_fen"])))]
    rows = [[_time(at), number, FUND_KINDS[kind], "收入" if fen > 0 else "支出", _yuan(abs(fen)), ours]
            for at, number, kind, fen, ours in flows]
    come, gone = [fen for _, _, _, fen, _ in flows if fen > 0], [-fen for _, _, _, fen, _ in flows if fen < 0]
    return _text(FUND_COLUMNS, rows, FUND_SUMMARY, [
        str(len(rows)), str(len(come)), _yuan(sum(come)), str(len(gone)), _yuan(sum(gone))])


def _of_day(books: Any, day: date) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What was paid on this day of Shanghai, and what was asked back."""

    def then(moment: str | None) -> bool:
        return bool(moment) and datetime.fromisoformat(moment).astimezone(clock.SHANGHAI).date() == day

    return ([each for each in books.every("payment") if then(each["paid_at"])],
            [each for each in books.every("refund") if then(each["asked_at"])])


def _text(columns: str, rows: list[list[str]], summary_columns: str, summary: list[str]) -> str | None:
    lines = [",".join(f"`{value}" for value in row) for row in (*rows, summary)]
    return "\r\n".join([columns, *lines[:-1], summary_columns, lines[-1]]) if rows else None


def _time(moment: str) -> str:
    return datetime.fromisoformat(moment).astimezone(clock.SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


def _yuan(fen: int) -> str:
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"
