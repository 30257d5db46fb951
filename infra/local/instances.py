"""Instances of functions on one machine: a call that takes longer than its function's timeout is given up, as the
platforms do. They kill the instance; a thread cannot be killed, so it is left to itself and taken back when it ends."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any

from mall.kit.errors import Unavailable


class FunctionTimedOut(Unavailable):
    status, code, message = 504, "FUNCTION_TIMED_OUT", "服务响应超时，请稍后再试"


class _Call:
    def __init__(self, work: Callable[[], Any]):
        self.work, self.over = work, threading.Event()
        self.answer: Any = None
        self.problem: BaseException | None = None


class Instances:
    """Threads that are kept, each with its connection to the database, as warm instances are."""

    def __init__(self) -> None:
        self._idle: list[SimpleQueue] = []
        self._lock = threading.Lock()

    def run(self, seconds: float, work: Callable[[], Any]) -> Any:
        """`work()`'s answer or what it raises. Raises FunctionTimedOut."""
        with self._lock:
            desk = self._idle.pop() if self._idle else None
        if desk is None:
            desk = SimpleQueue()
            threading.Thread(target=self._serve, args=(desk,), name="instance", daemon=True).start()
        call = _Call(work)
        desk.put(call)
        if not call.over.wait(seconds):
            raise FunctionTimedOut()
        if call.problem is not None:
            raise call.problem
        return call.answer

    def _serve(self, desk: SimpleQueue) -> None:
        while True:
            call = desk.get()
            try:
                call.answer = call.work()
            except BaseException as problem:
                call.problem = problem
            with self._lock:
                self._idle.append(desk)
            call.over.set()
