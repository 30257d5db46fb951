"""What went wrong with a timer's item, and until when the item waits, so that it comes after the others.

For items whose own row has no such column: a row here is written for those alone that failed, and `not_postponed`
keeps them out of what is due. `purpose` and `item` together are one matter: ("receive", "ord_...").
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, select, update

from mall.kit.db import Tx, among
from mall.kit.schema import Index, count_column, table, text_column, time_column

SOONEST, LATEST = timedelta(minutes=10), timedelta(hours=6)
PURGE_BATCH = 500

postponed_items = table(
    "postponed_items",
    text_column("purpose", 32, key=True),
    text_column("item", 136, key=True),
    count_column("failures"),
    time_column("until"),
    Index("ix_postponed_items_until", "until"),
)

_ONE = select(postponed_items.c.failures).where(postponed_items.c.purpose == bindparam("purpose"),
                                                postponed_items.c.item == bindparam("item"))
_AGAIN = (
    update(postponed_items)
    .where(postponed_items.c.purpose == bindparam("of_purpose"), postponed_items.c.item == bindparam("of_item"),
           postponed_items.c.failures == bindparam("seen"))
    .values(failures=postponed_items.c.failures + 1, until=bindparam("new_until"))
)
_OVER = (
    select(postponed_items.c.purpose, postponed_items.c.item)
    .where(postponed_items.c.until < bindparam("before"))
    .order_by(postponed_items.c.until)
    .limit(PURGE_BATCH)
)
_DROP = delete(postponed_items).where(postponed_items.c.item.in_(among("items")),
                                      postponed_items.c.until < bindparam("before"))


def not_postponed(purpose: str, item: Any) -> Any:
    """The condition for a due query: `item` (a column) does not wait at the moment `now`, a bind parameter."""
    return (
        ~select(postponed_items.c.item)
        .where(postponed_items.c.purpose == purpose, postponed_items.c.item == item,
               postponed_items.c.until > bindparam("now"))
        .exists()
    )


def postpone(tx: Tx, purpose: str, item: str, now: datetime) -> None:
    """It failed: it waits ten minutes, and twice as long each time that it fails again, six hours at most."""
    known = tx.one(_ONE, purpose=purpose, item=item)
    failures = known.failures if known else 0
    until = now + min(LATEST, SOONEST * 2 ** min(failures, 16))
    if known:
        tx.write(_AGAIN, of_purpose=purpose, of_item=item, seen=failures, new_until=until)
    else:
        tx.insert_if_absent(postponed_items, purpose=purpose, item=item, failures=1, until=until)


def forget_before(tx: Tx, before: datetime) -> int:
    """Drop one batch of those that may be tried again since `before`, and so did not fail since; how many."""
    over = tx.all(_OVER, before=before)
    return tx.change(_DROP, items=[row.item for row in over], before=before) if over else 0
