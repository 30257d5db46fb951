"""The seats of a member who becomes another one (spec A1)."""

from __future__ import annotations

from sqlalchemy import bindparam, select, update

from mall.kit.db import Tx, among
from mall.kit.owners import batches
from mall.tables.marketing import group_seats, groups

_SEATS_OF_ORDERS = select(group_seats.c.order_no, group_seats.c.group_id, group_seats.c.active_key).where(
    group_seats.c.order_no.in_(among("order_nos")))
_KEYS = select(group_seats.c.active_key).where(group_seats.c.active_key.in_(among("keys")))
_LEADS = (
    update(groups).where(groups.c.group_id.in_(among("group_ids")), groups.c.leader_id == bindparam("of_member"))
    .values(leader_id=bindparam("to_member"))
)
_SIT = (
    update(group_seats).where(group_seats.c.order_no == bindparam("of_order"))
    .values(member_id=bindparam("to_member"), active_key=bindparam("new_key"))
)


def change_owner(tx: Tx, ended_id: str, member_id: str, order_nos: list[str]) -> None:
    """The seats of these orders, and the groups that they opened, are the other's. Who sits in a group twice by now
    keeps both seats, which were sold to two accounts; one of them counts as the person's place in it."""
    for batch in batches(order_nos):
        seats_found = tx.all(_SEATS_OF_ORDERS, order_nos=batch)
        keys = {row.order_no: f"{row.group_id}:{member_id}" for row in seats_found if row.active_key}
        taken = {row.active_key for row in tx.all(_KEYS, keys=sorted(keys.values()))}
        tx.write(_LEADS, group_ids=sorted({row.group_id for row in seats_found}), of_member=ended_id,
                 to_member=member_id)
        for row in sorted(seats_found, key=lambda seat: seat.order_no):
            key = keys.get(row.order_no)
            tx.write(_SIT, rows=1, of_order=row.order_no, to_member=member_id,
                     new_key=None if key in taken else key)
