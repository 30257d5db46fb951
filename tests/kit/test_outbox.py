"""The outbox: told in the transaction, leased by one relay, backed off, parked, replayed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import ClassVar

import pytest
from mall.kit import outbox
from mall.kit.db import Database
from mall.kit.outbox import BATCH, MAX_ATTEMPTS, outbox_events
from sqlalchemy import select

from tests.kit.test_idempotency import in_parallel

pytestmark = pytest.mark.spec("L3")

AT = datetime(2026, 11, 21, 12, 0, tzinfo=timezone.utc)
ALL = select(outbox_events).order_by(outbox_events.c.event_id)


@dataclass(frozen=True)
class Acted(outbox.Event):
    kind: ClassVar[str] = "tests.acted"
    number: int
    note: str | None = None


def tell(database: Database, *numbers: int, at: datetime = AT) -> list[str]:
    return database.run(lambda tx: [outbox.emit(tx, Acted(number), at) for number in numbers])


def rows(database: Database) -> list:
    return database.read(lambda tx: tx.all(ALL))


def lease(database: Database, at: datetime = AT) -> list:
    return database.run(outbox.lease_due, at)


def fail(database: Database, row, at: datetime) -> str:
    return database.run(outbox.settle, row, ["a.b"], "a.b: UNAVAILABLE", at)


def test_an_event_is_kept_with_its_transaction_and_lost_with_it(database: Database):
    def work(tx, broken: bool):
        tx.request_id = "req_1"
        outbox.emit(tx, Acted(7, "文"), AT)
        assert tx.events == 1
        if broken:
            raise KeyError

    with pytest.raises(KeyError):
        database.run(work, True)
    assert rows(database) == []
    database.run(work, False)
    [row] = rows(database)
    assert (row.kind, row.payload, row.request_id, row.state, row.waiting, row.attempts, row.due_at) == (
        "tests.acted", {"number": 7, "note": "文"}, "req_1", "PENDING", None, 0, AT)


def test_a_leased_event_is_nobody_elses_until_the_lease_ends(database: Database):
    tell(database, 1)
    assert [row.payload["number"] for row in lease(database)] == [1]
    assert lease(database, AT + timedelta(seconds=59)) == []
    assert [row.attempts for row in lease(database, AT + timedelta(seconds=60))] == [1]


def test_what_is_not_due_is_left_and_the_oldest_come_first_up_to_a_batch(database: Database):
    tell(database, 3, at=AT + timedelta(seconds=1))
    tell(database, *range(BATCH), at=AT - timedelta(minutes=1))
    tell(database, 1, at=AT - timedelta(hours=1))
    taken = lease(database)
    assert len(taken) == BATCH
    assert taken[0].due_at == AT - timedelta(hours=1)
    assert len(lease(database)) == 1
    assert lease(database) == []


def test_relays_at_the_same_moment_share_the_events(database: Database):
    told = tell(database, *range(30))
    answers = in_parallel(*[lambda: [row.event_id for row in lease(database)]] * 4)
    assert sorted(event_id for taken in answers for event_id in taken) == sorted(told)


def test_a_delivered_event_is_done_and_stays_done(database: Database):
    tell(database, 1)
    [row] = lease(database)
    assert database.run(outbox.settle, row, [], None, AT) == "DONE"
    assert fail(database, row, AT) == "PENDING"  # a slower relay's word comes too late
    assert [(each.state, each.waiting) for each in rows(database)] == [("DONE", [])]
    assert lease(database, AT + timedelta(days=1)) == []


def test_a_refused_event_backs_off_ever_longer_and_is_parked_in_the_end(database: Database):
    tell(database, 1)
    at, waits, states = AT, [], []
    for _ in range(MAX_ATTEMPTS):
        [row] = lease(database, at)
        states.append(fail(database, row, at))
        [stored] = rows(database)
        waits.append((stored.due_at - at).total_seconds())
        at = stored.due_at
    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600]
    assert states == ["PENDING"] * 11 + ["PARKED"]
    assert (stored.attempts, stored.waiting, stored.last_error) == (12, ["a.b"], "a.b: UNAVAILABLE")
    assert lease(database, at + timedelta(days=9)) == []
    assert [row.event_id for row in database.read(outbox.parked)] == [stored.event_id]


def test_a_parked_event_is_replayed_once_with_what_it_still_waits_for(database: Database):
    [event_id] = tell(database, 1)
    assert database.run(outbox.replay, event_id, AT) is False  # it is not parked
    for _ in range(MAX_ATTEMPTS):
        [row] = lease(database, AT + timedelta(hours=2) * (_ + 1))
        fail(database, row, AT + timedelta(hours=2) * (_ + 1))
    assert database.run(outbox.replay, event_id, AT) is True
    assert database.run(outbox.replay, event_id, AT) is False
    [row] = lease(database)
    assert (row.attempts, row.waiting) == (0, ["a.b"])


def test_the_backlog_counts_what_is_not_delivered(database: Database):
    tell(database, 1, at=AT - timedelta(minutes=5))
    tell(database, 2, 3)
    database.run(outbox.settle, lease(database)[0], [], None, AT)
    found = database.read(outbox.backlog)
    assert {state: (row.number, row.oldest) for state, row in found.items()} == {"PENDING": (2, AT)}


def test_only_delivered_events_are_dropped(database: Database):
    tell(database, 1, 2)
    database.run(outbox.settle, lease(database)[0], [], None, AT)
    assert database.run(outbox.drop_done_before, AT) == 0
    assert database.run(outbox.drop_done_before, AT + timedelta(days=1)) == 1
    assert [row.state for row in rows(database)] == ["PENDING"]


@pytest.mark.parametrize(("attempts", "seconds"), [(1, 2), (11, 2048), (12, 3600), (400, 3600)])
def test_the_back_off_is_at_most_an_hour(attempts: int, seconds: int):
    assert outbox.back_off(attempts) == timedelta(seconds=seconds)
