"""A wallet's entries as people read them (余额明细)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mall.domains.wallets import store
from mall.domains.wallets.rules import WORDS
from mall.kit.clock import UTC
from mall.kit.db import Tx
from mall.kit.page import decode_cursor, moment_of, next_cursor

FROM_THE_NEWEST = (datetime(9999, 1, 1, tzinfo=UTC), "~")  # after every moment and every reference


@dataclass(frozen=True)
class WalletEntry:
    reference: str  # of the ledger's movement
    kind: str  # TOPPED_UP BALANCE_HELD BALANCE_RELEASED REFUND_DECIDED ACCOUNTS_MERGED
    words: str
    amount_fen: int  # positive into the wallet, negative out of it
    about: str | None  # the payment, order or refund
    at: datetime


def page(tx: Tx, member_id: str, cursor: str | None, limit: int) -> tuple[list[WalletEntry], str | None]:
    """The newest first, and where the next page begins. Raises BadCursor."""
    rows = store.entries(tx, member_id, position_of(cursor), limit)
    items = [WalletEntry(row.reference, row.reason, WORDS[row.reason], -row.amount, row.about, row.created_at)
             for row in rows]
    return items, next_cursor(rows, limit, lambda last: (last.created_at.isoformat(), last.reference))


def position_of(cursor: str | None) -> tuple[datetime, str]:
    """The last moment and reference that were seen. Raises BadCursor."""
    found = decode_cursor(cursor, (str, str))
    if found is None:
        return FROM_THE_NEWEST
    return moment_of(found[0]), found[1]
