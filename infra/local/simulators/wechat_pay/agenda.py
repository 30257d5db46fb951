"""What is due later: refunds that settle, notices to be sent again. Follows the business clock."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Callable, Coroutine
from typing import Any

Action = Callable[[], Coroutine[Any, Any, None]]


class Agenda:
    """Runs each action once its time has come by ``now()``; ``wake`` when that clock was moved."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._heap: list[tuple[float, int, Action]] = []
        self._numbers = itertools.count()
        self._changed = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()

    def put(self, due_at: float, action: Action) -> None:
        if due_at <= self._now():
            self._start(action)
            return
        heapq.heappush(self._heap, (due_at, next(self._numbers), action))
        self._changed.set()

    def wake(self) -> None:
        self._changed.set()

    async def run(self) -> None:
        """For ever; cancel it to stop."""
        while True:
            self._changed.clear()
            while self._heap and self._heap[0][0] <= self._now():
                self._start(heapq.heappop(self._heap)[2])
            wait_s = max(0.0, self._heap[0][0] - self._now()) if self._heap else None
            try:
                await asyncio.wait_for(self._changed.wait(), wait_s)
            except TimeoutError:
                continue

    async def stop(self) -> None:
        """Cancel what is running; it is still due in the books."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def _start(self, action: Action) -> None:
        task = asyncio.get_running_loop().create_task(action())
        self._running.add(task)
        task.add_done_callback(self._running.discard)
