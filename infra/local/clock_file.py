"""The shop's clock on a laptop (商城时钟): moved forward by a person, kept over restarts, told to the simulators."""

from __future__ import annotations

import json
import threading
import time
import urllib.request
from datetime import timedelta
from pathlib import Path
from typing import Any

from mall.kit import clock
from mall.kit.errors import BadInput

from infra.local.settings import write_private

FURTHEST = timedelta(days=3650)
PATIENCE_S = 30  # the simulators start beside us
LOCAL = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # never by way of a proxy


class BadMove(BadInput):
    code, message = "BAD_CLOCK_MOVE", '请求内容应为 {"by_minutes": n} 或 {"ahead_minutes": n}，时钟只能向前拨'


class ClockFile:
    def __init__(self, path: Path, simulators: list[str]):
        self._path, self._simulators, self._lock = path, simulators, threading.Lock()
        seconds = json.loads(path.read_text())["ahead_seconds"] if path.is_file() else 0
        clock.move_ahead(timedelta(seconds=seconds))

    def move(self, asked: Any) -> dict[str, Any]:
        """{"by_minutes": n} from where it stands, {"ahead_minutes": n} before the real time. Never back:
        the rows that are stored would lie in the future. Raises BadMove."""
        with self._lock:
            ahead = self._wanted(asked)
            if not clock.ahead() <= ahead <= FURTHEST:
                raise BadMove()
            clock.move_ahead(ahead)
            write_private(self._path, json.dumps({"ahead_seconds": ahead.total_seconds()}) + "\n")
        self.tell()
        return self.read()

    def read(self) -> dict[str, Any]:
        now = clock.now()
        return {"ahead_minutes": clock.ahead().total_seconds() / 60, "now": now.isoformat(),
                "shop_time": now.astimezone(clock.SHANGHAI).isoformat(sep=" ", timespec="seconds")}

    def tell(self) -> None:
        """Both simulators keep the same time as the shop."""
        body = json.dumps({"ahead_s": clock.ahead().total_seconds()}).encode()
        for address in self._simulators:
            request = urllib.request.Request(f"{address}/_sim/clock", body, {"Content-Type": "application/json"})
            LOCAL.open(request, timeout=5).close()

    def tell_when_they_are_up(self) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                return self.tell()
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    @staticmethod
    def _wanted(asked: Any) -> timedelta:
        if not isinstance(asked, dict) or len(asked) != 1:
            raise BadMove()
        [(name, minutes)] = asked.items()
        if isinstance(minutes, bool) or not isinstance(minutes, (int, float)) or not 0 <= minutes <= 5_256_000:
            raise BadMove()
        if name not in ("by_minutes", "ahead_minutes"):
            raise BadMove()
        return timedelta(minutes=minutes) + (clock.ahead() if name == "by_minutes" else timedelta(0))
