"""Bills (账单): what was traded and what the money did on one day of Shanghai, as the platform writes it.

UTF-8 CSV: a header, a line for each row, a summary's header and its line. Every value has a backtick before it and
nothing is quoted, so a comma inside a product's name stands there bare. Amounts are yuan with two decimals.
"""

from __future__ import annotations

import base64
import datetime as dt
import gzip
import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from infra.local.simulators.faults import Fault, FaultPlan
from infra.local.simulators.wechat_pay import orders
from infra.local.simulators.wechat_pay.books import Order, Refund
from infra.local.simulators.wechat_pay.platform import FEE_PER_THOUSAND, Platform, fee_fen
from infra.local.simulators.wechat_pay.signing import Refusal
from infra.local.simulators.wechat_pay.validation import CHINA

DAY_S = 86400
OLDEST_DAYS = 92  # three months
READY_AT_S = 10 * 3600  # of the next day
LINK_LASTS_S = 300
DOWNLOAD_PATH = "/v3/billdownload/file"
GZIP = "application/x-gzip"
OAEP = padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)
CREATING = Refusal(400, "STATEMENT_CREATING", "账单正在生成中，请在30分钟后重试")
NONE_THERE = Refusal(400, "NO_STATEMENT_EXIST", "请求的账单文件不存在")

_WHO = "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类"
_BACK = "微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态"
TRADE_HEADERS = {
    "ALL": f"{_WHO},应结订单金额,代金券金额,{_BACK},商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注",
    "SUCCESS": f"{_WHO},应结订单金额,代金券金额,商品名称,商户数据包,手续费,费率,订单金额,费率备注",
    "REFUND": f"{_WHO},应结订单金额,代金券金额,退款申请时间,退款成功时间,{_BACK},商品名称,商户数据包,手续费,费率,"
              "订单金额,申请退款金额,费率备注",
}
TRADE_SUMMARY = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
FUND_HEADER = ("记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),"
               "资金变更提交申请人,备注,业务凭证号")
FUND_SUMMARY = "资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额"
FUND_KINDS = {"income": "交易", "fee": "扣除交易手续费", "refund": "退款", "fee_return": "退还交易手续费",
              "refund_return": "退款退回", "sharing": "分账", "sharing_return": "分账回退", "withdraw": "提现"}
REFUND_STATES = {"PROCESSING": "PROCESSING", "SUCCESS": "SUCCESS", "CLOSED": "FAIL", "ABNORMAL": "CHANGE"}


@dataclass(frozen=True)
class Row:
    """One row before it is written: the merchant's number (for faults), the amounts that are summed, and the rest
    by column name."""

    number: str
    at: float
    total_fen: int = 0
    refund_fen: int = 0
    fee_fen: int = 0
    cells: Mapping[str, str] = field(default_factory=dict)


def trade_bill(platform: Platform, faults: FaultPlan, query: Mapping[str, str]) -> str:
    """The trade bill's text; where a service provider names a sub-merchant, of that one only. Raises Refusal:
    PARAM_ERROR, STATEMENT_CREATING, NO_STATEMENT_EXIST."""
    since, until = _day(platform, query)
    wanted = query.get("bill_type", "ALL")
    if wanted not in TRADE_HEADERS:
        raise _wrong("bill_type", "账单类型", wanted)
    _check_packing(query)
    rows = []
    if wanted != "REFUND":
        rows += [_payment_row(order) for order in platform.books.orders_paid_between(since, until)
                 if _is_asked(platform, order.out_trade_no, query)]
    if wanted != "SUCCESS":
        returned = platform.books.fees_by_refund()
        rows += [_refund_row(platform, refund, returned.get(refund.out_refund_no, 0))
                 for refund in platform.books.refunds_asked_between(since, until)
                 if _is_asked(platform, refund.out_trade_no, query)]
    rows.sort(key=lambda row: row.at)
    rows = _faulted(rows, faults, "bill.trade_row", _change_trade)
    extra = faults.take("bill.trade_extra", query["bill_date"])
    rows += [_stranger(platform, extra, since) for _ in range(extra.args["n"])] if extra else []
    if not rows:
        raise NONE_THERE
    return _text(TRADE_HEADERS[wanted], [_trade_cells(row) for row in rows], TRADE_SUMMARY, [
        str(len(rows)), _yuan(sum(row.total_fen for row in rows)), _yuan(sum(row.refund_fen for row in rows)), "0.00",
        _yuan(sum(row.fee_fen for row in rows)), _yuan(sum(row.total_fen for row in rows)),
        _yuan(sum(row.refund_fen for row in rows))])


def fund_bill(platform: Platform, faults: FaultPlan, query: Mapping[str, str]) -> str:
    """The fund flow bill's text, of the basic account: the caller's own, or the sub-merchant's that it names. What is
    left of the balance is that of the one account which this platform keeps. Raises Refusal as `trade_bill` does."""
    since, until = _day(platform, query)
    account = query.get("account_type", "BASIC")
    if account not in ("BASIC", "OPERATION", "FEES"):
        raise _wrong("account_type", "资金账户类型", account)
    _check_packing(query)
    flows = platform.books.funds_between(since, until) if account == "BASIC" else []
    flows = [flow for flow in flows if _whose(platform, flow["out_trade_no"]) == query.get("sub_mchid")]
    rows = _faulted([_fund_row(platform, flow) for flow in flows], faults, "bill.fund_row", _change_fund)
    if not rows:
        raise NONE_THERE
    come, gone = [r.total_fen for r in rows if r.total_fen > 0], [-r.total_fen for r in rows if r.total_fen < 0]
    return _text(FUND_HEADER, [_fund_cells(row) for row in rows], FUND_SUMMARY, [
        str(len(rows)), str(len(come)), _yuan(sum(come)), str(len(gone)), _yuan(sum(gone))])


class BillDesk:
    """Hands out links to bills and what is behind them, for five minutes each."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._kept: dict[str, tuple[float, bytes, str]] = {}

    def issue(self, text: str, tar_type: str | None, base_url: str) -> dict[str, Any]:
        """The answer to a bill call: the hash is over the text, whatever the packing; the link is below `base_url`."""
        plain = text.encode()
        token = secrets.token_urlsafe(24)
        now = self._platform.now()
        self._kept = {key: kept for key, kept in self._kept.items() if kept[0] > now}
        kept = (gzip.compress(plain), GZIP) if tar_type == "GZIP" else (plain, "text/plain; charset=utf-8")
        self._kept[token] = (now + LINK_LASTS_S, *kept)
        return {"hash_type": "SHA1", "hash_value": hashlib.sha1(plain).hexdigest(),
                "download_url": f"{base_url}{DOWNLOAD_PATH}?token={token}"}

    def issue_sealed(self, text: str, tar_type: str | None, base_url: str) -> dict[str, Any]:
        """The answer for a sub-merchant: parts, each sealed with a key that only the caller's papers open."""
        lines = text.splitlines(keepends=True)
        pieces = ["".join(lines[:1]), "".join(lines[1:])]  # the platform parts from 16 GB on: two, so that it is seen
        parts = []
        for sequence, piece in enumerate(pieces, 1):
            issued = self.issue(piece, tar_type, base_url)
            key, nonce = secrets.token_hex(16).encode(), secrets.token_hex(8)
            token = issued["download_url"].rpartition("token=")[2]
            ends, content, _ = self._kept[token]
            self._kept[token] = (ends, AESGCM(key).encrypt(nonce.encode(), content, b""), "application/octet-stream")
            sealed_key = self._platform.keys.merchant_public_key.encrypt(key, OAEP)
            parts.append({"bill_sequence": sequence, **issued, "nonce": nonce,
                          "encrypt_key": base64.b64encode(sealed_key).decode()})
        return {"download_bill_count": len(parts), "download_bill_list": parts[::-1]}

    def download(self, token: str) -> tuple[bytes, str]:
        """What is behind a link, and its kind (Content-Type). Raises Refusal when the link is over or never was."""
        ends, content, kind = self._kept.get(token, (0.0, b"", ""))
        if ends <= self._platform.now():
            raise Refusal(400, "PARAM_ERROR", "账单下载链接无效或已过期，请重新申请账单")
        return content, kind


def _day(platform: Platform, query: Mapping[str, str]) -> tuple[float, float]:
    """The asked day's first moment and the next one's, of Shanghai."""
    given = query.get("bill_date", "")
    try:
        start = dt.datetime.strptime(given, "%Y-%m-%d").replace(tzinfo=CHINA).timestamp()
    except ValueError:
        raise _wrong("bill_date", "账单日期", given) from None
    now = platform.now()
    if start + DAY_S > now or start < now - OLDEST_DAYS * DAY_S:
        raise _wrong("bill_date", "账单日期", given)  # today, to come, or older than three months
    if now < start + DAY_S + READY_AT_S:
        raise CREATING
    return start, start + DAY_S


def _whose(platform: Platform, out_trade_no: str | None) -> str | None:
    """The sub-merchant that a payment belongs to; None for the caller's own."""
    order = platform.books.order(out_trade_no) if out_trade_no else None
    return orders.sub_mchid(order) if order else None


def _is_asked(platform: Platform, out_trade_no: str, query: Mapping[str, str]) -> bool:
    return "sub_mchid" not in query or _whose(platform, out_trade_no) == query["sub_mchid"]


def _check_packing(query: Mapping[str, str]) -> None:
    if query.get("tar_type", "GZIP") != "GZIP":
        raise _wrong("tar_type", "压缩类型", query["tar_type"])


def _wrong(name: str, label: str, value: str) -> Refusal:
    message = f"输入源“/query/{name}”映射到字符串字段“{label}”规则校验失败"
    return Refusal(400, "PARAM_ERROR", message, {"field": name, "value": value, "issue": message, "location": "query"})


def _payment_row(order: Order) -> Row:
    return Row(order.out_trade_no, order.paid_at, total_fen=order.total_fen, fee_fen=fee_fen(order.total_fen), cells={
        **_common(order, order.paid_at), "交易状态": "SUCCESS",
        "代金券金额": _yuan(order.total_fen - order.payer_total_fen),
        "微信退款单号": "0", "商户退款单号": "0", "退款类型": "", "退款状态": ""})


def _refund_row(platform: Platform, refund: Refund, fee_back_fen: int) -> Row:
    order = platform.books.order(refund.out_trade_no)
    settled = _time(refund.settled_at) if refund.state == "SUCCESS" else ""
    return Row(refund.out_refund_no, refund.created_at, refund_fen=refund.refund_fen, fee_fen=-fee_back_fen, cells={
        **_common(order, refund.created_at), "交易状态": "REFUND", "代金券金额": "0.00",
        "微信退款单号": refund.refund_id, "商户退款单号": refund.out_refund_no, "退款类型": "ORIGINAL",
        "退款状态": REFUND_STATES[refund.state], "退款申请时间": _time(refund.created_at), "退款成功时间": settled})


def _common(order: Order, at: float) -> dict[str, str]:
    return {"交易时间": _time(at), "公众账号ID": order.appid, "商户号": order.mchid, "特约商户号": "0", "设备号": "",
            "微信订单号": order.transaction_id, "商户订单号": order.out_trade_no, "用户标识": order.openid,
            "交易类型": order.trade_type, "付款银行": "OTHERS", "货币种类": "CNY", "商品名称": order.description,
            "商户数据包": order.attach}


def _stranger(platform: Platform, extra: Fault, at: float) -> Row:
    """A payment that neither side's books have, in the bill all the same."""
    number, total_fen = f"STRANGER{secrets.token_hex(6)}", extra.args["total_fen"]
    return Row(number, at, total_fen=total_fen, fee_fen=fee_fen(total_fen), cells={
        "交易时间": _time(at), "公众账号ID": sorted(platform.keys.appids)[0], "商户号": platform.keys.mchid,
        "特约商户号": "0", "微信订单号": platform.digits("420000", 28), "商户订单号": number, "交易类型": "JSAPI",
        "交易状态": "SUCCESS", "付款银行": "OTHERS", "货币种类": "CNY", "代金券金额": "0.00", "微信退款单号": "0",
        "商户退款单号": "0", "商品名称": "?"})


def _trade_cells(row: Row) -> dict[str, str]:
    return {**row.cells, "应结订单金额": _yuan(row.total_fen), "退款金额": _yuan(row.refund_fen),
            "充值券退款金额": "0.00", "手续费": _yuan(row.fee_fen),
            "费率": f"{FEE_PER_THOUSAND / 10:.2f}%", "订单金额": _yuan(row.total_fen),
            "申请退款金额": _yuan(row.refund_fen), "费率备注": ""}


def _fund_row(platform: Platform, flow: dict[str, Any]) -> Row:
    refund = platform.books.refund(flow["out_refund_no"]) if flow["out_refund_no"] else None
    return Row(flow["out_refund_no"] or flow["out_trade_no"], flow["at"], total_fen=flow["amount_fen"], cells={
        "记账时间": _time(flow["at"]), "微信支付业务单号": refund.refund_id if refund else flow["transaction_id"],
        "资金流水单号": f"{platform.keys.mchid}{flow['flow_no']:018d}", "业务名称": FUND_KINDS[flow["kind"]],
        "业务类型": FUND_KINDS[flow["kind"]], "账户结余(元)": _yuan(flow["balance_fen"]),
        "资金变更提交申请人": "system", "备注": refund.reason if refund else ""})


def _fund_cells(row: Row) -> dict[str, str]:
    return {**row.cells, "收支类型": "收入" if row.total_fen > 0 else "支出", "收支金额(元)": _yuan(abs(row.total_fen)),
            "业务凭证号": row.number}


def _faulted(rows: list[Row], faults: FaultPlan, point: str, change: Callable[[Row, Fault], Row]) -> list[Row]:
    """The rows as the fault plan wants them, each by its own number."""
    given = []
    for row in rows:
        fault = faults.take(point, row.number)
        if fault is None:
            given.append(row)
        elif fault.do != "missing_row":
            given.append(change(row, fault))
    return given


def _change_trade(row: Row, fault: Fault) -> Row:
    if fault.do == "changed_fee":
        return replace(row, fee_fen=row.fee_fen + fault.args["by_fen"])
    if fault.do == "changed_state":
        name = "退款状态" if row.refund_fen else "交易状态"
        return replace(row, cells={**row.cells, name: fault.args["state"]})
    if row.refund_fen:
        return replace(row, refund_fen=row.refund_fen + fault.args["by_fen"])
    return replace(row, total_fen=row.total_fen + fault.args["by_fen"])


def _change_fund(row: Row, fault: Fault) -> Row:
    sign = 1 if row.total_fen > 0 else -1
    return replace(row, total_fen=row.total_fen + sign * fault.args["by_fen"])


def _text(header: str, rows: list[dict[str, str]], summary_header: str, summary: list[str]) -> str:
    columns = header.split(",")
    lines = [_line([row.get(column, "") for column in columns]) for row in rows]
    return "\r\n".join([header, *lines, summary_header, _line(summary)]) + "\r\n"


def _line(values: list[str]) -> str:
    return ",".join("`" + " ".join(value.split("\n")) for value in values)


def _time(moment: float) -> str:
    return dt.datetime.fromtimestamp(int(moment), CHINA).strftime("%Y-%m-%d %H:%M:%S")


def _yuan(amount_fen: int) -> str:
    sign = "-" if amount_fen < 0 else ""
    return f"{sign}{abs(amount_fen) // 100}.{abs(amount_fen) % 100:02d}"
