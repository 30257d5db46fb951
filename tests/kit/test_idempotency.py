"""One mechanism against repetition: parallel duplicates, a first attempt that fails, other payloads, replays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from mall.kit import clock, errors, idempotency
from mall.kit.db import Database
from mall.kit.idempotency import KeyGone, KeyReused, Registration, Replayed, idempotency_keys
from mall.kit.outbox import Event, emit, outbox_events
from sqlalchemy import func, select

from tests.support.parallel import in_parallel

pytestmark = pytest.mark.spec("E1", "L3")

COUNT_KEYS = select(func.count().label("number")).select_from(idempotency_keys)
COUNT_EVENTS = select(func.count().label("number")).select_from(outbox_events)


class Happened(Event):
    pass


def attempt(database: Database, key: str, payload: bytes = b"{}", *, fails: int = 0, nonce: str | None = None,
            runs: list | None = None, scope: str = "member mem_1 tests.act") -> str:
    """As the front desk does it: register, lock, judge, work, store. The work is one event; the first
    `fails` runs of it break."""
    registration = Registration(scope, key, payload, clock.now(), nonce)
    runs = [] if runs is None else runs

    def work(tx):
        [found] = tx.fetch(registration.question())
        stored = registration.judge(found)
        registration.remember(tx)
        if stored is not None:
            return stored
        runs.append(key)
        number = len(runs)
        tx.insert(outbox_events, event_id=f"evt_{key}_{number}", kind="tests.acted", payload={}, request_id="",
                  state="PENDING", waiting=None, attempts=0, due_at=clock.now(), last_error=None,
                  created_at=clock.now())
        if number <= fails:
            raise errors.RuleBroken()
        registration.store(tx, f"answer {number}")
        return f"answer {number}"

    try:
        return database.run(work, prelude=registration.prelude)
    except errors.MallError:
        registration.keep_after_refusal(database)
        raise


def count(database: Database, statement) -> int:
    return database.read(lambda tx: tx.one(statement).number)


def test_twenty_duplicates_at_the_same_moment_do_the_work_once_and_answer_alike(database: Database):
    runs: list = []
    answers = in_parallel(*[lambda: attempt(database, "k1", runs=runs)] * 20)
    assert set(answers) == {"answer 1"}
    assert (len(runs), count(database, COUNT_EVENTS), count(database, COUNT_KEYS)) == (1, 1, 1)


def test_when_the_first_attempt_fails_another_of_the_duplicates_does_the_work_once(database: Database):
    runs: list = []
    answers = in_parallel(*[lambda: attempt(database, "k1", runs=runs, fails=1)] * 20)
    refused = [answer for answer in answers if isinstance(answer, Exception)]
    assert [type(answer) for answer in refused] == [errors.RuleBroken]
    assert {answer for answer in answers if isinstance(answer, str)} == {"answer 2"}
    assert (len(runs), count(database, COUNT_EVENTS)) == (2, 1)


def test_a_refused_request_may_be_tried_again_with_the_same_key(database: Database):
    runs: list = []
    with pytest.raises(errors.RuleBroken):
        attempt(database, "k1", runs=runs, fails=1)
    assert attempt(database, "k1", runs=runs, fails=1) == "answer 2"
    assert attempt(database, "k1", runs=runs, fails=1) == "answer 2"
    assert len(runs) == 2


def test_the_same_key_for_another_payload_is_refused_and_nothing_happens(database: Database):
    attempt(database, "k1", b'{"quantity":1}')
    with pytest.raises(KeyReused) as refusal:
        attempt(database, "k1", b'{"quantity":2}')
    assert (refusal.value.status, refusal.value.code) == (409, "IDEMPOTENCY_KEY_REUSED")
    assert count(database, COUNT_EVENTS) == 1


def test_keys_of_two_people_and_of_two_actions_have_nothing_to_do_with_each_other(database: Database):
    for number, scope in enumerate(("member mem_1 a.b", "member mem_2 a.b", "member mem_1 a.c"), start=1):
        runs = [None] * (number - 1)
        assert attempt(database, "k1", scope=scope, runs=runs) == f"answer {number}"
    assert count(database, COUNT_KEYS) == 3


def test_the_very_same_signed_request_a_second_time_is_a_replay(database: Database):
    attempt(database, "k1", nonce="n1")
    with pytest.raises(Replayed) as refusal:
        attempt(database, "k1", nonce="n1")
    assert (refusal.value.status, refusal.value.code) == (401, "REQUEST_REPLAYED")
    assert attempt(database, "k1", nonce="n2") == "answer 1"  # a true repetition is signed anew
    assert count(database, COUNT_EVENTS) == 1


def test_a_request_that_was_refused_cannot_be_replayed_either(database: Database):
    with pytest.raises(errors.RuleBroken):
        attempt(database, "k1", nonce="n1", fails=1)
    with pytest.raises(Replayed):
        attempt(database, "k1", nonce="n1")
    assert count(database, COUNT_EVENTS) == 0


def test_the_repetition_of_a_deadlocked_transaction_is_not_taken_for_a_duplicate(database: Database):
    from mall.kit.db import Interrupted

    registration, runs = Registration("s", "k1", b"{}", clock.now(), "n1"), []

    def work(tx):
        [found] = tx.fetch(registration.question())
        assert registration.judge(found) is None
        runs.append(1)
        if len(runs) == 1:
            raise Interrupted("1213")
        registration.store(tx, "answer")
        return "done"

    assert database.run(work, prelude=registration.prelude) == "done"
    assert len(runs) == 2


def test_old_keys_are_forgotten_in_batches_and_young_ones_kept(database: Database):
    attempt(database, "k1")
    tomorrow = clock.now() + timedelta(days=1)
    assert database.run(idempotency.forget_before, tomorrow - timedelta(days=2)) == 0
    assert database.run(idempotency.forget_before, tomorrow) == 1
    assert count(database, COUNT_KEYS) == 0


def test_an_event_that_is_no_dataclass_with_a_kind_is_refused(database: Database):
    with pytest.raises(TypeError, match="an event is a frozen dataclass with a kind"):
        database.run(emit, Happened(), clock.now())
    assert count(database, COUNT_EVENTS) == 0


def test_a_key_that_was_purged_between_registering_and_locking_may_be_sent_again(database: Database):
    registration = Registration("member mem_1 tests.act", "k1", b"{}", clock.now())
    with pytest.raises(KeyGone) as caught:
        registration.judge([])
    assert (caught.value.status, caught.value.retryable) == (503, True)
    assert attempt(database, "k1") == "answer 1"
