"""Writers who wait share a commit: who stands in it, who is told what, and what becomes of it when it fails."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from crowd import Crowd, Refused, add, coins, jars, kept, when
from mall.kit import errors, sqlite_link, writers
from mall.kit.db import ConnectionLost, Database
from mall.kit.writers import Shared

pytestmark = pytest.mark.spec("L3")


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
    assert tries.count("first") == 2
    assert tries.count("full") >= 2, "the refusal too: what it saw was taken back"  # once more for each that came along
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
