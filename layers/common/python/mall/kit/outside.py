"""The door to the outside world: no network inside a transaction, asserted at run time.

`kit.db` says when a transaction is open on this thread; every adapter passes through `calling()`.
`watch` is where a test stands to stop an invocation dead at any I/O step.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from mall.kit import telemetry

_here = threading.local()
watch: Callable[[str], None] | None = None


def step(name: str) -> None:
    """One I/O step is about to happen or has just happened."""
    if watch is not None:
        watch(name)


def enter_transaction() -> None:
    _here.transaction = True


def leave_transaction() -> None:
    _here.transaction = False


@contextmanager
def calling(name: str) -> Iterator[None]:
    """Stand around one outbound call; refuses while a transaction is open on this thread."""
    if getattr(_here, "transaction", False):
        raise RuntimeError(f"outbound call {name} inside a transaction")
    telemetry.spent().calls += 1
    step(f"before call {name}")
    with telemetry.span(name, kind="call"):
        yield
    step(f"after call {name}")
