"""The ledger's entries of one order or one movement (记账明细), leg by leg."""

from datetime import datetime

from typing import Annotated

from mall.app import Ctx, Cursor, Input, Key, Output, TypedId, query
from mall.domains.ledger import store as ledger
from mall.domains.ledger.rules import MovementNotFound, OrderOrReference
from mall.kit.page import decode_cursor, moment_of, next_cursor
from pydantic import Field


class ListEntries(Input):
    order_no: TypedId | None = None  # every movement that moved value for it
    cursor: Cursor | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 200  # legs of an order
    reference: Key | None = None  # one movement: a payment, a refund, <refund>:done, <order>:coupons


class Entry(Output):
    reference: str
    leg: int
    account: str
    amount_fen: int  # debit positive, credit negative; the legs of a movement add up to zero
    about: str | None
    reason: str
    created_at: datetime


class Entries(Output):
    items: list[Entry]
    next_cursor: str | None  # None for a movement, which is shown as a whole


@query("ledger.list_entries", allow="staff", errors=(MovementNotFound, OrderOrReference))
def list_entries(ctx: Ctx, ask: ListEntries) -> Entries:
    """Spec E9. Raises OrderOrReference, MovementNotFound, also for another seller's."""
    if (ask.order_no is None) == (ask.reference is None):
        raise OrderOrReference()
    if ask.order_no is not None:
        rows = ledger.entries_of_order(ctx.tx, ask.order_no, ctx.seller_id, _behind(ask.cursor), ask.limit)
        following = next_cursor(rows, ask.limit, lambda last: (last.created_at.isoformat(), last.reference, last.leg))
    else:
        rows, following = ledger.entries_of_movement(ctx.tx, ask.reference, ctx.seller_id), None
    return Entries(items=[
        Entry(reference=row.reference, leg=row.leg, account=row.account, amount_fen=row.amount, about=row.about,
              reason=row.reason, created_at=row.created_at) for row in rows], next_cursor=following)


def _behind(cursor: str | None) -> tuple[datetime, str, int]:
    found = decode_cursor(cursor, (str, str, int))
    return (moment_of(found[0]), found[1], found[2]) if found else ledger.FIRST
