"""How often a transaction goes to the server, and in which order its writes do."""

from __future__ import annotations

import pytest
from jars import ADD, ALL, ONE, SOME, TAKE, TooFew, coins, jars, put, trips
from mall.kit.db import Database, DuplicateRow

pytestmark = pytest.mark.spec("L3")


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
