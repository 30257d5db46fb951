"""WeChat's message push into a shop, signed and sealed as the simulator does it."""

from __future__ import annotations

import base64
import time
from typing import Any

from infra.local.simulators.wechat_api.push import signed, wrap
from tests.support.shop import APPID, SECRETS, Shop

ACTION, WEB_APPID = "messaging.receive_push", "wxservice0000000001"


def event_of(method: str, query: dict[str, str], body: bytes = b"") -> dict[str, Any]:
    """AWS payload 2.0."""
    return {"version": "2.0", "rawPath": "/webhooks/wechat/messages", "headers": {},
            "queryStringParameters": query, "requestContext": {"http": {"method": method, "sourceIp": "203.0.113.9"}},
            "body": base64.b64encode(body).decode(), "isBase64Encoded": True}


def pushed(message: dict[str, Any], *, mode: str = "secure", form: str = "json", service: bool = False,
           now: int | None = None, **account: str) -> dict[str, Any]:
    """The trigger event of one push."""
    account = {"appid": APPID, "web_appid": WEB_APPID, "push_token": SECRETS["wechat_push_token"],
               "push_aes_key": SECRETS["wechat_push_aes_key"], "push_mode": mode, "push_format": form, **account}
    return event_of("POST", *wrap(account, message, now=now or int(time.time()), service=service))


def push(shop: Shop, message: dict[str, Any], **how: Any) -> tuple[int, str]:
    """(status, answer) of one push."""
    answer = shop.send(ACTION, pushed(message, **how))
    return answer["statusCode"], answer["body"]


def verify(shop: Shop, token: str = SECRETS["wechat_push_token"], *, now: int | None = None) -> tuple[int, str]:
    answer = shop.send(ACTION, event_of("GET", {**signed(token, now=now or int(time.time())), "echostr": "27182818"}))
    return answer["statusCode"], answer["body"]


def happened(event: str, openid: str = "openid-xiaohong", at: int = 1_780_000_000, **more: Any) -> dict[str, Any]:
    return {"ToUserName": "gh_1", "FromUserName": openid, "CreateTime": at, "MsgType": "event", "Event": event, **more}
