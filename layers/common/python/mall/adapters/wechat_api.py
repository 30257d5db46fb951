"""WeChat's server interface (微信服务端接口): sign-in, messages, codes, text checks, shipping reports, risk.

One thin client over `requests`, because no kept library covers these paths. A refusal by WeChat is an
`errcode` inside HTTP 200; each becomes one of the classes at the end of this file. What is raised
carries the errcode and WeChat's request id (rid) only: no token, secret, session key or person.
"""

from __future__ import annotations

import json
import logging
import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from mall.kit import clock, deadline
from mall.kit.errors import BadInput, MallError, RuleBroken, TooMany, Unavailable
from mall.kit.outside import calling

RENEW_BEFORE = timedelta(minutes=5)  # stable_token hands out the same token until its last five minutes
FORCE_APART = timedelta(seconds=30)  # stable_token: force_refresh at most every 30 s, 20 times a day
IDLE = timedelta(seconds=30)  # a function frozen for longer wakes to connections that are dead
SPLIT_DELIVERY = 2  # 分拆发货


class WeChatApi:
    """One mini program and, for the H5 shop, one service account. Build it once per warm instance:
    it keeps the access token and the connection.

    Every outbound method may raise `Unavailable` (timeout, 5xx, -1), `WeChatBusy` and `WeChatRefused`
    besides what it names itself.
    """

    def __init__(self, config: WeChatApiConfig) -> None:
        import requests

        # At DEBUG it would write out addresses, and these carry the secret or the token.
        logging.getLogger("urllib3.connectionpool").setLevel(logging.WARNING)
        self.config = config
        self._session = requests.Session()
        self._session.trust_env = False  # no environment variable routes a secret elsewhere
        self._used_at = clock.wall()
        self._token_lock = threading.Lock()
        self._token = ""
        self._token_good_until = self._token_forced_at = datetime.min.replace(tzinfo=clock.UTC)

    # Who is it

    def code_to_session(self, js_code: str) -> Session:
        """A login code for the person (code2Session). A code works once, for five minutes: BadLoginCode."""
        answer = self._get(
            "/sns/jscode2session",
            appid=self.config.appid,
            secret=self.config.secret,
            js_code=js_code,
            grant_type="authorization_code",
        )
        return _session(answer)

    def phone_number(self, code: str) -> str:
        """A phone code for the number without its country code; other countries than +86 are BadInput.

        A code works once, for five minutes: BadLoginCode.
        """
        info = self.call("/wxa/business/getuserphonenumber", {"code": code}).get("phone_info") or {}
        if str(info.get("countryCode")) != "86":
            raise BadInput("目前只支持中国大陆手机号", field="code")
        return _told(info, "purePhoneNumber", str)

    def authorize_url(self, redirect_uri: str, state: str) -> str:
        """Where to send a web visitor to sign in (网页授权); the answer arrives at `redirect_uri` with
        `code` and `state`. Asks for snsapi_userinfo: only that scope tells the unionid. No network."""
        asked = urlencode(
            {
                "appid": self.config.web_appid,
                "redirect_uri": redirect_uri,
                "response_type": "code",
                "scope": "snsapi_userinfo",
                "state": state,
            }
        )
        return f"{self.config.authorize_base_url}/connect/oauth2/authorize?{asked}#wechat_redirect"

    def oauth_identity(self, code: str) -> Session:
        """A web sign-in code for the person of the service account; BadLoginCode also for a snapshot
        visitor (快照页), whose openid is nobody's."""
        granted = self._get(
            "/sns/oauth2/access_token",
            appid=self.config.web_appid,
            secret=self.config.web_secret,
            code=code,
            grant_type="authorization_code",
        )
        if granted.get("is_snapshotuser"):
            raise BadLoginCode("请点击右下角“使用完整服务”后再登录", field="code")
        if granted.get("unionid") or "snsapi_userinfo" not in str(granted.get("scope")):
            return _session(granted)
        person = self._get(
            "/sns/userinfo",
            access_token=_told(granted, "access_token", str),
            openid=_told(granted, "openid", str),
            lang="zh_CN",
        )
        return _session(person)

    # Reaching them

    def send_subscribe_message(
        self, openid: str, template_id: str, page: str, data: dict[str, str], state: str = "formal"
    ) -> None:
        """Send one subscribe message (订阅消息); NoConsentLeft when the person allowed none or all are used.

        `state` is developer, trial or formal. After Unavailable it may have been sent all the same.
        """
        body = {
            "touser": openid,
            "template_id": template_id,
            "page": page,
            "data": {name: {"value": value} for name, value in data.items()},
            "miniprogram_state": state,
            "lang": "zh_CN",
        }
        self.call("/cgi-bin/message/subscribe/send", body)

    def mini_program_code(self, scene: str, page: str, width: int = 430) -> bytes:
        """The picture of a mini-program code (小程序码), PNG or JPEG; `page` has no leading slash."""
        body = {"scene": scene, "page": page, "width": width}
        return _picture(self._with_token("/wxa/getwxacodeunlimit", body))

    # Keeping the shop clean

    def check_text(self, openid: str, text: str, scene: int, nickname: str | None = None) -> TextVerdict:
        """WeChat's judgement of a text (msg_sec_check v2); at most 2,500 characters. `scene`: 1 profile,
        2 comment, 3 forum, 4 social log. The person must have used the shop within two hours (61010)."""
        body = {"version": 2, "scene": scene, "openid": openid, "content": text}
        answer = self.call("/wxa/msg_sec_check", body | ({"nickname": nickname} if nickname else {}))
        result = answer.get("result") or {}
        return TextVerdict(
            suggest=_told(result, "suggest", str),
            label=_told(result, "label", int),
            trace_id=_told(answer, "trace_id", str),
        )

    def user_risk_rank(self, openid: str, scene: int, client_ip: str) -> int:
        """How risky WeChat finds the person (安全等级): 0 to 4. `scene`: 0 sign-up, 1 cheating."""
        body = {"appid": self.config.appid, "openid": openid, "scene": scene, "client_ip": client_ip}
        return _told(self.call("/wxa/getuserriskrank", body), "risk_rank", int)

    # Shipping

    def upload_shipping_info(
        self,
        *,
        payment_no: str,
        mchid: str,
        openid: str,
        logistics_type: int,
        items: Sequence[Parcel | Mapping[str, str]],
        upload_time: datetime,
        is_all_delivered: bool = True,
        delivery_mode: int = 1,
    ) -> None:
        """Report a payment's shipping (发货信息录入), without which its money is not settled.

        `logistics_type`: 1 express, 2 city, 3 virtual, 4 pick-up. `delivery_mode` 1 takes exactly one item,
        2 (split) up to 15; an item may be a mapping of a Parcel's fields. OrderNotYetVisible: just paid, try
        later. Repeatable: nothing new is a success.
        """
        body: dict[str, Any] = {
            "order_key": {"order_number_type": 1, "mchid": mchid, "out_trade_no": payment_no},
            "logistics_type": logistics_type,
            "delivery_mode": delivery_mode,
            "shipping_list": [_parcel(item).as_wechat() for item in items],
            "upload_time": upload_time.astimezone(clock.SHANGHAI).isoformat(timespec="milliseconds"),
            "payer": {"openid": openid},
        }
        if delivery_mode == SPLIT_DELIVERY:
            body["is_all_delivered"] = is_all_delivered
        try:
            self.call("/wxa/sec/order/upload_shipping_info", body)
        except WeChatRefused as refusal:
            if refusal.data["errcode"] != 10060023:  # nothing changed
                raise

    # The wire

    def call(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """POST `body` to a path that wants an access token; the answer, or the error its errcode means.

        A token WeChat no longer takes is read again, and the call repeated once.
        """
        return _checked(_json(self._with_token(path, body)))

    def _with_token(self, path: str, body: dict[str, Any]) -> bytes:
        token = self._read_token()
        content = self._send(path, body=body, query={"access_token": token})
        if not _names_a_bad_token(content):
            return content
        content = self._send(path, body=body, query={"access_token": self._read_token(refused=token)})
        if _names_a_bad_token(content):
            raise Unavailable(**_facts(_json(content)))
        return content

    def _read_token(self, refused: str = "") -> str:
        """The token in hand, or WeChat's current one when ours is old or was just refused. Only when
        WeChat still hands out the refused one is a new one forced, which ends the old for everybody."""
        with self._token_lock:
            if self._token != refused and clock.wall() < self._token_good_until:
                return self._token
            self._ask_for_token(force=False)
            may_force = clock.wall() - self._token_forced_at >= FORCE_APART
            if self._token == refused and may_force:
                self._token_forced_at = clock.wall()
                self._ask_for_token(force=True)
            return self._token

    def _ask_for_token(self, *, force: bool) -> None:
        asked = {
            "grant_type": "client_credential",
            "appid": self.config.appid,
            "secret": self.config.secret,
            "force_refresh": force,
        }
        answer = _checked(_json(self._send("/cgi-bin/stable_token", body=asked, query={})))
        life = timedelta(seconds=_told(answer, "expires_in", int))
        self._token = _told(answer, "access_token", str)
        self._token_good_until = clock.wall() + life - RENEW_BEFORE

    def _get(self, path: str, **query: str) -> dict[str, Any]:
        return _checked(_json(self._send(path, body=None, query=query)))

    def _send(self, path: str, *, body: dict[str, Any] | None, query: dict[str, str]) -> bytes:
        used_at, self._used_at = self._used_at, clock.wall()
        if self._used_at - used_at > IDLE:
            self._session.close()
        response = cause = None
        with calling(f"wechat_api{path}"):
            try:
                response = self._session.request(
                    "GET" if body is None else "POST",
                    self.config.base_url.rstrip("/") + path,
                    params=query,
                    data=None if body is None else json.dumps(body, ensure_ascii=False).encode(),
                    headers={"Content-Type": "application/json; charset=utf-8"},
                    timeout=deadline.timeouts(*self.config.timeout),
                    allow_redirects=False,
                )
            except Exception as error:
                cause = type(error).__name__  # its own words would show the address, token and all
        if response is None:
            raise Unavailable(cause=cause)
        if response.status_code != 200:
            raise Unavailable(cause=f"HTTP {response.status_code}")
        return response.content


@dataclass(frozen=True)
class WeChatApiConfig:
    """The papers of the mini program (`appid`) and of the service account (`web_appid`).

    `base_url` and `authorize_base_url` point at a simulator in the local cloud. `timeout` is (connect, read)
    in seconds.
    """

    appid: str
    secret: str = field(repr=False)
    web_appid: str = ""
    web_secret: str = field(default="", repr=False)
    base_url: str = "https://api.weixin.qq.com"
    authorize_base_url: str = "https://open.weixin.qq.com"
    timeout: tuple[float, float] = deadline.WECHAT_API[:2]


@dataclass(frozen=True)
class Session:
    """Who signed in. `unionid` joins the person's accounts; None where WeChat does not tell it.
    `session_key` is the mini program's only, and never leaves the server."""

    openid: str
    unionid: str | None
    session_key: str = field(default="", repr=False)


@dataclass(frozen=True)
class TextVerdict:
    """`suggest`: pass, review or risky. `label`: 100 is fine, others name the kind."""

    suggest: str
    label: int
    trace_id: str


@dataclass(frozen=True)
class Parcel:
    """One item of a shipping report. Express needs `tracking_no` and `express_company` (WeChat's id of the
    carrier); SF also the receiver's phone, which leaves masked."""

    item_desc: str
    tracking_no: str = ""
    express_company: str = ""
    receiver_phone: str = field(default="", repr=False)

    def as_wechat(self) -> dict[str, Any]:
        told: dict[str, Any] = {"item_desc": self.item_desc[:120]}
        if self.tracking_no:
            told |= {"tracking_no": self.tracking_no, "express_company": self.express_company}
        if self.receiver_phone:
            masked = f"{self.receiver_phone[:-8]}****{self.receiver_phone[-4:]}"
            told["contact"] = {"receiver_contact": masked}
        return told


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


_BAD_TOKEN = (40001, 40014, 42001)
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


def _picture(content: bytes) -> bytes:
    """The interface answers with a picture or with a JSON error: the first bytes decide."""
    if content.startswith((b"\x89PNG", b"\xff\xd8\xff")):
        return content
    _checked(_json(content))
    raise Unavailable(cause="unreadable answer")


def _checked(answer: dict[str, Any]) -> dict[str, Any]:
    errcode = answer.get("errcode", 0)
    if errcode:
        raise _MEANING.get(errcode, WeChatRefused)(**_facts(answer))
    return answer


def _facts(answer: dict[str, Any]) -> dict[str, Any]:
    """What may be told of a refusal: the rest of errmsg can quote what was sent."""
    told = str(answer.get("errmsg"))
    rid, key = re.search(r"rid: ?([0-9a-f-]+)", told), re.search(r"data\.([a-z_]+[0-9]{1,2})\.value", told)
    return {"errcode": answer["errcode"]} | ({"rid": rid.group(1)} if rid else {}) | (
        {"key": key.group(1)} if key else {})


def _names_a_bad_token(content: bytes) -> bool:
    return content[:1] == b"{" and _json(content).get("errcode") in _BAD_TOKEN


def _json(content: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(content)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise Unavailable(cause="unreadable answer")
    return answer


def _told(answer: dict[str, Any], name: str, kind: type) -> Any:
    value = answer.get(name)
    if type(value) is not kind or value == "":
        raise Unavailable(cause="unreadable answer")
    return value


def _parcel(item: Parcel | Mapping[str, str]) -> Parcel:
    return item if isinstance(item, Parcel) else Parcel(**item)


def _session(answer: dict[str, Any]) -> Session:
    return Session(
        openid=_told(answer, "openid", str),
        unionid=answer.get("unionid") or None,
        session_key=answer.get("session_key", ""),
    )
