"""Writers of one SQLite file stand in a line, and those who wait share a commit: order, failures, deaths."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from mall.kit import deadline, errors, sqlite_link, writers
from mall.kit.db import ConnectionLost, Database
from mall.kit.writers import Shared, Writers
from sqlalchemy import Column, Integer, MetaData, String, Table, bindparam, create_engine, make_url, select, update

from tests.support.parallel import in_parallel

pytestmark = pytest.mark.spec("L3")

jars = Table("jars", MetaData(), Column("name", String(64), primary_key=True), Column("coins", Integer, nullable=False))
ALL = select(jars).order_by(jars.c.name)
ADD = update(jars).where(jars.c.name == bindparam("of")).values(coins=jars.c.coins + bindparam("number"))


class Refused(errors.RuleBroken):
    code = "REFUSED"


@pytest.fixture
def file(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path / 'jars.db'}"
    engine = create_engine(url)
    jars.create(engine)
    engine.dispose()
    return url


@pytest.fixture
def bank(file: str) -> Iterator[Database]:
    database = Database(file)
    database.run(lambda tx: [tx.insert(jars, name=name, coins=0) for name in "ab"])
    yield database
    database.close()


def coins(database: Database) -> dict[str, int]:
    return {row.name: row.coins for row in database.read(lambda tx: tx.all(ALL))}


def kept(file: str) -> dict[str, int]:
    """What another process would read now."""
    with closing(sqlite3.connect(make_url(file).database)) as other:
        return dict(other.execute("SELECT name, coins FROM jars"))


def add(tx: Any, name: str = "a", number: int = 1) -> None:
    tx.change(ADD, of=name, number=number)


def when(condition: Callable[[], Any]) -> None:
    """Wait until it holds."""
    pause = threading.Event()
    for _ in range(2_000):
        if condition():
            return
        pause.wait(0.005)
    raise AssertionError("it never came to hold")


class Crowd:
    """Threads that come to the database one after another, each only when the one before stands in the line."""

    def __init__(self, bank: Database):
        self.bank, self.answers, self.threads = bank, {}, []

    def comes(self, name: str, work: Callable[[Any], Any]) -> None:
        def run() -> None:
            try:
                self.answers[name] = self.bank.run(work)
            except Exception as problem:
                self.answers[name] = problem

        standing = len(self.bank._writers._waiting)
        self.threads.append(threading.Thread(target=run, daemon=True))
        self.threads[-1].start()
        when(lambda: len(self.bank._writers._waiting) == standing + 1)

    def goes(self) -> dict[str, Any]:
        for thread in self.threads:
            thread.join(20)
            assert not thread.is_alive()
        return self.answers


@pytest.fixture
def ends(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many transactions each commit or rollback of the database was for."""
    seen, end = [], Shared.end

    def noted(shared: Shared) -> None:
        seen.append(shared.members)
        end(shared)

    monkeypatch.setattr(Shared, "end", noted)
    monkeypatch.setattr(writers, "TOGETHER_S", 60.0)  # a slow machine counts as a fast one
    return seen


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


def test_those_who_wait_share_one_commit(bank: Database, ends: list[int]):
    crowd = Crowd(bank)

    def work(tx: Any) -> None:
        add(tx)
        for name in "ABC":
            crowd.comes(name, lambda tx: add(tx, "b"))

    bank.run(work)
    crowd.goes()
    assert (ends, coins(bank)) == ([4], {"a": 1, "b": 3})


def test_who_comes_alone_commits_alone(bank: Database, ends: list[int]):
    for _ in range(3):
        bank.run(add)
    assert (ends, coins(bank)["a"]) == ([1, 1, 1], 3)


def test_at_most_so_many_stand_together(bank: Database, ends: list[int], monkeypatch):
    monkeypatch.setattr(writers, "MOST_TOGETHER", 2)
    crowd = Crowd(bank)
    bank.run(lambda tx: (add(tx), [crowd.comes(name, add) for name in "ABCD"]))
    crowd.goes()
    assert (ends, coins(bank)["a"]) == ([2, 2, 1], 5)


def test_a_commit_waits_for_no_more_than_its_time(bank: Database, ends: list[int], monkeypatch):
    monkeypatch.setattr(writers, "TOGETHER_S", 0.0)
    crowd = Crowd(bank)
    bank.run(lambda tx: (add(tx), [crowd.comes(name, add) for name in "AB"]))
    crowd.goes()
    assert ends == [1, 1, 1]


def test_nobody_is_answered_or_seen_before_the_commit_of_all(bank: Database, file: str, ends: list[int]):
    crowd, seen, other = Crowd(bank), [], Database(file)

    def last(tx: Any) -> None:
        add(tx, "b")
        seen.append((dict(crowd.answers), coins(other)))

    bank.run(lambda tx: (add(tx), crowd.comes("A", add), crowd.comes("B", last)))
    answers = crowd.goes()
    other.close()
    assert seen == [({}, {"a": 0, "b": 0})]
    assert (set(answers), coins(bank)) == ({"A", "B"}, {"a": 2, "b": 1})


@pytest.mark.parametrize("who", ["first", "middle", "last"])
def test_who_is_refused_takes_only_his_own_back(bank: Database, ends: list[int], who: str):
    crowd = Crowd(bank)

    def refused(tx: Any) -> None:
        add(tx, "b", 100)
        raise Refused()

    crowd_of = {name: refused if name == who else add for name in ("first", "middle", "last")}

    def head(tx: Any) -> None:
        add(tx)
        for name, work in crowd_of.items():
            crowd.comes(name, work)

    bank.run(head)
    answers = crowd.goes()
    assert [name for name, answer in answers.items() if isinstance(answer, Refused)] == [who]
    assert (ends, coins(bank)) == ([3], {"a": 3, "b": 0})


def test_the_turn_of_who_is_refused_alone_goes_on(bank: Database, ends: list[int]):
    crowd = Crowd(bank)

    def refused(tx: Any) -> None:
        add(tx, number=100)
        crowd.comes("A", add)
        raise Refused()

    with pytest.raises(Refused):
        bank.run(refused)
    crowd.goes()
    assert (ends, coins(bank)["a"]) == ([0, 1], 1)


def test_a_commit_that_fails_takes_all_of_them_back_and_each_does_it_again(bank: Database, monkeypatch):
    crowd, tries, failed = Crowd(bank), [], []
    monkeypatch.setattr(writers, "TOGETHER_S", 60.0)
    end = Shared.end

    class Full:
        def __init__(self, cursor: Any):
            self._cursor = cursor

        def execute(self, sql: str, *values: Any) -> Any:
            if sql == "COMMIT":
                failed.append(sql)
                raise sqlite_link.sqlite3.OperationalError("disk I/O error")
            return self._cursor.execute(sql, *values)

    def first_fails(shared: Shared) -> None:
        if not failed:
            shared.cursor = Full(shared.cursor)
        end(shared)

    monkeypatch.setattr(Shared, "end", first_fails)

    def work(tx: Any) -> None:
        add(tx)
        tries.append(tx)
        if len(tries) == 1:
            for name in "AB":
                crowd.comes(name, lambda tx: (add(tx), tries.append(tx)))

    bank.run(work)
    answers = crowd.goes()
    assert not any(isinstance(answer, Exception) for answer in answers.values())
    assert (failed, len(tries), coins(bank)["a"]) == (["COMMIT"], 6, 3)


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


def test_the_outcome_of_a_commit_that_hangs_is_not_known_and_the_connection_stays_with_it(bank: Database, monkeypatch):
    crowd, going, lost = Crowd(bank), threading.Event(), []
    monkeypatch.setattr(writers, "TOGETHER_S", 60.0)
    monkeypatch.setattr(sqlite_link, "_left_s", lambda: 0.05)

    def first() -> None:
        try:
            bank.run(lambda tx: (add(tx), crowd.comes("slow", lambda tx: (add(tx), going.wait(20)))))
        except errors.Unavailable as unknown:
            lost.append(unknown.__cause__)
        lost.append(coins(bank)["a"])  # on a new connection, which does not see it yet

    thread = threading.Thread(target=first)
    thread.start()
    thread.join(20)
    monkeypatch.setattr(sqlite_link, "_left_s", lambda: 20)
    going.set()
    crowd.goes()
    assert isinstance(lost[0], ConnectionLost) and not lost[0].outcome_known
    assert (lost[1], coins(bank)["a"]) == (0, 2)


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
from tests.kit.test_writers import ADD
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


def test_what_sqlite_takes_back_as_a_whole_is_done_again_by_all_and_handed_to_nobody(bank: Database, monkeypatch):
    crowd, tries = Crowd(bank), []
    monkeypatch.setattr(writers, "TOGETHER_S", 60.0)

    def full(tx: Any) -> None:
        add(tx, "b", 100)
        tries.append("full")
        bank._writers.shared.cursor.execute("ROLLBACK")  # as on a full disk
        raise Refused()

    def work(tx: Any) -> None:
        add(tx)
        tries.append("first")
        if len(tries) == 1:
            crowd.comes("full", full)
            crowd.comes("last", add)

    bank.run(work)
    answers = crowd.goes()
    assert isinstance(answers["full"], Refused) and answers["last"] is None
    assert sorted(tries) == ["first", "first", "full", "full"], "the refusal too: what it saw was taken back"
    assert coins(bank) == {"a": 2, "b": 0}


def test_who_is_refused_for_what_another_wrote_hears_it_when_that_is_durable(file: str, bank: Database, monkeypatch):
    crowd, told, gate = Crowd(bank), [], threading.Event()
    monkeypatch.setattr(writers, "TOGETHER_S", 60.0)

    def again(tx: Any) -> None:
        add(tx, number=0)  # it is his turn
        crowd.comes("last", last)
        tx.insert(jars, name="push", coins=1, duplicate=Refused())
        tx.flush()

    def last(tx: Any) -> None:
        add(tx)
        gate.wait(10)

    def work(tx: Any) -> None:
        tx.insert(jars, name="push", coins=1)
        tx.flush()
        if not crowd.threads:
            crowd.comes("again", again)

    first = threading.Thread(target=lambda: (bank.run(work), told.append(kept(file))))
    first.start()
    when(lambda: len(crowd.threads) == 2)
    threading.Event().wait(0.1)
    assert "again" not in crowd.answers, "the commit is still to come"
    gate.set()
    answers = crowd.goes()
    first.join(10)
    assert isinstance(answers["again"], Refused) and answers["last"] is None
    assert told == [{"a": 1, "b": 0, "push": 1}]


def test_a_refusal_for_what_was_never_committed_is_decided_anew(bank: Database, monkeypatch):
    crowd, ended = Crowd(bank), []
    monkeypatch.setattr(writers, "TOGETHER_S", 60.0)
    end = Shared.end

    def fails(shared: Shared) -> None:
        if not ended:
            shared.problem = OSError("the disk")
        ended.append(1)
        end(shared)

    monkeypatch.setattr(Shared, "end", fails)

    def work(tx: Any) -> None:
        tx.insert(jars, name="push", coins=1, duplicate=Refused())
        tx.flush()
        if not crowd.threads:
            crowd.comes("again", work)

    outcomes = []
    try:
        bank.run(work)
        outcomes.append(None)
    except Refused as refused:
        outcomes.append(refused)
    outcomes.append(crowd.goes()["again"])
    assert sorted(isinstance(each, Refused) for each in outcomes) == [False, True], "one of them has it, after all"
    assert coins(bank)["push"] == 1


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
