"""The codes behind virtual goods (卡密): sealed in their rows, found by a keyed hash, delivered by their ids.

`virtual_codes` holds those from before they were sealed: they are delivered first, and leave the table as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import String, bindparam, delete, select, type_coerce, update

from mall.kit.db import Tx, among
from mall.kit.errors import Conflict
from mall.tables.trade import sealed_codes, virtual_codes

_HASH = type_coerce(sealed_codes.c.code_hash, String)


class Free(NamedTuple):
    """A code that no order has. `plain`: the code itself, where it is not sealed yet."""

    code_id: str
    plain: str | None


_FREE = (
    select(sealed_codes.c.code_id)
    .where(sealed_codes.c.sku_id == bindparam("sku_id"), sealed_codes.c.order_no.is_(None))
    .order_by(sealed_codes.c.code_id)
    .limit(bindparam("most"))
    .with_for_update()
)
_FREE_PLAIN = (
    select(virtual_codes.c.code_id, virtual_codes.c.code)
    .where(virtual_codes.c.sku_id == bindparam("sku_id"), virtual_codes.c.order_no.is_(None))
    .order_by(virtual_codes.c.code_id)
    .limit(bindparam("most"))
    .with_for_update()
)
_TAKE = (
    update(sealed_codes)
    .where(sealed_codes.c.code_id.in_(among("code_ids")), sealed_codes.c.order_no.is_(None))
    .values(order_no=bindparam("for_order"), delivered_at=bindparam("at"))
)
_LEAVE = delete(virtual_codes).where(virtual_codes.c.code_id == bindparam("of_code"))
_OF_ORDER = select(sealed_codes.c.code_id, sealed_codes.c.code).where(
    sealed_codes.c.order_no == bindparam("order_no"), sealed_codes.c.code_id.in_(among("code_ids")))
_KNOWN = (
    select(sealed_codes.c.code_id)
    .where(sealed_codes.c.sku_id == bindparam("sku_id"), _HASH.in_(among("hashes")))
    .limit(1)
)
_SEALED_ALREADY = (
    select(sealed_codes.c.code_id, sealed_codes.c.order_no, _HASH.label("hash"))
    .where(sealed_codes.c.sku_id == bindparam("sku_id"), _HASH.in_(among("hashes")))
)
_KNOWN_PLAIN = (
    select(virtual_codes.c.code_id)
    .where(virtual_codes.c.sku_id == bindparam("sku_id"), virtual_codes.c.code.in_(among("codes")))
    .limit(1)
)
_PLAIN = (
    select(virtual_codes.c.code_id, virtual_codes.c.order_no)
    .order_by(virtual_codes.c.code_id)
    .limit(bindparam("most"))
)
_LOCK_PLAIN = select(virtual_codes).where(virtual_codes.c.code_id == bindparam("code_id")).with_for_update()


def add(tx: Tx, code_id: str, sku_id: str, code: str, now: datetime, *, repeats: Exception) -> None:
    """One code that an order may deliver. Raises `repeats` when the SKU has it."""
    tx.insert(sealed_codes, code_id=code_id, sku_id=sku_id, code=code, code_hash=code, order_no=None, created_at=now,
              delivered_at=None, duplicate=repeats)


def has_any(tx: Tx, sku_id: str, codes: Sequence[str]) -> bool:
    """Whether the SKU has one of these codes, plain, or hashed under whatever search key."""
    hashes = [each for code in codes for each in tx.key_ring.digests("sealed_codes.code_hash", code)]
    plain, found = tx.fetch((_KNOWN_PLAIN, {"sku_id": sku_id, "codes": list(codes)}),
                            (_KNOWN, {"sku_id": sku_id, "hashes": hashes}))
    return bool(plain or found)


def take(tx: Tx, sku_id: str, quantity: int, *, order_no: str, now: datetime) -> list[str]:
    """Deliver codes of a virtual SKU to an order; their ids, fewer than asked for when the shop has run out."""
    found = free(tx, sku_id, quantity)
    keep(tx, sku_id, found, order_no=order_no, now=now)
    return [each.code_id for each in found]


def free(tx: Tx, sku_id: str, most: int) -> list[Free]:
    """Codes that no order has, locked for this one. One in clear that is there sealed, too, is passed over and goes."""
    while plain := tx.all(_FREE_PLAIN, sku_id=sku_id, most=most):
        repeated = _sealed_already(tx, sku_id, [row.code for row in plain])
        if not repeated:
            break
        for row in plain:
            if row.code in repeated:
                tx.write(_LEAVE, rows=1, otherwise=Conflict(), of_code=row.code_id)
    found = [Free(row.code_id, row.code) for row in plain]
    if len(found) < most:
        found += [Free(row.code_id, None) for row in tx.all(_FREE, sku_id=sku_id, most=most - len(found))]
    return found


def keep(tx: Tx, sku_id: str, found: Sequence[Free], *, order_no: str, now: datetime) -> None:
    """These codes are the order's from now on, all of them sealed."""
    sealed = [each.code_id for each in found if each.plain is None]
    if sealed:
        tx.write(_TAKE, rows=len(sealed), otherwise=Conflict(), code_ids=sealed, for_order=order_no, at=now)
    for each in found:
        if each.plain is not None:
            _move(tx, each.code_id, sku_id, each.plain, order_no=order_no, created_at=now, delivered_at=now)


def of_order(tx: Tx, order_no: str, code_ids: Sequence[str]) -> dict[str, str]:
    """The codes that these ids stand for; what is no id of the order's is left out."""
    return {row.code_id: row.code for row in tx.all(_OF_ORDER, order_no=order_no, code_ids=list(code_ids))}


# from before they were sealed

def plain(tx: Tx, most: int) -> list[Any]:
    """(code_id, order_no) of codes that are not sealed yet."""
    return tx.all(_PLAIN, most=most)


def lock_plain(tx: Tx, code_id: str) -> Any | None:
    return tx.one(_LOCK_PLAIN, code_id=code_id)


def seal(tx: Tx, row: Any) -> str | None:
    """A row of `lock_plain` is sealed, whosever it is; the id that its order finds it by. Where the same code is sealed
    already, the row goes, and its order has that one; None when the row had none, or that is another order's."""
    same = _sealed_already(tx, row.sku_id, [row.code]).get(row.code)
    if same is None:
        _move(tx, row.code_id, row.sku_id, row.code, order_no=row.order_no, created_at=row.created_at,
              delivered_at=row.delivered_at)
        return row.code_id
    tx.write(_LEAVE, rows=1, otherwise=Conflict(), of_code=row.code_id)
    if row.order_no is None or same.order_no not in (None, row.order_no):
        return None
    if same.order_no is None:  # not to be delivered once more
        tx.write(_TAKE, rows=1, otherwise=Conflict(), code_ids=[same.code_id], for_order=row.order_no,
                 at=row.delivered_at)
    return same.code_id


def _sealed_already(tx: Tx, sku_id: str, codes: Sequence[str]) -> dict[str, Any]:
    """{code: its row} of those that are sealed, under whatever search key."""
    clear = {each: code for code in codes for each in tx.key_ring.digests("sealed_codes.code_hash", code)}
    return {clear[row.hash]: row for row in tx.all(_SEALED_ALREADY, sku_id=sku_id, hashes=list(clear))}


def _move(tx: Tx, code_id: str, sku_id: str, code: str, **more: Any) -> None:
    tx.write(_LEAVE, rows=1, otherwise=Conflict(), of_code=code_id)
    tx.insert(sealed_codes, code_id=code_id, sku_id=sku_id, code=code, code_hash=code, **more)
