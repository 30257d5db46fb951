"""Bills and differences as pulling and matching leave them, without a simulator."""

from __future__ import annotations

from datetime import timedelta

from mall.domains.reconciliation import store
from mall.domains.reconciliation.bill_text import EMPTY
from mall.domains.reconciliation.rules import BillKind, DifferenceKind, Found, Subject
from mall.flows.money import match_bills
from mall.tables.accounts import differences

from tests.support.shop import Shop

DAY = "2026-11-20"


def difference(shop: Shop, number: str, kind: DifferenceKind = DifferenceKind.AMOUNT, day: str = DAY) -> str:
    """An open difference with its case; its id."""
    found = Found(kind, Subject.PAYMENT, number, f"收款 {number} 金额不同", 100, 90)
    shop.database.run(match_bills._open, day, found, shop.now)
    return shop.rows(differences, number=number)[0].difference_id


def bill(shop: Shop, day: str, kind: BillKind, sha1: str = "a" * 40, minutes: int = 0) -> str:
    bill_id = f"bil_{day.replace('-', '')}_{kind.value}_{sha1[:16]}"
    shop.database.run(lambda tx: store.begin(
        tx, bill_id, day=day, kind=kind, sha1=sha1, file_key=f"bills/{day}/{sha1}.csv", count=0, totals=EMPTY[kind],
        now=shop.now + timedelta(minutes=minutes)))
    shop.database.run(store.finish, bill_id, day, kind)
    return bill_id
