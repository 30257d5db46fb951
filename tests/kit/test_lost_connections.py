"""Connections that go away, and what a server says is told apart."""

from __future__ import annotations

import threading

import pytest
from jars import ADD, ALL, ONE, coins
from mall.kit import errors
from mall.kit.db import Database
from mall.kit.mysql_link import MysqlLink

pytestmark = pytest.mark.spec("L3")


def kill(bank: Database) -> None:
    """End this thread's connection from another one, as an idle timeout or a restart does."""
    own = bank.link()._connection.thread_id()

    def end():
        bank.link()._cursor().execute(f"KILL {own}")

    thread = threading.Thread(target=end)
    thread.start()
    thread.join()


@pytest.fixture
def server(bank: Database) -> Database:
    if bank.kind == "sqlite":
        pytest.skip("a file does not go away")
    coins(bank)  # connected
    return bank


def test_a_connection_that_died_between_two_calls_is_opened_again(server: Database):
    kill(server)
    server.run(lambda tx: tx.one(ONE, name="a") and tx.write(ADD, rows=1, of="a", number=1))
    assert coins(server)["a"] == 11
    kill(server)
    assert coins(server)["a"] == 11


def test_a_connection_that_died_in_the_middle_starts_the_work_over(server: Database):
    attempts = []

    def work(tx):
        tx.change(ADD, of="a", number=1)
        attempts.append(1)
        if len(attempts) == 1:
            kill(server)
        tx.one(ONE, name="a")

    server.run(work)
    assert len(attempts) == 2
    assert coins(server)["a"] == 11


def test_a_connection_that_died_at_commit_is_an_unknown_outcome_and_never_repeated(server: Database):
    attempts = []

    def work(tx):
        attempts.append(1)
        tx.one(ONE, name="a")
        tx.write(ADD, rows=1, of="a", number=1)
        kill(server)

    with pytest.raises(errors.Unavailable):
        server.run(work)
    assert len(attempts) == 1
    assert coins(server)["a"] == 10


def test_a_connection_that_was_idle_for_long_is_tried_before_it_is_used(server: Database):
    kill(server)
    server.link()._used_at -= 60
    server.run(lambda tx: tx.write(ADD, rows=1, of="a", number=1))  # one trip, with COMMIT: must not be lost
    assert coins(server)["a"] == 11


def test_a_server_that_is_not_there_is_unavailable():
    nowhere = Database("mysql+pymysql://root@127.0.0.1:1/none")
    with pytest.raises(errors.Unavailable):
        nowhere.read(lambda tx: tx.all(ALL))
    with pytest.raises(errors.Unavailable):
        nowhere.run(lambda tx: tx.all(ALL))


@pytest.mark.parametrize(("code", "expected"), [
    (1213, "Interrupted"), (1205, "Interrupted"), (9007, "Interrupted"), (8002, "Interrupted"),
    (2006, "ConnectionLost"), (2013, "ConnectionLost"), (1047, "ConnectionLost"), (1180, "ConnectionLost"),
    (1146, "RuntimeError"),
])
def test_what_a_server_says_is_told_apart(code: int, expected: str):
    link = MysqlLink(Database("mysql+pymysql://root@127.0.0.1:1/none").url)
    assert type(link._translated(RuntimeError(code, "text"), None, False)).__name__ == expected
