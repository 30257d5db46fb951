"""The wire to WeChat's server interface: one kept connection, the access token, and what an answer means."""

from __future__ import annotations

import json
import logging
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from mall.adapters.wechat_api.errors import checked, facts
from mall.kit import clock, deadline
from mall.kit.errors import Unavailable
from mall.kit.outside import calling

RENEW_BEFORE = timedelta(minutes=5)  # stable_token hands out the same token until its last five minutes
FORCE_APART = timedelta(seconds=30)  # stable_token: force_refresh at most every 30 s, 20 times a day
IDLE = timedelta(seconds=30)  # a function frozen for longer wakes to connections that are dead
BAD_TOKEN = (40001, 40014, 42001)


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


class Client:
    """One mini program and, for the H5 shop, one service account.

    Every call may raise `Unavailable` (timeout, 5xx, -1), `WeChatBusy` and `WeChatRefused` besides what it names.
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

    def call(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """POST `body` to a path that wants an access token; the answer, or the error its errcode means.

        A token WeChat no longer takes is read again, and the call repeated once.
        """
        return checked(read(self._with_token(path, body)))

    def _with_token(self, path: str, body: dict[str, Any]) -> bytes:
        token = self._read_token()
        content = self._send(path, body=body, query={"access_token": token})
        if not _names_a_bad_token(content):
            return content
        content = self._send(path, body=body, query={"access_token": self._read_token(refused=token)})
        if _names_a_bad_token(content):
            raise Unavailable(**facts(read(content)))
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
        answer = checked(read(self._send("/cgi-bin/stable_token", body=asked, query={})))
        life = timedelta(seconds=told(answer, "expires_in", int))
        self._token = told(answer, "access_token", str)
        self._token_good_until = clock.wall() + life - RENEW_BEFORE

    def _get(self, path: str, **query: str) -> dict[str, Any]:
        return checked(read(self._send(path, body=None, query=query)))

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


def _names_a_bad_token(content: bytes) -> bool:
    return content[:1] == b"{" and read(content).get("errcode") in BAD_TOKEN


def read(content: bytes) -> dict[str, Any]:
    """The JSON object that WeChat answered with. Raises Unavailable."""
    try:
        answer = json.loads(content)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise Unavailable(cause="unreadable answer")
    return answer


def told(answer: dict[str, Any], name: str, kind: type) -> Any:
    """A field that must be there, of this kind. Raises Unavailable."""
    value = answer.get(name)
    if type(value) is not kind or value == "":
        raise Unavailable(cause="unreadable answer")
    return value
