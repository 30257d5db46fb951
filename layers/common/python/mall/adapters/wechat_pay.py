"""WeChat Pay v3 (微信支付): the merchant's side of the wire, in public-key mode (公钥模式); platform certificates that
still sign are believed where they are configured (`wechat_pay_keys`).

Signing, verifying, decrypting and the request core are PyPI `wechatpayv3`, wrapped as decision 0004
says. What comes out is a value, or one of the classes at the end of this file that tell the caller
what to do next. Nothing here logs, and nothing raised carries a key, a header or a person's data.
"""

from __future__ import annotations

import base64
import json
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal, TypeVar

from mall.adapters.wechat_pay_keys import PlatformKeys, read_keys
from mall.kit import clock, deadline
from mall.kit.errors import NotFound, NotSignedIn, RuleBroken, Unavailable
from mall.kit.outside import calling
from mall.kit.packed import NotUnpacked, PackedText

Seen = TypeVar("Seen")

FRESH = timedelta(seconds=300)  # v3 protocol: a signature older or younger than five minutes is refused
IDLE = timedelta(seconds=30)  # a function frozen for longer wakes to connections that are dead
BILL_PATH = "/v3/billdownload/"
BILL_LIMIT_BYTES = 64 * 1024 * 1024  # of a bill as it comes, packed, which is held in memory: a million trades
BILL_UNPACKED_BYTES = 1024 * 1024 * 1024  # read piece by piece
ALGORITHM = "WECHATPAY2-SHA256-RSA2048"
SIGNED_HEADERS = (
    "wechatpay-timestamp",
    "wechatpay-nonce",
    "wechatpay-signature",
    "wechatpay-serial",
    "wechatpay-signature-type",
)


class WeChatPay:
    """One merchant number and one appid. Build it once per warm instance: loading the key costs 40 ms.

    Every outbound method may raise `OutcomeUnknown`, `PayRefused` or `PayMisconfigured`; repeating a
    call under the same number is safe. Order numbers are `[0-9A-Za-z_-]` only, because the library
    signs paths unquoted; any other number is a ValueError before a byte is sent.
    """

    def __init__(self, config: WeChatPayConfig) -> None:
        from wechatpayv3 import WeChatPay as Client
        from wechatpayv3 import WeChatPayType, core

        if len(config.apiv3_key.encode()) != 32:  # would otherwise show only as every notice failing
            raise PayMisconfigured(setting="apiv3_key")
        if not isinstance(core.requests, _Line):
            core.requests = _Line()
        self.config = config
        self._types = {
            "jsapi": WeChatPayType.JSAPI,
            "native": WeChatPayType.NATIVE,
            "h5": WeChatPayType.H5,
        }
        self._keys, self._client = _client(Client, config)
        # As a service provider (服务商模式) every call names the merchant that it is made for.
        self._for_merchant = {"sub_mchid": config.sub_mchid} if config.sub_mchid else {}
        self._for_app = {**self._for_merchant, "sub_appid": config.appid} if config.sub_mchid else {}
        # What is not configured is not believed: an unknown serial must not make the library fetch certificates.
        self._client._core._certificates = list(self._keys.certificates.values())
        self._client._core._update_certificates = lambda: None
        if config.gateway_url:
            self._client._core._gate_way = config.gateway_url.rstrip("/")

    def prepay(
        self,
        *,
        channel: Literal["jsapi", "native", "h5"],
        payment_no: str,
        amount_fen: int,
        description: str,
        expires_at: datetime,
        notify_url: str,
        openid: str | None = None,
        client_ip: str | None = None,
        profit_sharing: bool = False,
    ) -> Prepay:
        """Ask for a payment (统一下单), POST /v3/pay/transactions/{channel}.

        `jsapi` needs `openid`, `h5` needs `client_ip`. The same arguments again give a new prepay id for
        the same payment. PayRefused with `wechat_code` ORDERPAID, ORDER_CLOSED or OUT_TRADE_NO_USED
        means: query this number, WeChat already knows it.
        """
        if not (description and notify_url):
            raise ValueError("a payment needs a description and a notify_url")
        if (channel == "jsapi" and not openid) or (channel == "h5" and not client_ip):
            raise ValueError("jsapi needs the payer's openid, h5 the payer's IP address")
        scene = {"payer_client_ip": client_ip, "h5_info": {"type": "Wap"}} if channel == "h5" else None
        asked = {
            "pay_type": self._types[channel],
            "out_trade_no": _safe(payment_no, longest=32),
            "amount": {"total": amount_fen, "currency": "CNY"},
            "description": description[:127],
            "time_expire": expires_at.astimezone(clock.SHANGHAI).isoformat(timespec="seconds"),
            "notify_url": notify_url,
            "payer": {"sub_openid" if self._for_app else "openid": openid} if channel == "jsapi" else None,
            "scene_info": scene,
            "settle_info": {"profit_sharing": True} if profit_sharing else None,
            **self._for_app,
        }
        return self._ask("prepay", lambda: self._client.pay(**asked), lambda answer: _prepay(channel, answer))

    def client_parameters(self, prepay_id: str, now: datetime) -> dict[str, str]:
        """What `wx.requestPayment` wants, signed; `now` is wall time. No network."""
        timestamp, nonce = str(int(now.timestamp())), secrets.token_hex(16)
        package = f"prepay_id={prepay_id}"
        return {
            "timeStamp": timestamp,
            "nonceStr": nonce,
            "package": package,
            "signType": "RSA",
            "paySign": self._client.sign([self.config.appid, timestamp, nonce, package]),
        }

    def query(self, payment_no: str) -> PaymentSeen | None:
        """What WeChat knows of our payment (查单); None when it never heard of it (ORDER_NOT_EXIST)."""
        number = _safe(payment_no, longest=32)
        try:
            return self._ask(
                "query",
                lambda: self._client.query(out_trade_no=number, **self._for_merchant),
                lambda answer: _payment(number, self._as_direct(answer)),
            )
        except PayRefused as refusal:
            if refusal.data["wechat_code"] != "ORDER_NOT_EXIST":
                raise
            return None

    def close(self, payment_no: str) -> Literal["closed", "paid"]:
        """Close an unpaid payment (关单). "paid": the buyer was faster, query it.

        Repeatable. A number unknown to WeChat counts as closed, since WeChat itself answers both 204 and
        ORDER_NOT_EXIST there; a payment that still lands afterwards is a late payment.
        """
        number = _safe(payment_no, longest=32)
        try:
            return self._ask(
                "close", lambda: self._client.close(out_trade_no=number, **self._for_merchant), lambda _: "closed")
        except PayRefused as refusal:
            code = refusal.data["wechat_code"]
            if code == "ORDERPAID":
                return "paid"
            if code not in ("ORDER_CLOSED", "ORDER_NOT_EXIST"):
                raise
            return "closed"

    def refund(
        self,
        *,
        refund_no: str,
        payment_no: str,
        refund_fen: int,
        total_fen: int,
        reason: str,
        notify_url: str,
    ) -> RefundSeen:
        """Ask for money to go back (申请退款); `total_fen` is the whole payment's amount.

        Idempotent by `refund_no`: repeat with the same number, a new one is a second refund. The answer
        is usually PROCESSING; the end comes by notice or by `query_refund`.
        """
        asked = {
            "out_refund_no": _safe(refund_no, longest=64),
            "out_trade_no": _safe(payment_no, longest=32),
            "amount": {"refund": refund_fen, "total": total_fen, "currency": "CNY"},
            "reason": reason[:80],
            "notify_url": notify_url,
            **self._for_merchant,
        }
        return self._ask(
            "refund", lambda: self._client.refund(**asked), lambda answer: _refund(refund_no, answer)
        )

    def query_refund(self, refund_no: str) -> RefundSeen | None:
        """What WeChat knows of our refund (查退款); None when it never heard of it."""
        number = _safe(refund_no, longest=64)
        return self._find(
            "query_refund",
            lambda: self._client.query_refund(out_refund_no=number, **self._for_merchant),
            lambda answer: _refund(number, answer),
        )

    def add_receiver(self, *, kind: str, account: str, relation: str, name: str | None) -> None:
        """Make somebody a receiver of profit sharing (添加分账接收方); again is no error.

        `kind` MERCHANT_ID or PERSONAL_OPENID; a merchant needs its full `name`, which travels encrypted.
        """
        asked = {"account_type": self._kind(kind), "account": account, "relation_type": relation, "name": name,
                 **self._for_app}
        self._ask("add_receiver", lambda: self._client.profitsharing_add_receiver(**asked), lambda _: None)

    def remove_receiver(self, *, kind: str, account: str) -> None:
        """Take a receiver away (删除分账接收方); again is no error."""
        asked = {"account_type": self._kind(kind), "account": account, **self._for_app}
        self._ask("remove_receiver", lambda: self._client.profitsharing_delete_receiver(**asked), lambda _: None)

    def share(self, *, share_no: str, transaction_id: str, parts: Sequence[SharePart], description: str) -> ShareSeen:
        """Share a part of a payment (请求分账), without unfreezing the rest.

        `parts`: whatever has a SharePart's fields.
        Idempotent by `share_no`. The answer is usually PROCESSING; the end comes by `query_share`. PayRefused
        with `wechat_code` ORDER_PROCESSING means: later; the payment is too young or a refund of it is under way.
        """
        number = _safe(share_no, longest=64)
        receivers = [{"type": self._kind(part.kind), "account": part.account, "amount": part.amount_fen,
                      "description": description[:80]} for part in parts]
        return self._ask(
            "share",
            lambda: self._client.profitsharing_order(transaction_id, number, receivers, False, **self._for_app),
            lambda answer: _share(number, answer),
        )

    def query_share(self, share_no: str, transaction_id: str) -> ShareSeen | None:
        """What WeChat knows of a sharing order or an unfreeze (查询分账结果); None when it never heard of it."""
        number = _safe(share_no, longest=64)
        return self._find(
            "query_share",
            lambda: self._client.profitsharing_order_query(transaction_id, number, **self._for_merchant),
            lambda answer: _share(number, answer),
        )

    def unfreeze(self, *, unfreeze_no: str, transaction_id: str, description: str) -> ShareSeen:
        """Give what is left of a payment to the merchant (解冻剩余资金). Idempotent by `unfreeze_no`.

        PayRefused with `wechat_code` NOT_ENOUGH means: nothing is frozen any more.
        """
        number = _safe(unfreeze_no, longest=64)
        return self._ask(
            "unfreeze",
            lambda: self._client.profitsharing_unfreeze(
                transaction_id, number, description[:80], **self._for_merchant),
            lambda answer: _share(number, answer),
        )

    def return_share(self, *, return_no: str, share_no: str, account: str, amount_fen: int,
                     description: str) -> ShareReturnSeen:
        """Call a shared amount back from a merchant (请求分账回退). Idempotent by `return_no`; usually over at once."""
        number = _safe(return_no, longest=64)
        asked = {"out_return_no": number, "return_mchid": account, "amount": amount_fen,
                 "description": description[:80], "out_order_no": _safe(share_no, longest=64), **self._for_merchant}
        return self._ask(
            "return_share",
            lambda: self._client.profitsharing_return(**asked),
            lambda answer: _share_return(number, answer),
        )

    def query_return(self, return_no: str, share_no: str) -> ShareReturnSeen | None:
        """What WeChat knows of a return (查询分账回退结果); None when it never heard of it."""
        number = _safe(return_no, longest=64)
        return self._find(
            "query_return",
            lambda: self._client.profitsharing_return_query(
                _safe(share_no, longest=64), number, **self._for_merchant),
            lambda answer: _share_return(number, answer),
        )

    def trade_bill(self, day: date, kind: Literal["ALL", "SUCCESS", "REFUND"] = "ALL") -> PackedText:
        """The day's trades as text (交易账单), GET /v3/bill/tradebill; `day` is one of Shanghai.

        Verified by its SHA-1. Raises NoBill for a day without trade, BillNotReady before about ten o'clock of the
        next day, BillDamaged.
        """
        return self._bill("trade_bill", lambda: self._client.trade_bill(
            day.isoformat(), kind, "GZIP", **self._for_merchant))

    def fund_flow_bill(self, day: date) -> PackedText:
        """What the day's money did on the basic account (资金账单), GET /v3/bill/fundflowbill. As `trade_bill`.

        A service provider is shown its own account there; its merchant's comes from
        /v3/bill/sub-merchant-fundflowbill, in parts that are sealed for the provider's papers.
        """
        if self._for_merchant:
            return self._sealed_bill("sub_fund_flow_bill", lambda: self._client.submch_fundflow_bill(
                self.config.sub_mchid, day.isoformat(), "BASIC", "AEAD_AES_256_GCM", "GZIP"))
        return self._bill("fund_flow_bill", lambda: self._client.fundflow_bill(day.isoformat(), "BASIC", "GZIP"))

    def _as_direct(self, told: dict[str, Any]) -> dict[str, Any]:
        """What a service provider is told, under a direct merchant's names: `mchid` whose papers sign, `appid` the
        mini program's. ValueError where it is about another merchant."""
        if not self._for_merchant:
            return told
        if told["sub_mchid"] != self.config.sub_mchid:
            raise ValueError("of another merchant")
        return {**told, "mchid": told.get("sp_mchid"), "appid": told.get("sub_appid")}

    def _kind(self, kind: str) -> str:
        """A receiver's kind as WeChat names it: a service provider's openids are of its merchant's app."""
        return "PERSONAL_SUB_OPENID" if self._for_app and kind == "PERSONAL_OPENID" else kind

    def _bill(self, name: str, call: Callable[[], tuple[int, Any]]) -> PackedText:
        sha1, url = self._bill_asked(name, call, lambda answer: _bill_link(self._client._core._gate_way, answer))
        return _bill_text([self._downloaded(name, url)], [sha1])

    def _sealed_bill(self, name: str, call: Callable[[], tuple[int, Any]]) -> PackedText:
        """Its parts, opened and put together in their order; all of it within BILL_LIMIT_BYTES."""
        parts = self._bill_asked(name, call, lambda answer: _sealed_parts(self._client._core._gate_way, answer))
        opened: list[bytes] = []
        for part in parts:
            opened.append(_opened_part(self._client._core._private_key, part, self._downloaded(name, part.url)))
            if sum(map(len, opened)) > BILL_LIMIT_BYTES:
                raise BillDamaged()
        return _bill_text(opened, [part.sha1 for part in parts])

    def _bill_asked(self, name: str, call: Callable[[], tuple[int, Any]], read: Callable[[dict], Seen]) -> Seen:
        try:
            return self._ask(name, call, read)
        except PayRefused as refusal:
            code = refusal.data["wechat_code"]
            if code == "NO_STATEMENT_EXIST":
                raise NoBill() from None
            if code == "STATEMENT_CREATING":
                raise BillNotReady() from None
            raise

    def _downloaded(self, name: str, url: str) -> bytes | str:
        failure = None
        with calling(f"wechat_pay.{name}.download"):
            try:
                status, content = self._client.download_bill(url)
            except Exception as error:
                failure = type(error).__name__
        if failure or status != 200:
            raise OutcomeUnknown(cause=failure or f"HTTP {status}")
        return content

    def open_notice(self, headers: Mapping[str, str], body: bytes, wall_now: datetime) -> Notice:
        """Verify and decrypt one notification (支付通知) from the raw bytes as received. No network.

        Raises NoticeRejected for whatever does not verify, the SIGNTEST probe and V2 XML included: WeChat
        sends the true one again. A replay inside five minutes is accepted here; the caller keeps each
        `notice_id` once and compares mchid, appid and amount with its own books.
        """
        try:
            return self._opened(headers, body, wall_now)
        except Exception:
            pass  # raised anew below, so that nothing of the content hangs on the error as its context
        raise NoticeRejected()

    def _opened(self, headers: Mapping[str, str], body: bytes, wall_now: datetime) -> Notice:
        received = {name.lower(): value for name, value in headers.items()}
        signed = {name: received[name] for name in SIGNED_HEADERS}
        if not self._keys.signs(signed["wechatpay-serial"], wall_now):
            raise ValueError("unknown serial")
        if not _is_fresh(signed["wechatpay-timestamp"], wall_now):
            raise ValueError("stale")
        opened = self._client.callback(signed, bytes(body))
        resource = opened["resource"]  # the library answers None when it does not verify
        if not (isinstance(resource, dict) and opened["id"] and opened["event_type"]):
            raise ValueError("not a notice")
        resource = self._as_direct(resource)
        return Notice(
            notice_id=opened["id"],
            event_type=opened["event_type"],
            created_at=_instant(opened["create_time"]),
            resource=resource,
            original_type=str(json.loads(body)["resource"].get("original_type") or ""),
        )

    def _find(self, name: str, call: Callable[[], tuple[int, Any]], read: Callable[[dict], Seen]) -> Seen | None:
        """As `_ask`; None when WeChat does not know the number (RESOURCE_NOT_EXISTS)."""
        try:
            return self._ask(name, call, read)
        except PayRefused as refusal:
            if refusal.data["wechat_code"] != "RESOURCE_NOT_EXISTS":
                raise
            return None

    def _ask(self, name: str, call: Callable[[], tuple[int, Any]], read: Callable[[dict], Seen]) -> Seen:
        failure = None
        with calling(f"wechat_pay.{name}"):
            try:
                status, text = call()
            except Exception as error:  # no answer, or one whose signature or date is wrong
                failure = type(error).__name__
        if failure:
            raise OutcomeUnknown(cause=failure)
        answer = _json(text)
        if status not in (200, 204):
            raise _refusal(status, answer)
        try:
            return read(answer)
        except (KeyError, TypeError, ValueError):
            pass
        raise OutcomeUnknown(cause="unreadable answer")


@dataclass(frozen=True)
class WeChatPayConfig:
    """The merchant's papers. PEM texts are PKCS8 `PRIVATE KEY` and `PUBLIC KEY`, as WeChat hands them out; `public_key`
    may have platform certificates beside the key, or alone (`read_keys`).

    `gateway_url` points at a simulator; None is WeChat itself. `notify_base_url` is https and public.
    `timeout` is (connect, read) in seconds. With `sub_mchid` the papers are a service provider's (服务商): `mchid` and
    `sp_appid` are its own, `sub_mchid` and `appid` the merchant's that it acts for.
    """

    mchid: str
    appid: str
    private_key: str = field(repr=False)
    cert_serial_no: str
    apiv3_key: str = field(repr=False)
    public_key_id: str
    public_key: str = field(repr=False)
    notify_base_url: str = ""
    gateway_url: str | None = None
    timeout: tuple[float, float] = deadline.WECHAT_PAY[:2]
    sub_mchid: str = ""
    sp_appid: str = ""

    def notify_url(self, path: str) -> str:
        """Where WeChat shall send notices: `path` below the public address; PayMisconfigured without one."""
        if not self.notify_base_url:
            raise PayMisconfigured(setting="notify_base_url")
        return f"{self.notify_base_url.rstrip('/')}/{path.lstrip('/')}"


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


@dataclass(frozen=True)
class RefundSeen:
    """A refund as WeChat sees it. `state`: PROCESSING, SUCCESS, CLOSED, ABNORMAL."""

    state: str
    refund_id: str
    refunded_at: datetime | None
    amount_fen: int


@dataclass(frozen=True)
class SharePart:
    """What one receiver is to get. `kind`: MERCHANT_ID, PERSONAL_OPENID."""

    kind: str
    account: str = field(repr=False)
    amount_fen: int


@dataclass(frozen=True)
class SharedPart:
    """What became of one receiver's part. `result`: PENDING, SUCCESS, CLOSED, then with a `problem`."""

    kind: str
    account: str = field(repr=False)
    amount_fen: int
    result: str
    problem: str | None


@dataclass(frozen=True)
class ShareSeen:
    """A sharing order, or an unfreeze, as WeChat sees it. `state`: PROCESSING, FINISHED."""

    state: str
    wechat_no: str
    parts: tuple[SharedPart, ...]


@dataclass(frozen=True)
class ShareReturnSeen:
    """A return as WeChat sees it. `result`: PROCESSING, SUCCESS, FAILED, then with a `problem`."""

    result: str
    wechat_no: str
    amount_fen: int
    problem: str | None


@dataclass(frozen=True)
class Notice:
    """A verified notification; `resource` is the decrypted object as WeChat words it."""

    notice_id: str
    event_type: str
    created_at: datetime
    resource: dict[str, Any] = field(repr=False)
    original_type: str = ""  # what the resource is: transaction, refund, profitsharing


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


class _Line:
    """Stands where the library says `requests`: keeps the connection open between calls, where the
    library dials anew each time, and looks at the date of each answer, where the library does not."""

    def __init__(self) -> None:
        import requests

        self._session = requests.Session()
        self._session.trust_env = False  # no environment variable routes a payment or signs it anew
        self._used_at = clock.wall()

    def get(self, **call: Any) -> Any:
        return self._download(call) if BILL_PATH in call["url"] else self._send("GET", call)

    def post(self, **call: Any) -> Any:
        return self._send("POST", call)

    def _send(self, method: str, call: dict[str, Any]) -> Any:
        used_at, self._used_at = self._used_at, clock.wall()
        if self._used_at - used_at > IDLE:
            self._session.close()
        within = {**call, "timeout": deadline.timeouts(*call["timeout"])}
        response = self._session.request(method, allow_redirects=False, **within)
        response.encoding = "utf-8"
        if response.ok and not _is_fresh(response.headers.get("Wechatpay-Timestamp", ""), clock.wall()):
            raise ValueError("stale answer")
        return response

    def _download(self, call: dict[str, Any]) -> Any:
        """A bill: unsigned and undated, and read no further than its limit."""
        within = {**call, "timeout": deadline.timeouts(*call["timeout"])}
        with self._session.get(allow_redirects=False, stream=True, **within) as response:
            content = bytearray()
            for piece in response.iter_content(1 << 16):
                content += piece
                deadline.left_s(0)
                if len(content) > BILL_LIMIT_BYTES:
                    raise ValueError("a bill above its limit")
            response._content = bytes(content)
        return response


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


def _refusal(status: int, answer: dict[str, Any]) -> OutcomeUnknown | PayRefused | PayMisconfigured:
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


def _client(build: Callable[..., Any], config: WeChatPayConfig) -> tuple[PlatformKeys, Any]:
    try:
        keys = read_keys(config.public_key_id, config.public_key)
        return keys, build(
            wechatpay_type=None,
            mchid=config.mchid,
            appid=config.sp_appid if config.sub_mchid else config.appid,
            partner_mode=bool(config.sub_mchid),
            private_key=config.private_key.replace("\r\n", "\n"),
            cert_serial_no=config.cert_serial_no,
            apiv3_key=config.apiv3_key,
            public_key=keys.public_key,
            public_key_id=keys.key_id,
            timeout=config.timeout,
        )
    except Exception:
        pass  # raised anew below: a key must not hang on the error as its context
    raise PayMisconfigured(setting="private_key, public_key or public_key_id")


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
        paid_at=_instant(paid_at) if paid_at else None,
        openid=payer.get("sub_openid") or payer.get("openid"),
        mchid=answer["mchid"],
        appid=answer["appid"],
        trade_type=answer.get("trade_type") or None,
    )


def _refund(refund_no: str, answer: dict[str, Any]) -> RefundSeen:
    if answer["out_refund_no"] != refund_no:
        raise ValueError("an answer about another refund")
    refunded_at = answer.get("success_time")
    return RefundSeen(
        state=answer["status"],
        refund_id=answer["refund_id"],
        refunded_at=_instant(refunded_at) if refunded_at else None,
        amount_fen=answer["amount"]["refund"],
    )


RESULTS = ("PENDING", "SUCCESS", "CLOSED")


def _share(number: str, answer: dict[str, Any]) -> ShareSeen:
    if answer["out_order_no"] != number:
        raise ValueError("an answer about another share")
    if any(each["result"] not in RESULTS for each in answer.get("receivers") or ()):
        raise ValueError("a result that nobody knows")
    parts = tuple(SharedPart(
        kind=each["type"].replace("_SUB_", "_"), account=each["account"], amount_fen=each["amount"],
        result=each["result"], problem=each.get("fail_reason") or None) for each in answer.get("receivers") or ())
    return ShareSeen(state=answer["state"], wechat_no=answer["order_id"], parts=parts)


def _share_return(number: str, answer: dict[str, Any]) -> ShareReturnSeen:
    if answer["out_return_no"] != number:
        raise ValueError("an answer about another return")
    return ShareReturnSeen(result=answer["result"], wechat_no=answer["return_id"], amount_fen=answer["amount"],
                           problem=answer.get("fail_reason") or None)


def _bill_link(gateway: str, answer: dict[str, Any]) -> tuple[str, str]:
    """(SHA-1, address); an address anywhere else than at WeChat itself is not gone to."""
    if answer["hash_type"] != "SHA1" or not answer["download_url"].startswith(gateway + BILL_PATH):
        raise ValueError("not a bill's link")
    return answer["hash_value"], answer["download_url"]


@dataclass(frozen=True)
class _SealedPart:
    """One part of a sealed bill. `key` is sealed for our papers; `sha1` is that of what is inside, unpacked."""

    sequence: int
    sha1: str
    url: str
    key: bytes = field(repr=False)
    nonce: bytes


def _sealed_parts(gateway: str, answer: dict[str, Any]) -> list[_SealedPart]:
    """The parts in their order; ValueError unless they are all there."""
    parts = []
    for each in answer["download_bill_list"]:
        sha1, url = _bill_link(gateway, each)
        parts.append(_SealedPart(each["bill_sequence"], sha1, url, base64.b64decode(each["encrypt_key"]),
                                 each["nonce"].encode()))
    parts.sort(key=lambda part: part.sequence)
    if not parts or [part.sequence for part in parts] != list(range(1, answer["download_bill_count"] + 1)):
        raise ValueError("not all parts of a bill")
    return parts


def _opened_part(private_key: Any, part: _SealedPart, sealed: bytes | str) -> bytes:
    """What is inside a part, as packed as it was. Raises BillDamaged."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        oaep = padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)
        return AESGCM(private_key.decrypt(part.key, oaep)).decrypt(part.nonce, sealed, b"")
    except Exception:
        pass  # raised anew below: a key must not hang on the error as its context
    raise BillDamaged()


def _bill_text(parts: list[bytes | str], sha1s: list[str]) -> PackedText:
    """The text behind a bill's links, unpacked within its limit; each SHA-1 is over what was unpacked. Raises
    BillDamaged."""
    try:
        text = PackedText([part.encode() if isinstance(part, str) else part for part in parts], BILL_UNPACKED_BYTES)
    except NotUnpacked:
        raise BillDamaged() from None
    if [sha1.lower() for sha1 in sha1s] != text.part_sha1s:
        raise BillDamaged()
    return text


def _json(text: str | bytes) -> dict[str, Any]:
    try:
        answer = json.loads(text)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _safe(number: str, *, longest: int) -> str:
    if not re.fullmatch(r"[0-9A-Za-z_-]+", number) or not 6 <= len(number) <= longest:
        raise ValueError(f"not a number of ours: {number!r}")
    return number


def _is_fresh(timestamp: str, wall_now: datetime) -> bool:
    return timestamp.isdecimal() and abs(wall_now.timestamp() - int(timestamp)) <= FRESH.total_seconds()


def _instant(text: str) -> datetime:
    """RFC 3339 as an aware UTC time; Python 3.10 does not read the `Z`."""
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    return moment.astimezone(clock.UTC)
