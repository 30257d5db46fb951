"""Many rows in one statement: what is there stays as it is, and one row of a batch does not keep the others out."""

from __future__ import annotations

from datetime import datetime, timezone

from mall.kit.db import Database
from mall.kit.ledger import ledger_entries

NOW = datetime(2026, 11, 21, 1, 2, 3, 456789, tzinfo=timezone.utc)


def entry(leg: int, amount: int) -> dict:
    return {"reference": "pay_1", "leg": leg, "account": "wechat", "amount": amount, "about": "100%,`? 龙井",
            "reason": "TEST", "created_at": NOW}


def test_rows_that_are_there_stay_and_the_others_come(database: Database):
    from sqlalchemy import select

    database.run(lambda tx: tx.insert_many_if_absent(ledger_entries, [entry(0, 1), entry(1, 2)]))
    database.run(lambda tx: tx.insert_many_if_absent(ledger_entries, [entry(1, 99), entry(2, 3)]))
    database.run(lambda tx: tx.insert_many_if_absent(ledger_entries, []))
    statement = select(ledger_entries).order_by(ledger_entries.c.leg)
    rows = database.read(lambda tx: tx.all(statement))
    assert [row._asdict() for row in rows] == [entry(0, 1), entry(1, 2), entry(2, 3)]
