"""Payments (支付): ask for one, hand it to the buyer's app, look it up, close it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from mall.adapters.wechat_pay.client import Client, instant, safe
from mall.adapters.wechat_pay.errors import PayRefused
from mall.kit import clock


@dataclass(frozen=True)
class Prepay:
    """One of the three is set: `prepay_id` (jsapi, 2 h), `code_url` (native, 2 h), `h5_url` (5 min)."""

    prepay_id: str | None = None
    code_url: str | None = None
    h5_url: str | None = None


@dataclass(frozen=True)
class PaymentSeen:
    """A payment as WeChat sees it. `state`: SUCCESS, REFUND (after a partial one too), NOTPAY, CLOSED,
    REVOKED, USERPAYING, PAYERROR. What an unpaid order does not have is None."""

    state: str
    transaction_id: str | None
    amount_fen: int | None
    currency: str | None
    paid_at: datetime | None
    openid: str | None = field(repr=False)
    mchid: str
    appid: str
    trade_type: str | None


class Payments(Client):
    def prepay(
        self,
        *,
        channel: Literal["jsapi", "native", "h5"],
        payment_no: str,
        amount_fen: int,
        description: str,
        expires_at: datetime,
        notify_url: str,
        appid: str | None = None,
        openid: str | None = None,
        client_ip: str | None = None,
        profit_sharing: bool = False,
    ) -> Prepay:
        """Ask for a payment (统一下单), POST /v3/pay/transactions/{channel}.

        `appid`: the app that the buyer pays in, one of the merchant's; absent: the mini program. `jsapi` needs the
        buyer's `openid` of that very app, `h5` needs `client_ip`. The same arguments again give a new prepay id
        for the same payment. PayRefused with `wechat_code` ORDERPAID, ORDER_CLOSED or OUT_TRADE_NO_USED
        means: query this number, WeChat already knows it.
        """
        if not (description and notify_url):
            raise ValueError("a payment needs a description and a notify_url")
        if (channel == "jsapi" and not openid) or (channel == "h5" and not client_ip):
            raise ValueError("jsapi needs the payer's openid, h5 the payer's IP address")
        asked = {
            "out_trade_no": safe(payment_no, longest=32),
            "amount": {"total": amount_fen, "currency": "CNY"},
            "description": description[:127],
            "time_expire": expires_at.astimezone(clock.SHANGHAI).isoformat(timespec="seconds"),
            "notify_url": notify_url,
            "payer": {"sub_openid" if self._for_merchant else "openid": openid} if channel == "jsapi" else None,
            "scene_info": {"payer_client_ip": client_ip, "h5_info": {"type": "Wap"}} if channel == "h5" else None,
            "settle_info": {"profit_sharing": True} if profit_sharing else None,
            **self._merchants(),
            **self._in_app(appid or self.config.appid),
        }
        return self._post("prepay", f"{self._transactions()}/{channel}", asked, lambda told: _prepay(channel, told))

    def client_parameters(self, prepay_id: str, now: datetime, appid: str | None = None) -> dict[str, str]:
        """What `wx.requestPayment` wants, and in a page of a service account `WeixinJSBridge` or `wx.chooseWXPay`,
        which need the `appId` too; signed for the app that the prepay was made for. `now` is wall time. No network."""
        appid, timestamp, nonce = appid or self.config.appid, str(int(now.timestamp())), secrets.token_hex(16)
        package = f"prepay_id={prepay_id}"
        return {
            "appId": appid,
            "timeStamp": timestamp,
            "nonceStr": nonce,
            "package": package,
            "signType": "RSA",
            "paySign": self._wire.sign(appid, timestamp, nonce, package),
        }

    def query(self, payment_no: str) -> PaymentSeen | None:
        """What WeChat knows of our payment (查单); None when it never heard of it (ORDER_NOT_EXIST)."""
        number = safe(payment_no, longest=32)
        return self._find("query", f"{self._transactions()}/out-trade-no/{number}",
                          lambda told: _payment(number, self._as_direct(told)), "ORDER_NOT_EXIST", **self._merchants())

    def close(self, payment_no: str) -> Literal["closed", "paid"]:
        """Close an unpaid payment (关单). "paid": the buyer was faster, query it.

        Repeatable. A number unknown to WeChat counts as closed, since WeChat itself answers both 204 and
        ORDER_NOT_EXIST there; a payment that still lands afterwards is a late payment.
        """
        number = safe(payment_no, longest=32)
        try:
            return self._post("close", f"{self._transactions()}/out-trade-no/{number}/close", self._merchants(),
                              lambda told: "closed")
        except PayRefused as refused:
            code = refused.data["wechat_code"]
            if code == "ORDERPAID":
                return "paid"
            if code not in ("ORDER_CLOSED", "ORDER_NOT_EXIST"):
                raise
            return "closed"

    def _transactions(self) -> str:
        return "/v3/pay/partner/transactions" if self._for_merchant else "/v3/pay/transactions"

    def _merchants(self) -> dict[str, str]:
        """Whose papers sign and whose money it is."""
        return {"sp_mchid": self.config.mchid, **self._for_merchant} if self._for_merchant else {
            "mchid": self.config.mchid}

    def _in_app(self, appid: str) -> dict[str, str]:
        """The app that a payment is made in: a service provider's own is another, its merchant's is named beside it."""
        return {"sp_appid": self.config.sp_appid, "sub_appid": appid} if self._for_merchant else {"appid": appid}


def _prepay(channel: str, answer: dict[str, Any]) -> Prepay:
    if channel == "jsapi":
        return Prepay(prepay_id=answer["prepay_id"])
    if channel == "native":
        return Prepay(code_url=answer["code_url"])
    return Prepay(h5_url=answer["h5_url"])


def _payment(payment_no: str, answer: dict[str, Any]) -> PaymentSeen:
    if answer["out_trade_no"] != payment_no:
        raise ValueError("an answer about another payment")
    amount, payer, paid_at = answer.get("amount") or {}, answer.get("payer") or {}, answer.get("success_time")
    return PaymentSeen(
        state=answer["trade_state"],
        transaction_id=answer.get("transaction_id") or None,
        amount_fen=amount.get("total"),
        currency=amount.get("currency"),
        paid_at=instant(paid_at) if paid_at else None,
        openid=payer.get("sub_openid") or payer.get("openid"),
        mchid=answer["mchid"],
        appid=answer["appid"],
        trade_type=answer.get("trade_type") or None,
    )
