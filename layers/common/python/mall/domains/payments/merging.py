"""The payments of a member who becomes another one (spec A1)."""

from __future__ import annotations

from sqlalchemy import select

from mall.kit.db import Tx, among
from mall.kit.owners import batches, hand_over, hands_over
from mall.tables.trade import payments

_OF_CHECKOUTS = (
    select(payments.c.payment_no)
    .where(payments.c.checkout_id.in_(among("checkout_ids")))
    .order_by(payments.c.payment_no)
)
_TO_OWNER = hands_over(payments.c.member_id, payments.c.payment_no)


def change_owner(tx: Tx, ended_id: str, member_id: str, checkout_ids: list[str]) -> list[str]:
    """The payments of these checkouts are the other's; their numbers. A top-up's checkout is the account that it was
    begun for, and stays so: each wallet had one under way, and both may still be paid."""
    found: list[str] = []
    for batch in batches(checkout_ids):
        found += [row.payment_no for row in tx.all(_OF_CHECKOUTS, checkout_ids=batch)]
    hand_over(tx, _TO_OWNER, ended_id, member_id, sorted(found))
    return found
