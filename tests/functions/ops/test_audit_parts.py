"""What the audit finds of orders that are paid in parts (spec E9, E5)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from mall.flows.ops import audit
from mall.kit.ledger import ledger_entries
from mall.tables.trade import instalments, orders, payment_lines, payments
from sqlalchemy import delete, update

from tests.support import parts, seed, trade
from tests.support.shop import Shop


def change(shop: Shop, table: Any, *where: Any, **values: Any) -> None:
    shop.database.run(lambda tx: tx.write(update(table).where(*where).values(**values)))


def drop(shop: Shop, table: Any, *where: Any) -> None:
    shop.database.run(lambda tx: tx.write(delete(table).where(*where)))


LAST, FIRST = instalments.c.number == 2, instalments.c.number == 1
PART_PAID = {
    "a part is missing": (lambda shop: drop(shop, instalments, LAST), "in 2 parts, there are 1 over 1000"),
    "they do not add up": (lambda shop: change(shop, instalments, LAST, amount_fen=1), "there are 2 over 1001"),
    "its state": (lambda shop: change(shop, orders, state="UNPAID"), "is UNPAID over 4900 fen in 2 parts"),
    "its time": (lambda shop: change(shop, orders, expires_at=shop.now + timedelta(days=1)), "until another time"),
    "the order of parts": (lambda shop: change(shop, instalments, FIRST, number=3), "in 2 parts"),
    "its payment": (lambda shop: change(shop, payments, state="CLOSED"), "part 1 of order"),
    "its part": (lambda shop: change(shop, payments, part=2), "of part 2, which is PAID over 1000"),
    "its amount": (lambda shop: change(shop, payment_lines, amount_fen=1), "part 1 of order"),
    "a state without payment": (lambda shop: change(shop, instalments, LAST, state="KEPT"), "part 2 of order"),
    "the ledger": (lambda shop: change(shop, ledger_entries, amount=ledger_entries.c.amount * 2),
                   "ledger has 2000 fen of order"),
}


@pytest.mark.parametrize("breach", PART_PAID)
def test_a_breach_of_an_order_of_which_a_part_is_paid_is_found(shop: Shop, breach: str):
    goods = seed.product(shop, price_fen=4_900)
    trade.pay(shop, parts.of(shop, trade.place(shop, shop.member(), goods.sku_id)["order_no"], 1_000))
    assert shop.database.read(audit.audit) == []
    spoil, says = PART_PAID[breach]
    spoil(shop)
    found = shop.database.read(audit.audit)
    assert [each for each in found if says in each], found


def test_a_part_that_is_kept_before_the_next_ones_time_is_over_is_found(shop: Shop, monkeypatch):
    goods = seed.product(shop, price_fen=4_900)
    order_no = parts.of(shop, trade.place(shop, shop.member(), goods.sku_id)["order_no"], 1_000)
    trade.pay(shop, order_no)
    shop.move(days=30)
    shop.tick("orders.close_unpaid_orders")
    assert parts.states(shop, order_no) == ["KEPT", "CLOSED"] and shop.database.read(audit.audit) == []
    change(shop, orders, expires_at=shop.now + timedelta(days=1))
    assert any("is kept" in each for each in shop.database.read(audit.audit))
