"""Timers from the actions' own declarations, by the shop's clock (定时任务): a moved clock fires what has come due.

When each ran last is kept in `timers.json`, so that what came due while the mall was stopped fires at
its next start. A timer that is still running is not started again; one that missed several turns runs once.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from mall.app.actions import Action, Schedule
from mall.kit import clock

from infra.local.settings import write_private

LOOK_EVERY_S = 1.0
AT_ONCE = 4


def is_due(schedule: Schedule, last: datetime, now: datetime) -> bool:
    """Whether a turn of the schedule lies after `last` and not after `now`."""
    if schedule.daily_at is None:
        return now - last >= timedelta(minutes=schedule.every_minutes)
    hour, minute = map(int, schedule.daily_at.split(":"))
    local = now.astimezone(clock.SHANGHAI)
    turn = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return (turn if turn <= local else turn - timedelta(days=1)) > last


class Timers:
    """`fire(action name)` runs one action as its true timer event."""

    def __init__(self, actions: Iterable[Action], fire: Callable[[str], Any], path: Path):
        self._schedules = {action.name: action.schedule for action in actions if action.schedule}
        self._fire, self._path, self._lock = fire, path, threading.Lock()
        self._last = self._read()
        self._running: set[str] = set()
        self._woken, self._ended = threading.Event(), threading.Event()
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="timer")

    def start(self) -> None:
        threading.Thread(target=self._keep_looking, name="timers", daemon=True).start()

    def wake(self) -> None:
        """The clock was moved: look now."""
        self._woken.set()

    def stop(self) -> None:
        self._ended.set()
        self._woken.set()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def start_due(self) -> list[str]:
        """Start what is due now; the names."""
        now = clock.now()
        with self._lock:
            due = [name for name, schedule in self._schedules.items()
                   if name not in self._running and is_due(schedule, self._last[name], now)]
            self._running.update(due)
            self._last.update(dict.fromkeys(due, now))
            if due:
                self._write()
        for name in due:
            self._pool.submit(self._run, name)
        return due

    def _keep_looking(self) -> None:
        while not self._ended.is_set():
            self._woken.wait(LOOK_EVERY_S)
            self._woken.clear()
            if not self._ended.is_set():
                self.start_due()

    def _run(self, name: str) -> None:
        try:
            self._fire(name)
        except Exception as problem:  # the front desk answers errors; what is left is the gateway's own
            sys.stderr.write(f"timer {name}: {type(problem).__name__}\n")
        finally:
            with self._lock:
                self._running.discard(name)

    def _read(self) -> dict[str, datetime]:
        stored = json.loads(self._path.read_text()) if self._path.is_file() else {}
        now = clock.now()
        return {name: datetime.fromisoformat(stored[name]) if name in stored else now for name in self._schedules}

    def _write(self) -> None:
        write_private(self._path, json.dumps({name: moment.isoformat() for name, moment in self._last.items()}))
