"""The cart of a member who becomes another one (spec A1)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, update

from mall.domains.carts.store import drop, items
from mall.kit.db import Tx
from mall.kit.owners import hand_over, hands_over
from mall.tables.goods import cart_items

_MORE = (
    update(cart_items)
    .where(cart_items.c.member_id == bindparam("of_member"), cart_items.c.sku_id == bindparam("of_sku"))
    .values(quantity=bindparam("to"), changed_at=bindparam("now"))
)

_TO_OWNER = hands_over(cart_items.c.member_id, cart_items.c.sku_id)


def merge(tx: Tx, ended_id: str, member_id: str, most: int, now: datetime) -> None:
    """The cart of the one goes into the other's: of what is in both the larger number, of the rest the newest, up to
    `most` SKUs; what finds no room stays behind."""
    own = {row.sku_id: row for row in items(tx, member_id)}
    theirs = items(tx, ended_id)
    both = [row for row in theirs if row.sku_id in own]
    for row in both:
        if row.quantity > own[row.sku_id].quantity:
            tx.write(_MORE, rows=1, of_member=member_id, of_sku=row.sku_id, to=row.quantity, now=now)
    drop(tx, ended_id, [row.sku_id for row in both])
    fresh = [row.sku_id for row in theirs if row.sku_id not in own]
    hand_over(tx, _TO_OWNER, ended_id, member_id, sorted(fresh[:max(0, most - len(own))]))
