"""What WeChat Pay's refusals mean for the caller: each is one of these, which say what to do next."""

from __future__ import annotations

from typing import Any

from mall.kit.errors import NotFound, NotSignedIn, RuleBroken, Unavailable


class OutcomeUnknown(Unavailable):
    """It may or may not have happened: ask again under the same number, or query. `data["cause"]`."""

    code, message = "PAY_OUTCOME_UNKNOWN", "微信支付暂未回应，请稍后查看结果"


class PayRefused(RuleBroken):
    """WeChat refused for good; `data["wechat_code"]` is its reason, spelled as in the v3 documents."""

    code, message = "PAY_REFUSED", "微信支付未能受理，请稍后再试或联系客服"


class PayMisconfigured(Unavailable):
    """The merchant's papers or rights are wrong: a person must mend them, repeating does not help."""

    code, message, retryable = "PAY_MISCONFIGURED", "支付暂不可用，请联系商家", False


class NoBill(NotFound):
    """WeChat has no bill for the day: nothing was traded."""

    code, message = "NO_BILL", "当天没有交易，没有账单"


class BillNotReady(Unavailable):
    """WeChat still writes the bill: ask again in half an hour."""

    code, message = "BILL_NOT_READY", "微信账单正在生成，请半小时后重试"


class BillDamaged(Unavailable):
    """What was downloaded is not what WeChat announced (SHA-1), no text, or larger than BILL_LIMIT_BYTES."""

    code, message = "BILL_DAMAGED", "账单文件校验未通过，请稍后重新下载"


class NoticeRejected(NotSignedIn):
    """A notification that does not verify. Deliberately says nothing of why."""

    code, message = "NOTICE_REJECTED", "通知未通过验证"


_MISCONFIGURED = {"SIGN_ERROR", "APPID_MCHID_NOT_MATCH", "NO_AUTH", "MCH_NOT_EXISTS"}
_IN_DOUBT = {"SYSTEM_ERROR", "BANK_ERROR", "SERVICE_UNAVAILABLE", "FREQUENCY_LIMITED", "RATELIMIT_EXCEEDED"}
_SPELLINGS = {  # the same facts under the names of v2 and of older pages
    "ORDER_PAID": "ORDERPAID",
    "ORDERCLOSED": "ORDER_CLOSED",
    "ORDERNOTEXIST": "ORDER_NOT_EXIST",
    "RESOURCE_NOT_EXIST": "RESOURCE_NOT_EXISTS",
}
_WORDED_ONLY = {  # seen in the wild as a bare 400 INVALID_REQUEST
    "商户订单号重复": "OUT_TRADE_NO_USED",
    "该订单已支付": "ORDERPAID",
    "订单已关闭": "ORDER_CLOSED",
    "订单处理中": "ORDER_PROCESSING",
}
_SENTENCES = {
    "ORDERPAID": "订单已支付，请勿重复支付",
    "ORDER_CLOSED": "订单已关闭，请重新下单",
    "OUT_TRADE_NO_USED": "该笔支付已经发起，请刷新后查看结果",
    "NOT_ENOUGH": "商家账户余额不足，暂时无法退款，请联系客服",
    "USER_ACCOUNT_ABNORMAL": "退款账户异常，请联系客服",
    "RULE_LIMIT": "微信支付限制了本次交易，请联系客服",
}


def refusal(status: int, answer: dict[str, Any]) -> OutcomeUnknown | PayRefused | PayMisconfigured:
    """The HTTP status decides first, then the code. A 4xx that WeChat did not word may come from any
    box on the way, so it proves nothing."""
    code, words = str(answer.get("code") or ""), str(answer.get("message") or "")
    code = _SPELLINGS.get(code, code)
    if status == 401:
        return PayMisconfigured(wechat_code=code)
    if not 400 <= status < 500 or status == 429 or not code or code in _IN_DOUBT:
        return OutcomeUnknown(cause=f"HTTP {status}")
    if code in _MISCONFIGURED:
        return PayMisconfigured(wechat_code=code)
    if code == "INVALID_REQUEST":
        code = next((known for text, known in _WORDED_ONLY.items() if text in words), code)
    return PayRefused(_SENTENCES.get(code), wechat_code=code)
