"""Transactions: values, guards, duplicates, the world outside. On SQLite and on MariaDB."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from jars import ADD, ONE, SOME, TAKE, Taken, TooFew, coins, jars, put
from mall.kit import errors, outside
from mall.kit.db import Database, DuplicateRow, driver_url, fresh
from sqlalchemy import (
    literal,
    select,
)

pytestmark = pytest.mark.spec("L3")


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
        bank.read(lambda tx, name=name: tx.all(fresh(select(jars).where(jars.c.name == name))))
    assert len(bank._prepared) == kept


def test_another_statement_in_the_place_of_one_that_is_gone_is_not_taken_for_it(bank: Database):
    asked = []
    for name in "abc" * 20:
        heir = Database(bank.url)  # of what those before it compiled, as the instances of a crash harness are
        heir._dialect, heir._prepared = bank._dialect, bank._prepared
        asked.append(heir.read(lambda tx, name=name: tx.one(select(jars.c.name).where(jars.c.name == name)).name))
        heir.close()
    assert asked == list("abc" * 20)


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
