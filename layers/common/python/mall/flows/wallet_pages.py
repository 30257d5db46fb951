"""A wallet's entries as people read them (余额明细)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mall.domains.wallets import store
from mall.domains.wallets.rules import WORDS, position_in, position_of
from mall.kit.db import Tx


@dataclass(frozen=True)
class WalletEntry:
    reference: str  # of the ledger's movement
    kind: str  # TOPPED_UP BALANCE_HELD BALANCE_RELEASED REFUND_DECIDED
    words: str
    amount_fen: int  # positive into the wallet, negative out of it
    about: str | None  # the payment, order or refund
    at: datetime


def page(tx: Tx, member_id: str, cursor: str | None, limit: int) -> tuple[list[WalletEntry], str | None]:
    """The newest first, and where the next page begins. Raises BadCursor."""
    rows = store.entries(tx, member_id, position_in(cursor), limit)
    items = [WalletEntry(row.reference, row.reason, WORDS[row.reason], -row.amount, row.about, row.created_at)
             for row in rows]
    return items, position_of(rows[-1].created_at, rows[-1].reference) if len(rows) == limit else None
