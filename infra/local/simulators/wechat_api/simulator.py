"""What every interface works with: the simulator's parts, one call, and a refusal."""

from __future__ import annotations

import secrets
import sqlite3
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from infra.local.simulators.faults import FaultPlan
from infra.local.simulators.wechat_api.database import Clock
from infra.local.simulators.wechat_api.paid_orders import PaidOrders


@dataclass(frozen=True)
class Simulator:
    """The parts. ``time_scale`` 0.01 makes waits a hundred times shorter; expiries follow the clock."""

    account: dict[str, Any]
    database: sqlite3.Connection
    clock: Clock
    faults: FaultPlan
    paid_orders: PaidOrders
    public_url: str
    time_scale: float = 1
    words: list[dict[str, Any]] = field(default_factory=list)
    clock_with: str | None = None  # another simulator that keeps the same time
    calls: deque[dict[str, Any]] = field(default_factory=deque)  # the latest, newest first

    def wait(self, seconds: float) -> float:
        """How long a wait of so many seconds lasts here."""
        return seconds * self.time_scale


@dataclass(frozen=True)
class Call:
    """One request: its query and its JSON body ({} for GET)."""

    query: dict[str, str]
    body: dict[str, Any]


class Refused(Exception):
    """WeChat's way to say no: HTTP 200 with an errcode."""

    def __init__(self, errcode: int, errmsg: str) -> None:
        super().__init__(errcode, errmsg)
        self.errcode = errcode
        self.errmsg = errmsg

    def answer(self) -> dict[str, Any]:
        """errmsg ends in a request id, as the real one does."""
        rid = f"{int(time.time()):08x}-{secrets.token_hex(4)}-{secrets.token_hex(4)}"
        return {"errcode": self.errcode, "errmsg": f"{self.errmsg} rid: {rid}"}
