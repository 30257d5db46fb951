"""Many transactions at the same moment: guards, deadlocks, and what is tried again."""

from __future__ import annotations

import threading
import time
from types import SimpleNamespace

import pytest
from jars import ADD, LOCK, TAKE, TooFew, coins
from mall.kit import errors, outside
from mall.kit.db import Database, Interrupted, Unprepared

from tests.support.parallel import in_parallel

pytestmark = pytest.mark.spec("L3")


def test_forty_threads_take_what_there_is_and_not_one_coin_more(bank: Database):
    answers = in_parallel(*[
        lambda: bank.run(lambda tx: tx.write(TAKE, rows=1, otherwise=TooFew(), hot=("jars", "b"), of="b", number=1))
        for _ in range(40)])
    assert sum(answer is None for answer in answers) == 20
    assert sum(isinstance(answer, TooFew) for answer in answers) == 20
    assert coins(bank)["b"] == 0


def test_a_real_deadlock_is_done_again_until_both_are_through(bank: Database):
    both_hold, attempts = threading.Barrier(2), []

    def move(first: str, second: str):
        def work(tx):
            attempts.append(first)
            tx.one(LOCK, name=first)
            if len(attempts) <= 2 and bank.kind == "mysql":
                both_hold.wait(10)  # each holds what the other wants
            tx.one(LOCK, name=second)
            tx.write(TAKE, rows=1, of=first, number=1)
            tx.write(ADD, rows=1, of=second, number=1)

        return lambda: bank.run(work)

    assert in_parallel(move("a", "b"), move("b", "a")) == [None, None]
    assert coins(bank) == {"a": 10, "b": 20, "c": 30}
    assert len(attempts) == (3 if bank.kind == "mysql" else 2)


def test_what_is_interrupted_again_and_again_is_given_up_as_unavailable(bank: Database, monkeypatch):
    monkeypatch.setattr("mall.kit.db.time", SimpleNamespace(sleep=lambda _: None, monotonic=time.monotonic))
    attempts = []

    def work(tx):
        attempts.append(tx)
        tx.change(ADD, of="a", number=1)
        raise Interrupted("1213")

    with pytest.raises(errors.Unavailable):
        bank.run(work)
    assert len(attempts) == 8
    assert coins(bank)["a"] == 10


def taking_from_a(tries: list, *, refilled_at: int, refuses: bool = False):
    """Work that wants twelve of ten coins, and looks with no transaction open whether it may go through; from the try
    `refilled_at` on they are there."""
    def look(database: Database) -> None:
        assert not getattr(outside._here, "transaction", False)
        if refuses:
            raise TooFew()

    def work(tx):
        tries.append(tx)
        if len(tries) >= refilled_at:
            tx.write(ADD, of="a", number=5)
        tx.write(ADD, of="b", number=1)
        tx.write(TAKE, of="a", number=12, rows=1, otherwise=Unprepared(look), hot=("a",))
        return "taken"

    return work


@pytest.mark.parametrize("refilled_at", [2, 3])
def test_a_guard_that_missed_is_tried_again_while_a_fresh_look_says_so(bank: Database, refilled_at: int):
    tries: list = []
    assert bank.run(taking_from_a(tries, refilled_at=refilled_at)) == "taken"
    assert (len(tries), coins(bank)) == (refilled_at, {"a": 3, "b": 21, "c": 30})


def test_a_guard_that_missed_raises_what_the_fresh_look_raises(bank: Database):
    tries: list = []
    with pytest.raises(TooFew):
        bank.run(taking_from_a(tries, refilled_at=2, refuses=True))
    assert (len(tries), coins(bank)) == (1, {"a": 10, "b": 20, "c": 30})


def test_a_guard_that_misses_again_and_again_is_given_up(bank: Database):
    tries: list = []
    with pytest.raises(errors.Unavailable):
        bank.run(taking_from_a(tries, refilled_at=100))
    assert (len(tries), coins(bank)) == (8, {"a": 10, "b": 20, "c": 30})
