"""A mini program's papers, WeChat's answers, and one call of each kind that tests make."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from urllib.parse import parse_qsl, urlsplit

import pytest
from mall.adapters.wechat_api import Parcel, WeChatApiConfig

UTC = timezone.utc
SECRET, WEB_SECRET = "secret-of-the-mini-program", "secret-of-the-service-account"
TOKEN_PATH = "/cgi-bin/stable_token"
PNG = b"\x89PNG\r\n\x1a\n picture"


def config(server, **changes):
    given = {
        "appid": "wxmini",
        "secret": SECRET,
        "web_appid": "wxweb",
        "web_secret": WEB_SECRET,
        "base_url": server.url,
        "timeout": (2, 5),
    }
    return WeChatApiConfig(**(given | changes))


class Desk:
    """WeChat's side: hands out tokens and answers the paths it was told about."""

    def __init__(self, server, **answers):
        self.server, self.answers = server, {f"/{path}": answer for path, answer in answers.items()}
        self.tokens, self.good = iter(f"token-{n}" for n in range(1, 100)), None
        self.next_token = next(self.tokens)
        self.expires_in = 7200
        server.script = self.answer

    def answer(self, request):
        path = urlsplit(request.path).path
        if path == TOKEN_PATH:
            if json.loads(request.body)["force_refresh"]:
                self.next_token = next(self.tokens)
            return said({"access_token": self.next_token, "expires_in": self.expires_in})
        if self.good and query_of(request).get("access_token") not in (None, self.good):
            return said({"errcode": 40001, "errmsg": "invalid credential rid: 1-2-3"})
        given = self.answers.get(path, {"errcode": 0, "errmsg": "ok"})
        return given if "body" in given else said(given)

    def paths(self):
        return [urlsplit(request.path).path for request in self.server.received]


def said(content):
    # /sns/ paths really answer text/plain, so nothing may depend on the content type
    return {
        "body": json.dumps(content, ensure_ascii=False).encode(),
        "headers": {"Content-Type": "text/plain"},
    }


def refusing(server, path, errcode, errmsg="no rid: 65f1-0a2b-3c4d"):
    return Desk(server, **{path: {"errcode": errcode, "errmsg": errmsg}})


def query_of(request):
    return dict(parse_qsl(urlsplit(request.path).query))


def ship(api, **changes):
    told = {
        "payment_no": "pay_01JD0000000000000000000000",
        "mchid": "1900000001",
        "openid": "o-lin",
        "logistics_type": 1,
        "items": [Parcel("龙井茶 250 克", "SF1234567890", "SF", "13812345678")],
        "upload_time": datetime(2026, 1, 1, 2, 3, 4, 567890, tzinfo=UTC),
    }
    api.upload_shipping_info(**(told | changes))


CALLS = {
    "sns/jscode2session": lambda api: api.code_to_session("code"),
    "wxa/business/getuserphonenumber": lambda api: api.phone_number("code"),
    "sns/oauth2/access_token": lambda api: api.oauth_identity("code"),
    "cgi-bin/message/subscribe/send": lambda api: api.send_subscribe_message(
        "o-lin", "T1", "p", {"thing1": "x"}
    ),
    "wxa/getwxacodeunlimit": lambda api: api.mini_program_code("g=1", "pages/goods"),
    "wxa/msg_sec_check": lambda api: api.check_text("o-lin", "好茶", 2),
    "wxa/getuserriskrank": lambda api: api.user_risk_rank("o-lin", 0, "203.0.113.7"),
    "wxa/sec/order/upload_shipping_info": ship,
}
every_call = pytest.mark.parametrize(("path", "call"), CALLS.items(), ids=CALLS)
