"""Which openid is whose, and of which app: one rule for both simulators (公众号与小程序的 openid 各不相同).

An openid says in its first six characters of which account it is, as WeChat's own do: the same for all people of one
app, another in the next one.
"""

from __future__ import annotations

import base64
import hashlib


def openid_of(appid: str, person: str) -> str:
    """The openid of this person in this app."""
    return account_of(appid) + digest("openid", appid, person)[:22]


def account_of(appid: str) -> str:
    """How every openid of this app begins."""
    return "o" + digest("account", appid)[:5]


def is_of(openid: str, appid: str) -> bool:
    return openid.startswith(account_of(appid))


def digest(*parts: str) -> str:
    raw = hashlib.sha256("\n".join(("wechat-api-simulator", *parts)).encode()).digest()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
