"""The refunds of a member who becomes another one (spec A1)."""

from __future__ import annotations

from sqlalchemy import select

from mall.kit.db import Tx, among
from mall.kit.owners import batches, hand_over, hands_over
from mall.tables.trade import flash_refunds, refund_requests, refunds

_BY_PAYMENTS = select(refunds.c.refund_no).where(refunds.c.payment_no.in_(among("numbers")))
_BY_ORDERS = select(refunds.c.refund_no).where(refunds.c.order_no.in_(among("numbers")))
_TO_OWNER = hands_over(refunds.c.member_id, refunds.c.refund_no)
_REQUESTS_TO_OWNER = hands_over(refund_requests.c.member_id)
_FLASHED_TO_OWNER = hands_over(flash_refunds.c.member_id)


def change_owner(tx: Tx, ended_id: str, member_id: str, order_nos: list[str], payment_nos: list[str]) -> None:
    """The refunds of these orders and payments are the other's; what is on its way goes on as it was sent."""
    found: set[str] = set()
    for statement, numbers in ((_BY_PAYMENTS, payment_nos), (_BY_ORDERS, order_nos)):
        for batch in batches(numbers):
            found |= {row.refund_no for row in tx.all(statement, numbers=batch)}
    hand_over(tx, _TO_OWNER, ended_id, member_id, sorted(found))
    hand_over(tx, _REQUESTS_TO_OWNER, ended_id, member_id)
    hand_over(tx, _FLASHED_TO_OWNER, ended_id, member_id)
