"""The outbox: told in the transaction, handed out to its listeners, each delivery leased and parked by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any, ClassVar

import pytest
from mall.kit import outbox
from mall.kit.db import Database
from mall.kit.outbox import BATCH, MAX_ATTEMPTS, outbox_deliveries, outbox_events, outbox_routes
from sqlalchemy import insert, select, update

from tests.kit.test_idempotency import in_parallel

pytestmark = pytest.mark.spec("L3")

AT = datetime(2026, 11, 21, 12, 0, tzinfo=timezone.utc)
EVENTS = select(outbox_events).order_by(outbox_events.c.event_id)
DELIVERIES = select(outbox_deliveries).order_by(outbox_deliveries.c.event_id, outbox_deliveries.c.listener)
ROUTES = {"tests.acted": ["a.first", "b.second"]}
ONE = {"tests.acted": ["a.first"]}


@dataclass(frozen=True)
class Acted(outbox.Event):
    kind: ClassVar[str] = "tests.acted"
    number: int
    note: str | None = None


def tell(database: Database, *numbers: int, at: datetime = AT) -> list[str]:
    return database.run(lambda tx: [outbox.emit(tx, Acted(number), at) for number in numbers])


def events(database: Database) -> list:
    return database.read(lambda tx: tx.all(EVENTS))


def deliveries(database: Database) -> list:
    return database.read(lambda tx: tx.all(DELIVERIES))


def take(database: Database, at: datetime = AT, routes: dict[str, list[str]] = ROUTES) -> list[outbox.Due]:
    return database.run(outbox.take, routes, at).deliveries


def told(taken: list[outbox.Due]) -> list[tuple[int, str]]:
    return sorted((due.payload["number"], due.listener) for due in taken)


def hear(database: Database, *taken: outbox.Due) -> None:
    database.run(lambda tx: [outbox.heard(tx, due.event_id, due.listener) for due in taken])


def refuse(database: Database, due: outbox.Due, at: datetime) -> str:
    return database.run(outbox.failed, due, "UNAVAILABLE", at)


def test_an_event_is_kept_with_its_transaction_and_lost_with_it(database: Database):
    def work(tx, broken: bool):
        tx.request_id = "req_1"
        outbox.emit(tx, Acted(7, "文"), AT)
        assert tx.events == 1
        if broken:
            raise KeyError

    with pytest.raises(KeyError):
        database.run(work, True)
    assert events(database) == []
    database.run(work, False)
    [row] = events(database)
    assert (row.kind, row.version, row.payload, row.request_id, row.state, row.due_at) == (
        "tests.acted", 1, {"number": 7, "note": "文"}, "req_1", "PENDING", AT)


def test_an_event_is_handed_out_once_as_a_row_for_each_listener_which_goes_when_it_is_heard(database: Database):
    [event_id] = tell(database, 1)
    taken = take(database)
    assert told(taken) == [(1, "a.first"), (1, "b.second")]
    assert [(row.event_id, row.listener, row.state, row.attempts) for row in deliveries(database)] == [
        (event_id, "a.first", "PENDING", 1), (event_id, "b.second", "PENDING", 1)]
    assert [row.state for row in events(database)] == ["DONE"]
    assert take(database) == []
    hear(database, *taken)
    assert deliveries(database) == []
    assert take(database, AT + timedelta(days=1)) == []


def test_a_leased_delivery_is_nobody_elses_until_the_lease_ends(database: Database):
    tell(database, 1)
    assert told(take(database, routes=ONE)) == [(1, "a.first")]
    assert take(database, AT + timedelta(seconds=59), ONE) == []
    assert [due.attempts for due in take(database, AT + timedelta(seconds=60), ONE)] == [2]


def test_each_listener_has_a_batch_of_its_own_so_that_a_backlog_of_one_starves_no_other(database: Database):
    tell(database, *range(BATCH))
    hear(database, *[due for due in take(database) if due.listener == "b.second"])
    tell(database, 777)
    later = AT + timedelta(minutes=2)  # a.first's hundred are due again, all older than the new one
    assert [number for number, listener in told(take(database, later)) if listener == "b.second"] == [777]


def test_what_is_due_longest_comes_first_up_to_a_batch(database: Database):
    tell(database, 3, at=AT + timedelta(seconds=1))
    tell(database, *range(BATCH), at=AT - timedelta(minutes=1))
    tell(database, 999, at=AT - timedelta(hours=1))
    first = database.run(outbox.take, ONE, AT)
    assert (len(first.deliveries), first.deliveries[0].payload["number"], first.is_full) == (BATCH, 999, True)
    second = database.run(outbox.take, ONE, AT)
    assert (len(second.deliveries), second.is_full) == (1, False)
    assert take(database, routes=ONE) == []


def test_relays_at_the_same_moment_share_the_events_and_what_is_due(database: Database):
    ids = tell(database, *range(30))
    answers = in_parallel(*[lambda: take(database)] * 4)
    assert sorted((due.event_id, due.listener) for taken in answers for due in taken) == sorted(
        (event_id, listener) for event_id in ids for listener in ROUTES["tests.acted"])
    later = AT + timedelta(minutes=2)
    answers = in_parallel(*[lambda: take(database, later)] * 4)
    assert len({(due.event_id, due.listener) for taken in answers for due in taken}) == 60
    assert sum(len(taken) for taken in answers) == 60


def test_a_refused_delivery_backs_off_ever_longer_and_is_parked_in_the_end(database: Database):
    tell(database, 1)
    at, waits, states = AT, [], []
    for _ in range(MAX_ATTEMPTS):
        [due] = take(database, at, ONE)
        states.append(refuse(database, due, at))
        [stored] = deliveries(database)
        waits.append((stored.due_at - at).total_seconds())
        at = stored.due_at
    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600]
    assert states == ["PENDING"] * 11 + ["PARKED"]
    assert (stored.attempts, stored.listener, stored.last_error) == (12, "a.first", "UNAVAILABLE")
    assert take(database, at + timedelta(days=9), ONE) == []
    assert [row.event_id for row in database.read(lambda tx: outbox.parked(tx, "", 200))] == [stored.event_id]


def test_the_word_of_a_relay_whose_lease_was_over_changes_nothing_that_another_has_taken(database: Database):
    tell(database, 1)
    [slow] = take(database, routes=ONE)
    [quick] = take(database, AT + timedelta(minutes=2), ONE)
    refuse(database, slow, AT)
    assert [(row.attempts, row.last_error) for row in deliveries(database)] == [(2, None)]
    hear(database, quick)
    refuse(database, quick, AT)
    assert deliveries(database) == []


def test_a_parked_delivery_is_replayed_once_and_by_itself(database: Database):
    [event_id] = tell(database, 1)
    for hour in range(MAX_ATTEMPTS):
        for due in take(database, AT + timedelta(hours=2 * hour)):
            refuse(database, due, AT + timedelta(hours=2 * hour))
    assert [row.state for row in deliveries(database)] == ["PARKED", "PARKED"]
    assert database.run(outbox.replay, event_id, ["a.first"], AT) == 1
    assert database.run(outbox.replay, event_id, ["a.first"], AT) == 0
    assert [(due.listener, due.attempts) for due in take(database)] == [("a.first", 1)]
    assert [(row.listener, row.state) for row in deliveries(database)] == [
        ("a.first", "PENDING"), ("b.second", "PARKED")]


# releases in steps, and roll-backs


def test_a_kind_that_this_relay_does_not_know_waits_and_the_backlog_says_so(database: Database):
    [event_id] = tell(database, 1, at=AT - timedelta(minutes=9))
    older = {"tests.other": ["a.first"]}
    for _ in range(3):
        assert database.run(outbox.take, older, AT) == ([], False)
    assert [(row.event_id, row.state, row.attempts, row.last_error) for row in events(database)] == [
        (event_id, "PENDING", 0, "UNKNOWN_KIND")]
    assert database.read(outbox.backlog) == (1, AT - timedelta(minutes=9), 1, 0)
    assert told(take(database)) == [(1, "a.first"), (1, "b.second")]
    assert [row.last_error for row in events(database)] == [None]
    assert database.read(outbox.backlog) == (1, AT - timedelta(minutes=9), 0, 0)


def test_many_events_of_an_unknown_kind_keep_no_known_one_waiting(database: Database):
    tell(database, *range(BATCH + 20), at=AT - timedelta(hours=1))
    known = {"tests.other": ["a.first"]}
    database.run(lambda tx: tx.write(insert(outbox_events).values(
        event_id="evt_known", kind="tests.other", payload={"number": 5}, request_id="", state="PENDING", attempts=0,
        due_at=AT, created_at=AT)))
    assert told(take(database, routes=known)) == [(5, "a.first")]


def test_an_event_without_a_listener_is_done_at_once(database: Database):
    tell(database, 1)
    assert take(database, routes={"tests.acted": []}) == []
    assert [row.state for row in events(database)] == ["DONE"]
    assert deliveries(database) == []


def test_a_listener_that_a_newer_release_brought_hears_what_an_older_relay_hands_out_and_nothing_of_the_past(
        database: Database):
    tell(database, 1)
    hear(database, *take(database, routes=ONE))
    assert take(database) == []  # the newer release: b.second begins to listen, and hears nothing of the past
    tell(database, 2)
    hear(database, *take(database, routes=ONE))  # rolled back: the older relay makes b.second's row, and leaves it
    assert [(row.listener, row.attempts, row.last_error) for row in deliveries(database)] == [
        ("b.second", 0, "UNKNOWN_LISTENER")]
    assert database.read(outbox.backlog)[2] == 1
    assert take(database, AT + timedelta(days=1), ONE) == []
    assert told(take(database, AT + timedelta(days=1))) == [(2, "b.second")]


def test_a_delivery_of_a_listener_that_was_rolled_back_is_told_as_held(database: Database):
    tell(database, 1)
    [first, second] = take(database)
    refuse(database, second, AT)
    hear(database, first)
    database.run(lambda tx: tx.write(update(outbox_deliveries).values(last_error=None)))
    take(database, AT + timedelta(minutes=1), ONE)
    assert [(row.listener, row.last_error) for row in deliveries(database)] == [("b.second", "UNKNOWN_LISTENER")]


def test_an_event_that_a_relay_of_before_the_deliveries_told_in_part_is_told_to_the_rest(database: Database):
    tell(database, 1, 2)
    first, _ = events(database)
    database.run(lambda tx: tx.write(update(outbox_events).where(
        outbox_events.c.event_id == first.event_id).values(waiting=["b.second"], attempts=3)))
    assert told(take(database)) == [(1, "b.second"), (2, "a.first"), (2, "b.second")]


def test_an_event_that_older_code_writes_has_the_first_version(database: Database):
    database.run(lambda tx: tx.write(insert(outbox_events).values(
        event_id="evt_old", kind="tests.acted", payload={"number": 5}, request_id="", state="PENDING", waiting=None,
        attempts=0, due_at=AT, last_error=None, created_at=AT)))
    assert [due.version for due in take(database, routes=ONE)] == [1]


def test_the_routes_are_remembered_once(database: Database):
    for routes in (ONE, ROUTES, ONE):
        take(database, routes=routes)
    found = database.read(lambda tx: tx.all(select(outbox_routes).order_by(outbox_routes.c.listener)))
    assert [(row.kind, row.listener) for row in found] == [("tests.acted", "a.first"), ("tests.acted", "b.second")]


@dataclass(frozen=True)
class Grown(outbox.Event):
    """Version 2 counts fen where 1 counted yuan; 3 has its number under another name."""

    kind: ClassVar[str] = "tests.grown"
    payload_version: ClassVar[int] = 3
    upgrades: ClassVar[dict[int, Any]] = {
        1: lambda old: {**old, "paid": old["paid"] * 100},
        2: lambda old: {"paid_fen": old["paid"]},
    }
    paid_fen: int
    note: str = ""


@pytest.mark.parametrize(("version", "payload"), [
    (1, {"paid": 7}), (2, {"paid": 700}), (3, {"paid_fen": 700}), (3, {"paid_fen": 700, "note": ""})])
def test_a_payload_of_an_older_version_is_brought_up_to_the_newest(version: int, payload: dict):
    assert outbox.payload_for(Grown, payload, version) == {"paid_fen": 700, "note": ""}


def test_a_payload_of_a_newer_version_is_refused_and_one_with_more_fields_is_not():
    with pytest.raises(outbox.EventTooNew) as refusal:
        outbox.payload_for(Grown, {"paid_fen": 700}, 4)
    assert refusal.value.data == {"kind": "tests.grown", "version": 4}
    assert outbox.payload_for(Grown, {"paid_fen": 7, "new": 1}, 3) == {"paid_fen": 7, "note": "", "new": 1}


# counting and dropping


def test_the_backlog_counts_events_and_not_their_deliveries(database: Database):
    tell(database, 1, at=AT - timedelta(minutes=5))
    [event_id] = tell(database, 2)
    tell(database, 3, at=AT + timedelta(minutes=1))
    taken = take(database)
    assert database.read(outbox.backlog) == (3, AT - timedelta(minutes=5), 0, 0)
    hear(database, *[due for due in taken if due.payload["number"] == 1])
    assert database.read(outbox.backlog) == (2, AT, 0, 0)
    database.run(lambda tx: tx.write(update(outbox_deliveries).where(
        outbox_deliveries.c.event_id == event_id).values(state="PARKED")))
    assert database.read(outbox.backlog) == (1, AT + timedelta(minutes=1), 0, 1)


def test_only_events_that_all_have_heard_are_dropped(database: Database):
    tell(database, 1, 2)
    hear(database, *[due for due in take(database) if due.payload["number"] == 1 or due.listener == "a.first"])
    tell(database, 3)
    assert database.run(outbox.drop_done_before, AT) == 0
    assert database.run(outbox.drop_done_before, AT + timedelta(days=1)) == 1
    assert sorted(row.payload["number"] for row in events(database)) == [2, 3]


@pytest.mark.parametrize(("attempts", "seconds"), [(1, 2), (11, 2048), (12, 3600), (400, 3600)])
def test_the_back_off_is_at_most_an_hour(attempts: int, seconds: int):
    assert outbox.back_off(attempts) == timedelta(seconds=seconds)
