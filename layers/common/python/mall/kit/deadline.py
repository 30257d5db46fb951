"""How long an invocation still has, and what each client may take of it: the one table of time budgets.

A platform kills a function that takes longer than its timeout: what it had begun at WeChat is then written down by
nobody, and its caller hears nothing that can be told from a failure. So no client waits longer than what is left of the
invocation, less what is needed to write down the answer and to give one. What does not answer in time is an
`Unavailable` (503, to be repeated) or WeChat Pay's OutcomeUnknown, never a killed function.

The front desk begins the deadline (`begin`, `end`); adapters and the database ask it. On a thread without one (a tool,
a migration, a lane of the relay) each client has its own budget. (docs/reliability.md)
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic
from typing import Any, NamedTuple, TypeVar

from mall.kit.errors import Unavailable

T = TypeVar("T")


class Budget(NamedTuple):
    """Of one call to the outside, in seconds: to connect, to read, and how often it is tried."""

    connect_s: float
    read_s: float
    tries: int = 1

    @property
    def all_s(self) -> float:
        return (self.connect_s + self.read_s) * self.tries


WECHAT_PAY = Budget(2, 5)
WECHAT_API = Budget(2, 5)
STORAGE = Budget(3, 10, tries=2)
KEY_SERVICE = Budget(1, 2)
SECRETS = Budget(1, 2)
LISTENER = Budget(2, 13)  # of the relay: a listener's own limit is ten seconds
NUDGE = Budget(0.5, 1)  # a buyer waits for it, and his order is placed already
DATABASE = Budget(3, 60)  # one trip, waits for locks included

BUDGETS = {"wechat_pay": WECHAT_PAY, "wechat_api": WECHAT_API, "wechat_service": WECHAT_API, "storage": STORAGE,
           "key_service": KEY_SERVICE, "event_bus": LISTENER, "spreadsheets": Budget(0, 0),
           "pictures": Budget(0, 0), "wechat_push": Budget(0, 0)}  # by what an action declares in `uses`
SAVE_S = 2.0  # after an outside call: to write down what it said, and to answer
ANSWER_S = 0.5  # after the database: to answer
LEAST_S = 0.2  # what cannot have this much is not begun

_here = threading.local()


class NoTimeLeft(Unavailable):
    """Nothing was begun: the invocation is nearly over."""

    code = "NO_TIME_LEFT"


def begin(limit_s: float) -> tuple[float, float] | None:
    """An invocation may take so many seconds; gives the deadline around it (the local cloud calls within a call)."""
    around = getattr(_here, "until", None)
    _here.until = (monotonic() + limit_s, limit_s)
    return around


def end(around: tuple[float, float] | None) -> None:
    _here.until = around


def left_s(most: float, keep: float = SAVE_S) -> float:
    """Seconds that a call may take: `most`, or what is left less `keep` (of a short invocation a fifth). Raises
    NoTimeLeft."""
    until = getattr(_here, "until", None)
    if until is None:
        return most
    moment, limit_s = until
    left = moment - monotonic() - min(keep, limit_s / 5)
    if left < LEAST_S:
        raise NoTimeLeft()
    return min(most, left)


def is_over(keep: float = SAVE_S) -> bool:
    """Nothing more should be begun."""
    try:
        return left_s(LEAST_S, keep) < LEAST_S
    except NoTimeLeft:
        return True


def timeouts(connect_s: float, read_s: float) -> tuple[float, float]:
    """(connect, read) for one request, together within what is left. Raises NoTimeLeft."""
    left = left_s(connect_s + read_s)
    if left >= connect_s + read_s:
        return connect_s, read_s
    share = left * connect_s / (connect_s + read_s)
    return share, left - share


def within(budget: Budget, work: Callable[[], T]) -> T:
    """`work()` of a client whose own timeouts cannot be changed for one call: waited for as long as there is time.
    Raises NoTimeLeft, Unavailable when it was not over; what it raises itself else."""
    seconds = left_s(budget.all_s)
    if seconds >= budget.all_s:
        return work()
    box: dict[str, Any] = {}

    def run() -> None:
        try:
            box["answer"] = work()
        except BaseException as problem:
            box["problem"] = problem

    thread = threading.Thread(target=run, name="outside", daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        raise Unavailable(cause="no answer in time")
    if "problem" in box:
        raise box["problem"]
    return box["answer"]
