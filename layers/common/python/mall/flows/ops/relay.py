"""From the outbox to the listeners: each is told by itself, so that one that fails, is slow or hangs delays no other.

A relay leases deliveries and makes them outside any transaction. What was heard its listener marks itself, in the
transaction in which it hears; the relay writes all other outcomes in one. Another relay at the same moment takes
others; one that died gives its own back when the lease ends. A listener that is told twice (lease over, answer lost)
knows the event by its id and does nothing.

Each listener has lanes of its own, which are threads. A listener that took SLOW_S for one delivery is left alone for
a while, and after ENOUGH_S no lane begins another: so the relay ends within its own time limit and writes down what it
did.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import groupby
from time import monotonic
from typing import Any

from mall.domains.cases import store as cases
from mall.domains.cases.rules import CaseKind, EventNotParked
from mall.kit import outbox, telemetry
from mall.kit.db import Tx
from mall.kit.outbox import Backlog, Due, EventTooNew, Taken
from mall.kit.schema import DEFAULT_SELLER

LANES = 16  # deliveries at the same moment; 1: in the relay's own thread
WIDTH = 4  # of them for one listener
ENOUGH_S = 20  # a delivery that is begun may take LAST_S more
LAST_S = 20  # longer than the event bus waits for a listener; all in all within outbox.LEASE
SLOW_S = 5  # a listener that took this long for one delivery is left alone ...
REST = timedelta(seconds=30)  # ... for this long


@dataclass
class Queue:
    """What one listener still has to hear, shared by its lanes."""

    waiting: deque[Due]
    is_slow: bool = False


@dataclass
class Outcomes:
    """What became of the deliveries. Lanes add to it; nothing here is read before they have ended."""

    heard: list[Due] = field(default_factory=list)
    failed: list[tuple[Due, str]] = field(default_factory=list)
    too_new: list[Due] = field(default_factory=list)
    left: list[Due] = field(default_factory=list)  # no time: due at once
    resting: list[Due] = field(default_factory=list)  # their listener is slow: due later


def take(tx: Tx, routes: dict[str, list[str]], now: datetime) -> Taken:
    """This relay's deliveries, at most outbox.BATCH for each listener, and of events just handed out."""
    return outbox.take(tx, routes, now)


def deliver(tell: Callable[[str, dict[str, Any]], None], deliveries: list[Due], secret: str) -> Outcomes:
    """Make the deliveries while there is time. One that hangs beyond everything keeps its lease and comes again."""
    outcomes, spent, until = Outcomes(), telemetry.spent(), monotonic() + ENOUGH_S
    queues: dict[str, Queue] = {}
    for due in deliveries:
        queues.setdefault(due.listener, Queue(deque())).waiting.append(due)

    def lane(queue: Queue) -> None:
        telemetry.lend(spent)
        while queue.waiting and not queue.is_slow and monotonic() < until:
            try:
                due = queue.waiting.popleft()
            except IndexError:
                return  # another lane of the listener has it
            _tell(tell, due, secret, queue, outcomes)

    _run(lane, [queue for width in range(WIDTH) for queue in queues.values() if len(queue.waiting) > width])
    for queue in queues.values():
        (outcomes.resting if queue.is_slow else outcomes.left).extend(queue.waiting)
    return outcomes


def _run(lane: Callable[[Queue], None], queues: list[Queue]) -> None:
    """A lane for each queue named; every listener has its first before any has a second."""
    if LANES == 1:
        for queue in queues:
            lane(queue)
        return
    futures = [_pool(LANES).submit(lane, queue) for queue in queues]
    wait(futures, timeout=ENOUGH_S + LAST_S)
    for future, queue in zip(futures, queues, strict=True):
        if future.done():
            future.result()
        else:
            queue.is_slow = True


@lru_cache(maxsize=1)
def _pool(lanes: int) -> ThreadPoolExecutor:
    """Threads that an instance keeps: on a laptop each has its connection to the database."""
    return ThreadPoolExecutor(lanes, thread_name_prefix="deliver")


def _tell(tell: Callable[[str, dict[str, Any]], None], due: Due, secret: str, queue: Queue,
          outcomes: Outcomes) -> None:
    message = {"Type": "Message", "Secret": secret, "EventId": due.event_id, "Kind": due.kind, "Version": due.version,
               "Payload": due.payload, "RequestId": due.request_id}
    began = monotonic()
    try:
        with telemetry.serving(due.request_id, f"deliver {due.kind}"):
            tell(due.listener, message)
        outcomes.heard.append(due)
    except EventTooNew:
        outcomes.too_new.append(due)
    except Exception as problem:  # whatever it is, the others are still to be told
        outcomes.failed.append((due, _code(problem)))
    queue.is_slow = queue.is_slow or monotonic() - began >= SLOW_S


def _code(problem: Exception) -> str:
    """The listener's own refusal where it gave one, else what kept us from it."""
    return getattr(problem, "data", {}).get("refusal") or getattr(problem, "code", type(problem).__name__)


def unmarked(tx: Tx, heard: list[Due]) -> list[Due]:
    """Of what was heard, what its listener has not marked itself: one of an older release."""
    waiting = {(row.event_id, row.listener) for row in outbox.undelivered(tx, sorted({due.event_id for due in heard}))}
    return [due for due in heard if (due.event_id, due.listener) in waiting]


def settle(tx: Tx, outcomes: Outcomes, unmarked: list[Due], now: datetime) -> dict[str, int]:
    """Write every outcome that is not written yet; a parked delivery opens its event's case. Returns the deliveries
    that were heard (`delivered`), that come again (`failed`), that are parked, and that wait for a newer release
    (`held`)."""
    for due in unmarked:
        outbox.heard(tx, due.event_id, due.listener)
    states = [(due, outbox.failed(tx, due, error, now)) for due, error in outcomes.failed]
    for due in outcomes.too_new:
        outbox.hold(tx, due, now)
    for due in outcomes.left:
        outbox.hand_back(tx, due, now)
    for due in outcomes.resting:
        outbox.hand_back(tx, due, now + REST)
    parked = [due for due, state in states if state == "PARKED"]
    if parked:
        _open_cases(tx, parked, now)
    return {"delivered": len(outcomes.heard), "failed": len(states) - len(parked), "parked": len(parked),
            "held": len(outcomes.too_new)}


def _open_cases(tx: Tx, parked: list[Due], now: datetime) -> None:
    """One case for an event, with all its listeners that are parked."""
    kinds = {due.event_id: due.kind for due in parked}
    for event_id, rows in groupby(outbox.undelivered(tx, sorted(kinds)), lambda row: row.event_id):
        waiting = [row.listener for row in rows if row.state == "PARKED"]
        if not waiting:
            continue
        cases.open_case(
            tx, kind=CaseKind.EVENT_PARKED, reference=event_id, seller_id=DEFAULT_SELLER,
            sentence=f"事件 {kinds[event_id]} 多次投递失败，已暂停",
            next_step="查看失败原因并修复后，在“暂停的事件”中重新投递",
            data={"event_id": event_id, "kind": kinds[event_id], "waiting": waiting}, now=now, comes_again=True)


def replay(tx: Tx, event_id: str, listener: str | None, now: datetime) -> list[str]:
    """Put the parked deliveries of an event back into the queue, all or one listener's; the listeners. Its case is
    closed when none is parked any more; parked again, it opens anew. Raises EventNotParked."""
    parked = [row.listener for row in outbox.undelivered(tx, [event_id]) if row.state == "PARKED"]
    chosen = [each for each in parked if listener in (None, each)]
    if not chosen or outbox.replay(tx, event_id, chosen, now) != len(chosen):
        raise EventNotParked(field="event_id")
    if chosen == parked:
        cases.resolve_about(tx, CaseKind.EVENT_PARKED.value, event_id, "已重新投递", now)
    return chosen


@dataclass(frozen=True)
class ParkedEvent:
    """An event with its deliveries that wait for a person."""

    event: Any
    deliveries: list[Any]


def parked(tx: Tx, after: str, most: int) -> list[ParkedEvent]:
    """The oldest first, at most `most` events, those behind the event `after`."""
    found = groupby(outbox.parked(tx, after, most), lambda row: row.event_id)
    return [ParkedEvent(rows[0], rows) for rows in (list(same) for _, same in found)]


def backlog(tx: Tx) -> Backlog:
    """How many events are not delivered, since when, how many wait for a release, and how many are parked."""
    return outbox.backlog(tx)
