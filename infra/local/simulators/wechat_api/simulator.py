"""What every interface works with: the simulator's parts, one call, and a refusal."""

from __future__ import annotations

import secrets
import sqlite3
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from infra.local.simulators.faults import FaultPlan
from infra.local.simulators.wechat_api.account import Account
from infra.local.simulators.wechat_api.database import Clock
from infra.local.simulators.wechat_api.paid_orders import PaidOrders

Push = Callable[[str, dict[str, Any]], None]
"""Takes what WeChat would push to an account's server (消息推送): the appid, and FromUserName, CreateTime, MsgType,
Event and the event's own fields. It must return at once; sending, signing and trying again are its own matter."""


def push_to_nobody(_appid: str, _message: dict[str, Any]) -> None:
    """No push address is configured: nothing is sent."""


@dataclass(frozen=True)
class Simulator:
    """The parts. ``time_scale`` 0.01 makes waits a hundred times shorter; expiries follow the clock."""

    account: dict[str, Any]
    accounts: dict[str, Account]
    database: sqlite3.Connection
    clock: Clock
    faults: FaultPlan
    paid_orders: PaidOrders
    public_url: str
    time_scale: float = 1
    push: Push = push_to_nobody
    words: list[dict[str, Any]] = field(default_factory=list)
    clock_with: str | None = None  # another simulator that keeps the same time
    calls: deque[dict[str, Any]] = field(default_factory=deque)  # the latest, newest first

    def wait(self, seconds: float) -> float:
        """How long a wait of so many seconds lasts here."""
        return seconds * self.time_scale

    def tell(self, appid: str, openid: str, /, **fields: Any) -> None:
        """Push one message about this person to the account's server, if it has one."""
        self.push(appid, {"FromUserName": openid, "CreateTime": int(self.clock.now()), **fields})

    def tell_event(self, appid: str, openid: str, event: str, /, **fields: Any) -> None:
        self.tell(appid, openid, MsgType="event", Event=event, **fields)


@dataclass(frozen=True)
class Upload:
    """A file in a multipart body."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class Call:
    """One request: its query, its JSON body ({} for GET) or its file, and the account whose token it carries
    (None where the interface asks for no token)."""

    query: dict[str, str]
    body: dict[str, Any]
    account: Account | None = None
    upload: Upload | None = None

    @property
    def appid(self) -> str:
        assert self.account, "this interface asks for no token"
        return self.account.appid


class Refused(Exception):
    """WeChat's way to say no: HTTP 200 with an errcode."""

    def __init__(self, errcode: int, errmsg: str) -> None:
        super().__init__(errcode, errmsg)
        self.errcode = errcode
        self.errmsg = errmsg

    def answer(self, rid: str | None = None) -> dict[str, Any]:
        """errmsg ends in a request id, as the real one does."""
        return {"errcode": self.errcode, "errmsg": f"{self.errmsg} rid: {rid or new_rid()}"}


def new_rid() -> str:
    """A request id: three groups of eight hexadecimal digits, the time first."""
    return f"{int(time.time()):08x}-{secrets.token_hex(4)}-{secrets.token_hex(4)}"


OK = {"errcode": 0, "errmsg": "ok"}
