"""Transactions: guards, batches, round trips, deadlocks, lost connections. On SQLite and on MariaDB."""

from __future__ import annotations

import threading
import time
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace

import pytest
from mall.kit import errors, outside
from mall.kit.db import Database, DuplicateRow, Instant, Interrupted, Json, Unprepared, among, driver_url, fresh
from mall.kit.mysql_link import MysqlLink
from sqlalchemy import (
    Boolean,
    Column,
    Integer,
    MetaData,
    String,
    Table,
    bindparam,
    create_engine,
    delete,
    literal,
    select,
    update,
)

from tests.support.parallel import in_parallel

pytestmark = pytest.mark.spec("L3")

metadata = MetaData()
jars = Table(
    "kit_jars", metadata, Column("name", String(64), primary_key=True), Column("coins", Integer, nullable=False),
    Column("seen_at", Instant()), Column("notes", Json()), Column("shut", Boolean(create_constraint=False)),
    mysql_engine="InnoDB", mysql_charset="utf8mb4", mysql_collate="utf8mb4_bin")
j = jars.c

ONE = select(jars).where(j.name == bindparam("name"))
ALL = select(jars).order_by(j.name)
SOME = select(jars.c.name).where(j.name.in_(among("names"))).order_by(j.name)
LOCK = ONE.with_for_update()
TAKE = (
    update(jars).where(j.name == bindparam("of"), j.coins >= bindparam("number"))
    .values(coins=j.coins - bindparam("number"))
)
ADD = update(jars).where(j.name == bindparam("of")).values(coins=j.coins + bindparam("number"))
EMPTY = delete(jars)


class TooFew(errors.RuleBroken):
    code = "TOO_FEW"


class Taken(errors.Conflict):
    code = "TAKEN"


@pytest.fixture
def bank(database: Database):
    """The database with three jars: a has 10 coins, b has 20, c has 30."""
    engine = create_engine(database.url)
    metadata.create_all(engine)
    engine.dispose()
    database.run(lambda tx: tx.write(EMPTY))
    database.run(lambda tx: [put(tx, name, coins) for name, coins in (("a", 10), ("b", 20), ("c", 30))])
    yield database
    outside.watch = None


def put(tx, name: str, coins: int, **more) -> None:
    tx.insert(jars, **{"name": name, "coins": coins, "seen_at": None, "notes": None, "shut": False, **more})


def coins(database: Database) -> dict[str, int]:
    return {row.name: row.coins for row in database.read(lambda tx: tx.all(ALL))}


def trips(database: Database, work) -> tuple[int, int]:
    """Round trips and statements of one transaction on a warm connection."""
    link = database.link()
    before = link.round_trips, link.statements
    database.run(work)
    return link.round_trips - before[0], link.statements - before[1]


# values

def test_a_row_comes_back_as_it_went_in(bank: Database):
    at = datetime(2026, 11, 21, 20, 0, 0, 123456, timezone(timedelta(hours=8)))
    bank.run(lambda tx: put(tx, "d", -1, seen_at=at, notes={"名": ["😀", None, 1.5]}, shut=True))
    row = bank.read(lambda tx: tx.one(ONE, name="d"))
    assert (row.coins, row.notes, bool(row.shut)) == (-1, {"名": ["😀", None, 1.5]}, True)
    assert (row.seen_at, row.seen_at.tzinfo) == (at, timezone.utc)
    empty = bank.read(lambda tx: tx.one(ONE, name="a"))
    assert (empty.seen_at, empty.notes) == (None, None)


def test_text_is_compared_by_its_bytes_and_quotes_stay_text(bank: Database):
    bank.run(lambda tx: put(tx, "A", 1))
    name = "x'; DROP TABLE kit_jars; -- %s \\ \" `"
    bank.run(lambda tx: put(tx, name, 2))
    assert coins(bank) == {"A": 1, "a": 10, "b": 20, "c": 30, name: 2}


def test_a_list_is_a_parameter_also_an_empty_one(bank: Database):
    def ask(tx):
        return [[row.name for row in tx.all(SOME, names=names)] for names in (["a", "c", "z"], [], ["b"])]

    assert bank.read(ask) == [["a", "c"], [], ["b"]]


def test_statements_are_compiled_once_and_fresh_ones_are_not_kept(bank: Database):
    assert bank.prepare(ONE) is bank.prepare(ONE)
    kept = len(bank._prepared)
    for name in "abc":
        bank.read(lambda tx, name=name: tx.all(fresh(select(jars).where(j.name == name))))
    assert len(bank._prepared) == kept


# guards

def test_a_guard_that_holds_lets_everything_through(bank: Database):
    def work(tx):
        tx.write(TAKE, rows=1, otherwise=TooFew(), of="a", number=10)
        tx.write(ADD, rows=1, of="b", number=10)

    bank.run(work)
    assert coins(bank) == {"a": 0, "b": 30, "c": 30}


@pytest.mark.parametrize("first", [True, False])
def test_a_guard_that_fails_raises_its_error_and_keeps_nothing(bank: Database, first: bool):
    def work(tx):
        if not first:
            tx.write(ADD, of="b", number=1)
        tx.write(TAKE, rows=1, otherwise=TooFew(field="coins"), of="a", number=11)
        tx.write(ADD, of="c", number=1)

    with pytest.raises(TooFew) as refusal:
        bank.run(work)
    assert refusal.value.field == "coins"
    assert coins(bank) == {"a": 10, "b": 20, "c": 30}
    bank.run(lambda tx: tx.write(ADD, rows=1, of="a", number=1))  # the connection is as good as new
    assert coins(bank)["a"] == 11


def test_a_guard_counts_the_rows_it_found_not_those_it_changed(bank: Database):
    bank.run(lambda tx: tx.write(ADD, rows=1, of="a", number=0))
    with pytest.raises(errors.Conflict):
        bank.run(lambda tx: tx.write(ADD, rows=2, of="a", number=1))
    with pytest.raises(errors.Conflict):
        bank.run(lambda tx: tx.write(ADD, rows=1, of="nobody", number=1))
    bank.run(lambda tx: tx.write(ADD, rows=0, of="nobody", number=1))
    assert coins(bank)["a"] == 10


def test_a_guard_of_a_write_before_a_read_fails_at_the_read(bank: Database):
    seen = []

    def work(tx):
        tx.write(TAKE, rows=1, otherwise=TooFew(), of="a", number=99)
        seen.append(tx.one(ONE, name="a"))

    with pytest.raises(TooFew):
        bank.run(work)
    assert seen == []


def test_a_read_sees_the_writes_before_it(bank: Database):
    def work(tx):
        tx.write(ADD, of="a", number=5)
        return tx.one(ONE, name="a").coins, tx.change(TAKE, of="a", number=15), tx.change(TAKE, of="a", number=1)

    assert bank.run(work) == (15, 1, 0)
    assert coins(bank)["a"] == 0


def test_an_error_of_the_work_itself_rolls_back_what_was_written(bank: Database):
    def work(tx):
        tx.change(ADD, of="a", number=5)
        raise KeyError("x")

    with pytest.raises(KeyError):
        bank.run(work)
    assert coins(bank)["a"] == 10


# duplicates

def test_a_taken_key_raises_the_error_named_for_it_or_duplicate_row(bank: Database):
    with pytest.raises(DuplicateRow):
        bank.run(lambda tx: put(tx, "a", 1))

    def work(tx):
        tx.write(ADD, of="b", number=1)
        tx.insert(jars, duplicate=Taken(), name="a", coins=1, seen_at=None, notes=None, shut=False)
        tx.write(ADD, of="c", number=1)

    with pytest.raises(Taken):
        bank.run(work)
    assert coins(bank) == {"a": 10, "b": 20, "c": 30}


def test_an_insert_if_absent_leaves_the_row_that_is_there(bank: Database):
    def work(tx):
        for name in ("a", "d"):
            tx.insert_if_absent(jars, name=name, coins=1, seen_at=None, notes=None, shut=False)
        tx.write(ADD, rows=1, of="d", number=1)

    bank.run(work)
    assert coins(bank) == {"a": 10, "b": 20, "c": 30, "d": 2}


# round trips

def test_reads_go_together_and_writes_go_with_the_commit(bank: Database):
    def work(tx):
        tx.fetch((ONE, {"name": "a"}), (ALL, {}), (SOME, {"names": ["a"]}))
        put(tx, "d", 1)
        tx.write(TAKE, rows=1, of="a", number=1)
        tx.write(ADD, rows=1, hot=("jars", "b"), of="b", number=1)

    round_trips, statements = trips(bank, work)
    assert statements == 6
    assert round_trips == (6 if bank.kind == "sqlite" else 2)
    assert coins(bank) == {"a": 9, "b": 21, "c": 30, "d": 1}


def test_writes_alone_are_one_round_trip_and_nothing_is_none(bank: Database):
    round_trips, _ = trips(bank, lambda tx: [tx.write(ADD, rows=1, of=name, number=1) for name in "abc"])
    assert round_trips == (3 if bank.kind == "sqlite" else 1)
    assert trips(bank, lambda tx: None) == (0, 0)


def test_with_batch_off_the_same_work_gives_the_same_result_statement_by_statement(bank: Database):
    if bank.kind == "sqlite":
        pytest.skip("SQLite has no batches")
    single = Database(str(bank.url.update_query_dict({"batch": "off"}).render_as_string(hide_password=False)))

    def work(tx):
        tx.fetch((ONE, {"name": "a"}), (ALL, {}))
        tx.write(TAKE, rows=1, otherwise=TooFew(), of="a", number=10)
        put(tx, "d", 1)

    assert trips(single, work) == (7, 4)  # begin takes two, COMMIT one; guards are counted here
    with pytest.raises(TooFew):
        single.run(work)
    with pytest.raises(DuplicateRow):
        single.run(lambda tx: put(tx, "d", 1))
    assert coins(single) == {"a": 0, "b": 20, "c": 30, "d": 1}
    single.close()


def test_the_hot_rows_come_last_and_in_the_order_of_their_keys(bank: Database):
    sent = []
    link = bank.link()
    run = link.run
    link.run = lambda calls, **how: sent.extend(call.values for call in calls) or run(calls, **how)

    def work(tx):
        tx.write(ADD, rows=1, hot=("jars", "c"), of="c", number=1)
        tx.write(ADD, rows=1, hot=("jars", "a"), of="a", number=1)
        tx.write(ADD, rows=1, of="b", number=1)

    bank.run(work)
    del link.run
    assert [name for values in sent for name in values if isinstance(name, str)] == ["b", "a", "c"]


def test_a_prelude_is_kept_even_when_the_transaction_is_not(bank: Database):
    from mall.kit.db import Call

    def prelude(database):
        values = {"name": "p", "coins": 1, "seen_at": None, "notes": None, "shut": False}
        return [Call(database.prepare_insert(jars, tuple(values), ignore=True), values)]

    def fail(tx):
        tx.one(ONE, name="p")
        raise TooFew()

    with pytest.raises(TooFew):
        bank.run(fail, prelude=prelude)
    # SQLite has one writer, which the transaction is: there the caller registers once more (idempotency)
    assert ("p" in coins(bank)) is (bank.kind == "mysql")


# many at once

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


# connections that go away

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


# the world outside

def test_no_call_goes_out_while_a_transaction_is_open(bank: Database):
    def work(tx):
        tx.one(ONE, name="a")
        with outside.calling("wechat"):
            pass

    with pytest.raises(RuntimeError, match="outbound call wechat inside a transaction"):
        bank.run(work)
    with outside.calling("wechat"):
        pass  # after it, the way is free again


@pytest.mark.parametrize("work", ["commit", "rollback"])
def test_every_step_of_a_transaction_can_be_watched(bank: Database, work: str):
    steps: list[str] = []
    outside.watch = steps.append

    def do(tx):
        tx.one(ONE, name="a")
        tx.write(ADD, rows=1, of="a", number=1)
        if work == "rollback":
            raise TooFew()

    try:
        bank.run(do)
    except TooFew:
        pass
    outside.watch = None
    assert steps[0] == "before sql"
    assert ("after commit" in steps) is (work == "commit")
    assert coins(bank)["a"] == (11 if work == "commit" else 10)


def test_tls_is_demanded_where_the_url_says_so_and_not_tried_where_it_does_not(database: Database):
    if database.kind == "sqlite":
        pytest.skip("SQLite has no network")
    assert database.read(lambda tx: tx.one(fresh(select(literal(1).label("one"))))).one == 1
    url = database.url.render_as_string(hide_password=False)
    demanding = Database(f"{url}&tls=on")  # this server has no certificate
    with pytest.raises(errors.Unavailable):
        demanding.read(lambda tx: tx.one(fresh(select(literal(1)))))


def test_the_options_of_the_house_are_not_handed_to_another_engine():
    url = driver_url("mysql+pymysql://root@127.0.0.1:3306/mall?charset=utf8mb4&batch=off&tls=on&session=off&also=127.0.0.1:3307")
    assert url.render_as_string() == "mysql+pymysql://root@127.0.0.1:3306/mall?charset=utf8mb4"
