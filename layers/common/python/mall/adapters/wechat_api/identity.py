"""Who is it (登录与身份): a code for a person, in the mini program and in the service account."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from mall.adapters.wechat_api.client import Client, told
from mall.adapters.wechat_api.errors import BadLoginCode
from mall.kit.errors import BadInput


@dataclass(frozen=True)
class Session:
    """Who signed in. `unionid` joins the person's accounts; None where WeChat does not tell it.
    `session_key` is the mini program's only, and never leaves the server."""

    openid: str
    unionid: str | None
    session_key: str = field(default="", repr=False)


class Identity(Client):
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
        return told(info, "purePhoneNumber", str)

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
            access_token=told(granted, "access_token", str),
            openid=told(granted, "openid", str),
            lang="zh_CN",
        )
        return _session(person)


def _session(answer: dict[str, Any]) -> Session:
    return Session(
        openid=told(answer, "openid", str),
        unionid=answer.get("unionid") or None,
        session_key=answer.get("session_key", ""),
    )
