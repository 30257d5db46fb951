"""What WeChat's `errcode`, which comes inside HTTP 200, means for the caller."""

from __future__ import annotations

import re
from typing import Any

from mall.kit.errors import BadInput, MallError, RuleBroken, TooMany, Unavailable


class BadLoginCode(BadInput):
    """The code was used, is too old, or was never WeChat's: the client asks for a new one."""

    code, message = "BAD_LOGIN_CODE", "登录凭证已失效，请重试"


class NoConsentLeft(RuleBroken):
    """The person allowed no message of this template, or every allowance is used. Not to be repeated."""

    code, message = "NO_CONSENT_LEFT", "用户未订阅此消息，或订阅次数已用完"


class WeChatBusy(TooMany):
    """A quota of this interface is used up, for the minute or the day."""

    code, message = "WECHAT_BUSY", "微信接口调用过于频繁，请稍后再试"


class WeChatRefused(RuleBroken):
    """WeChat refused; `data["errcode"]` says why, `data["rid"]` is what its support asks for."""

    code, message = "WECHAT_REFUSED", "微信未受理此次请求，请稍后再试或联系客服"


class OrderNotYetVisible(Unavailable):
    """WeChat's order desk does not know the payment yet: a race just after paying."""

    code, message = "ORDER_NOT_YET_VISIBLE", "支付单尚未同步，请稍后再试"


_MEANING: dict[int, type[MallError]] = {
    -1: Unavailable,
    40029: BadLoginCode,
    40163: BadLoginCode,
    43101: NoConsentLeft,
    44990: WeChatBusy,
    45009: WeChatBusy,
    45011: WeChatBusy,
    10060001: OrderNotYetVisible,
}


def checked(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer; raises what its errcode means."""
    errcode = answer.get("errcode", 0)
    if errcode:
        raise _MEANING.get(errcode, WeChatRefused)(**facts(answer))
    return answer


def facts(answer: dict[str, Any]) -> dict[str, Any]:
    """What may be told of a refusal: the rest of errmsg can quote what was sent."""
    told = str(answer.get("errmsg"))
    rid, key = re.search(r"rid: ?([0-9a-f-]+)", told), re.search(r"data\.([a-z_]+[0-9]{1,2})\.value", told)
    return {"errcode": answer["errcode"]} | ({"rid": rid.group(1)} if rid else {}) | (
        {"key": key.group(1)} if key else {})
