"""Callables at the same moment, each in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any


def in_parallel(*works: Callable[[], Any]) -> list[Any]:
    """Each one's answer, or the exception it raised, in the order given."""
    answers: list[Any] = [None] * len(works)
    gate = threading.Barrier(len(works))

    def run(index: int) -> None:
        gate.wait()
        try:
            answers[index] = works[index]()
        except Exception as problem:
            answers[index] = problem

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
