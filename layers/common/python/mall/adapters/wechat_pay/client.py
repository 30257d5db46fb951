"""The merchant's papers, and one question to WeChat with what its answer means; each subject of the package adds its
own questions."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlencode

from mall.adapters.wechat_pay.config import WeChatPayConfig
from mall.adapters.wechat_pay.errors import OutcomeUnknown, PayMisconfigured, PayRefused, refusal
from mall.adapters.wechat_pay.keys import read_keys
from mall.adapters.wechat_pay.wire import Wire
from mall.kit import clock
from mall.kit.outside import calling

Seen = TypeVar("Seen")


class Client:
    """One merchant number and the apps that are bound to it, and how a question to WeChat ends.

    Every call may raise `OutcomeUnknown`, `PayRefused` or `PayMisconfigured`; repeating it under the same number is
    safe. What stands in a path is `[0-9A-Za-z_-]` only (`safe`): another number is a ValueError before a byte is sent.
    """

    def __init__(self, config: WeChatPayConfig) -> None:
        if len(config.apiv3_key.encode()) != 32:  # would otherwise show only as every notice failing
            raise PayMisconfigured(setting="apiv3_key")
        self.config = config
        self._wire = _wire(config)
        # As a service provider (服务商模式) every call names the merchant that it is made for.
        self._for_merchant = {"sub_mchid": config.sub_mchid} if config.sub_mchid else {}

    def _get(self, name: str, path: str, read: Callable[[dict[str, Any]], Seen], **query: str) -> Seen:
        """Ask; what is not there is PayRefused."""
        return self._ask(name, "GET", f"{path}?{urlencode(query)}" if query else path, None, read)

    def _post(self, name: str, path: str, body: dict[str, Any], read: Callable[[dict[str, Any]], Seen]) -> Seen:
        """Ask for something to be done. A field that is None is not sent."""
        return self._ask(name, "POST", path, {key: value for key, value in body.items() if value is not None}, read)

    def _find(self, name: str, path: str, read: Callable[[dict[str, Any]], Seen], missing: str = "RESOURCE_NOT_EXISTS",
              **query: str) -> Seen | None:
        """As `_get`; None when WeChat does not know the number, which it words as `missing`."""
        try:
            return self._get(name, path, read, **query)
        except PayRefused as refused:
            if refused.data["wechat_code"] != missing:
                raise
            return None

    def _ask(self, name: str, method: str, path: str, body: dict[str, Any] | None,
             read: Callable[[dict[str, Any]], Seen]) -> Seen:
        failure = None
        with calling(f"wechat_pay.{name}"):
            try:
                status, content = self._wire.send(method, path, body)
            except Exception as error:  # no answer, or one whose signature or date is wrong
                failure = type(error).__name__
        if failure:
            raise OutcomeUnknown(cause=failure)
        answer = _json(content)
        if status not in (200, 204):
            raise refusal(status, answer)
        try:
            return read(answer)
        except (KeyError, TypeError, ValueError):
            pass
        raise OutcomeUnknown(cause="unreadable answer")

    def _as_direct(self, told: dict[str, Any]) -> dict[str, Any]:
        """What a service provider is told, under a direct merchant's names: `mchid` whose papers sign, `appid` the
        mini program's. ValueError where it is about another merchant."""
        if not self._for_merchant:
            return told
        if told["sub_mchid"] != self.config.sub_mchid:
            raise ValueError("of another merchant")
        return {**told, "mchid": told.get("sp_mchid"), "appid": told.get("sub_appid")}


def _wire(config: WeChatPayConfig) -> Wire:
    try:
        return Wire(config, read_keys(config.public_key_id, config.public_key))
    except Exception:
        pass  # raised anew below: a key must not hang on the error as its context
    raise PayMisconfigured(setting="private_key, public_key or public_key_id")


def _json(content: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(content)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def safe(number: str, *, longest: int) -> str:
    """The number, which may stand in a path; ValueError for one that is not of ours."""
    if not re.fullmatch(r"[0-9A-Za-z_-]+", number) or not 6 <= len(number) <= longest:
        raise ValueError(f"not a number of ours: {number!r}")
    return number


def instant(text: str) -> datetime:
    """RFC 3339 as an aware UTC time; Python 3.10 does not read the `Z`."""
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    return moment.astimezone(clock.UTC)
