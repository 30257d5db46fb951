"""WeChat's fees into the ledger, as the matched trade bill has them (手续费). Spec E9, E10.

The ledger follows the bill, for it is what WeChat took; a fee that is not the contract's is a difference of its
own. What is posted is what the bills say less what was posted, so that a bill written anew is corrected by one
more movement, and matching again posts nothing.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mall.domains.ledger import rules as accounts
from mall.domains.ledger import store as ledger
from mall.domains.payments.rules import PaymentState
from mall.domains.reconciliation import store
from mall.domains.refunds.rules import ByHand, refund_of
from mall.kit.db import Tx
from mall.kit.ledger import AlreadyPosted
from mall.kit.money import split
from mall.kit.schema import DEFAULT_SELLER

TRIES = 5
NUMBERS_AT_ONCE = 500  # in one transaction: a batch of the matching


def post(ctx: Any, bill_id: str, rows: list[Any]) -> None:
    """Post the fees of the numbers in these rows, as this trade bill and all that are matched have them. Numbers that
    are none of ours wait for the matching after they were booked."""
    numbers = sorted({row.number for row in rows})
    for first in range(0, len(numbers), NUMBERS_AT_ONCE):
        _post_some(ctx, bill_id, numbers[first:first + NUMBERS_AT_ONCE])


def _post_some(ctx: Any, bill_id: str, numbers: list[str]) -> int:
    for _ in range(TRIES - 1):
        try:
            return ctx.transact(_post, bill_id, numbers, ctx.now)
        except AlreadyPosted:
            continue  # another run was faster: see what is left
    return ctx.transact(_post, bill_id, numbers, ctx.now)


def _post(tx: Tx, bill_id: str, numbers: list[str], now: datetime) -> int:
    refund_nos = sorted({refund_of(number) for number in numbers})
    paid, back, paid_to, refunded_of, billed, charged = tx.fetch(
        *store.ask_known(numbers, refund_nos), store.ask_paid_to(numbers), store.ask_refunded_of(numbers, refund_nos),
        store.ask_fees(numbers, bill_id), ledger.ask_charged(numbers))
    payment_nos = {row.payment_no for row in paid if row.state == PaymentState.PAID.value}
    known_refunds = {row.refund_no for row in back}
    by_hand = {row.settled_number for row in back if row.settled_how == ByHand.WECHAT_PLATFORM.value}
    fees = {row.number: int(row.fen) for row in billed}
    before = {row.about: (int(row.fen), row.movements) for row in charged}
    posted = 0
    for number in numbers:
        ours = number in payment_nos or number in by_hand or refund_of(number) in known_refunds
        charged_fen, movements = before.get(number, (0, 0))
        more_fen = fees.get(number, 0) - charged_fen
        if ours and more_fen:
            owners = [*(row for row in paid_to if row.number == number),
                      *(row for row in refunded_of
                        if row.settled_number == number or row.number == refund_of(number))]
            ledger.post(tx, accounts.fee_charged(number, movements, _parts(owners, more_fen)), now)
            posted += 1
    return posted


def _parts(owners: list[Any], fee_fen: int) -> list[tuple[str, int]]:
    """The fee over the sellers whose orders the money was for; none of them: the platform's."""
    sign = -1 if fee_fen < 0 else 1
    sellers = [row.seller_id for row in owners] or [DEFAULT_SELLER]
    weights = [row.amount_fen for row in owners] or [1]
    return [(seller_id, sign * part) for seller_id, part in zip(sellers, split(abs(fee_fen), weights), strict=True)]
