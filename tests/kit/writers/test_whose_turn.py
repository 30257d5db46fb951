"""Writers of one SQLite file stand in a line: order, waiting, deaths."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
from functools import partial
from typing import Any

import pytest
from crowd import ADD, Crowd, Refused, add, coins, when
from mall.kit import deadline, errors, writers
from mall.kit.db import Database
from mall.kit.writers import Writers

from tests.support.parallel import in_parallel

pytestmark = pytest.mark.spec("L3")


def test_who_came_first_writes_first(bank: Database):
    came, crowd = [], Crowd(bank)

    def work(tx: Any) -> None:
        add(tx)
        for name in "ABCDEF":
            crowd.comes(name, lambda tx, name=name: (add(tx), came.append(name)))

    bank.run(work)
    crowd.goes()
    assert (came, coins(bank)["a"]) == (list("ABCDEF"), 7)


def test_nobody_starves_beside_one_who_writes_without_a_pause(bank: Database):
    written, ended, crowd = [], threading.Event(), Crowd(bank)

    def greedy() -> None:
        while not ended.is_set():
            bank.run(lambda tx: (add(tx), written.append("greedy")))

    thread = threading.Thread(target=greedy, daemon=True)

    def work(tx: Any) -> None:
        add(tx)
        thread.start()
        when(lambda: len(bank._writers._waiting) == 1)
        crowd.comes("patient", lambda tx: (add(tx), written.append("patient")))

    bank.run(work)
    crowd.goes()
    ended.set()
    thread.join(20)
    assert written[:2] == ["greedy", "patient"]  # one of his, and then the other's turn


def test_who_waits_too_long_leaves_the_line_and_the_next_one_comes_up(bank: Database, monkeypatch):
    line, came = Writers(), []
    assert line.enter(1)
    late = threading.Thread(target=lambda: came.append(("late", line.enter(0.01))))
    late.start()
    late.join(10)
    patient = threading.Thread(target=lambda: came.append(("patient", line.enter(10))))
    patient.start()
    when(lambda: len(line._waiting) == 1)
    line.leave()
    patient.join(10)
    assert came == [("late", False), ("patient", True)]


def test_a_wait_ends_with_the_time_of_the_invocation(bank: Database):
    crowd, answers = Crowd(bank), []

    def hurried() -> None:
        around = deadline.begin(0.7)
        try:
            bank.run(add)
        except errors.Unavailable as refused:
            answers.append(refused.status)
        finally:
            deadline.end(around)

    def work(tx: Any) -> None:
        add(tx)
        thread = threading.Thread(target=hurried, daemon=True)
        thread.start()
        thread.join(10)
        assert not thread.is_alive()

    bank.run(work)
    crowd.goes()
    assert (answers, coins(bank)["a"]) == ([503], 1)


def test_a_transaction_inside_another_is_refused_at_once_and_the_outer_one_goes_on(bank: Database):
    def work(tx: Any) -> int:
        add(tx)
        with pytest.raises(RuntimeError, match="inside another"):
            bank.run(add)
        return coins(bank)["a"]  # a read inside sees what this transaction has written

    assert (bank.run(work), coins(bank)["a"]) == (1, 1)
    bank.run(add)
    assert coins(bank)["a"] == 2


def test_many_threads_of_two_instances_lose_and_double_nothing(file: str, bank: Database):
    other, chance = Database(file), random.Random(7)
    plans = [[chance.random() < 0.3 for _ in range(20)] for _ in range(8)]

    def plays(number: int) -> int:
        database, done = (bank, other)[number % 2], 0
        for refuses in plans[number]:
            def work(tx: Any, refuses: bool = refuses) -> None:
                add(tx)
                tx.write(ADD, of="b", number=-1)
                if refuses:
                    raise Refused()

            try:
                database.run(work)
                done += 1
            except Refused:
                pass
        return done

    done = sum(in_parallel(*[partial(plays, number) for number in range(8)]))
    other.close()
    assert done == sum(not refuses for plan in plans for refuses in plan)
    assert coins(bank) == {"a": done, "b": -done}


VICTIM = """
import sys, threading
from mall.kit.db import Database
from tests.kit.writers.crowd import ADD
bank = Database(sys.argv[1])
def serve(name):
    while True:
        bank.run(lambda tx: tx.change(ADD, of=name, number=1))
        sys.stdout.write(name)
        sys.stdout.flush()
for name in "abab":
    threading.Thread(target=serve, args=(name,)).start()
"""


def test_what_was_answered_is_there_after_the_process_is_killed(file: str, bank: Database):
    victim = subprocess.Popen([sys.executable, "-c", VICTIM, file], stdout=subprocess.PIPE)
    told = victim.stdout.read(200)
    victim.kill()
    told += victim.stdout.read()
    victim.wait(20)
    kept, answered = coins(bank), {name: told.count(name.encode()) for name in "ab"}
    assert sum(answered.values()) >= 200
    assert all(0 <= kept[name] - answered[name] <= 2 for name in "ab")  # at most what was not answered yet
    bank.run(add)


def test_a_closed_connection_holds_up_nobody(file: str, bank: Database, monkeypatch):
    crowd = Crowd(bank)
    monkeypatch.setattr(writers, "TOGETHER_S", 0)

    def work(tx: Any) -> None:
        add(tx)
        crowd.comes("A", add)
        bank.link().close()

    with pytest.raises(Exception, match="closed"):
        bank.run(work)
    assert crowd.goes() == {"A": None}
    bank._here.link = None  # a closed database is opened anew
    assert coins(bank)["a"] == 1
