"""What the ledger has of one seller in a period (商家账目): the orders that he has earned, and what else was booked.

An order is earned when it has ended (`ORDER_ENDED` puts it on the receivable), or what was paid of it is forfeited.
Coupons move between two accounts of the same seller, so an order's worth is told without them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select

from mall.domains.ledger.rules import (
    COUPON_COST, ORDER_FUNDS, PAID_BY_HAND, POINTS_COST, RECEIVABLE, SHARED, WECHAT_FEE, account_of,
)
from mall.kit.db import Instant, Tx, among
from mall.kit.ledger import ledger_entries
from mall.tables.trade import orders

BATCH = 500  # orders in one statement
ENDED = ("ORDER_ENDED", "FORFEITED")
BY_THE_PLATFORM = ("GIVEN_BY_OTHERS", "GIVEN_RETURNED")
NO_WORTH = (*ENDED, "COUPONS_USED", "COUPONS_RETURNED")  # moves worth between accounts of the seller
BESIDE = (WECHAT_FEE, SHARED, POINTS_COST, PAID_BY_HAND)  # what is booked of a seller beside his orders' worth
OF_SELLERS = (ORDER_FUNDS, RECEIVABLE, COUPON_COST, *BESIDE)

_in_period = (ledger_entries.c.created_at >= bindparam("since", type_=Instant()),
              ledger_entries.c.created_at < bindparam("until", type_=Instant()))
_TOUCHED = (
    select(ledger_entries.c.about).where(ledger_entries.c.account == bindparam("account"), *_in_period)
    .group_by(ledger_entries.c.about).order_by(ledger_entries.c.about).limit(bindparam("most"))
)
_OF_ORDERS = (
    select(ledger_entries.c.about, ledger_entries.c.account, ledger_entries.c.reason, ledger_entries.c.amount,
           ledger_entries.c.created_at)
    .where(ledger_entries.c.about.in_(among("keys")), ledger_entries.c.account.in_(among("accounts")),
           ledger_entries.c.created_at < bindparam("until", type_=Instant()))
    .order_by(ledger_entries.c.about, ledger_entries.c.created_at, ledger_entries.c.reference, ledger_entries.c.leg)
)
_RATES = select(orders.c.order_no, orders.c.commission_per_ten_thousand).where(orders.c.order_no.in_(among("keys")))
_BESIDE = (
    select(ledger_entries.c.account, func.sum(ledger_entries.c.amount).label("fen"))
    .where(ledger_entries.c.account.in_(among("accounts")), *_in_period)
    .group_by(ledger_entries.c.account)
)
_OWED = select(func.coalesce(func.sum(ledger_entries.c.amount), 0).label("fen")).where(
    ledger_entries.c.account.in_(among("accounts")))


def earned_orders(tx: Tx, seller_id: str, since: datetime, until: datetime, most: int) -> list[str]:
    """The orders whose earned worth changed in the period, by number; at most so many."""
    return [row.about for row in tx.all(_TOUCHED, account=account_of(RECEIVABLE, seller_id), since=since, until=until,
                                        most=most)]


def of_orders(tx: Tx, seller_id: str, order_nos: Sequence[str],
              until: datetime) -> Iterator[tuple[list[Any], dict[str, int]]]:
    """Batch by batch: their entries on the seller's own accounts until then, and the commission rate of each."""
    accounts = [account_of(ORDER_FUNDS, seller_id), account_of(RECEIVABLE, seller_id)]
    for start in range(0, len(order_nos), BATCH):
        keys = list(order_nos[start:start + BATCH])
        entries, rates = tx.fetch((_OF_ORDERS, {"keys": keys, "accounts": accounts, "until": until}),
                                  (_RATES, {"keys": keys}))
        yield entries, {row.order_no: row.commission_per_ten_thousand for row in rates}


def beside(tx: Tx, seller_id: str, since: datetime, until: datetime) -> dict[str, int]:
    """What the period booked on each of the seller's other accounts, by kind; 0 where nothing."""
    rows = tx.all(_BESIDE, accounts=[account_of(kind, seller_id) for kind in BESIDE], since=since, until=until)
    found = {row.account.split("/")[0]: int(row.fen) for row in rows}
    return {kind: found.get(kind, 0) for kind in BESIDE}


def owed_fen(tx: Tx, seller_id: str) -> int:
    """What the platform owes the seller by now, its commission not taken off: all of his accounts together."""
    return -int(tx.one(_OWED, accounts=[account_of(kind, seller_id) for kind in OF_SELLERS]).fen)
