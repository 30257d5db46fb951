"""What the order desk looks for (spec E11): every question begins at an index and reads a bounded number of orders.

What names few orders (a payment, a parcel, a person) is asked first, and the rest is looked at in what it found; of
titles, a bounded number of the newest orders. Where that ends before the page is full, the answer says where to go on.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import String, bindparam, func, or_, select, type_coerce

from mall.domains.orders.store import LAST, LAST_MOMENT, STATES, behind
from mall.kit import text
from mall.kit.db import Tx, among, fresh
from mall.tables.goods import skus
from mall.tables.trade import order_lines, orders, payment_lines, payments, shipments

LOOKED_AT, TITLES_LOOKED_AT = 200, 500  # orders at one call, of which those are shown that match
NUMBERED_WITHIN = timedelta(hours=1)  # an order has its number while the call runs that places it
CLOSELY = ("transaction_id", "payment_no", "tracking_no", "name", "phone", "member_id", "title")  # in this order
_BY_STATE_AND_TIME = ("state", "placed_from", "placed_until")


class Found(NamedTuple):
    """`goes_on_after`: the order that the next page begins behind; None: there is no more."""

    rows: list[Any]
    goes_on_after: str | None


_NEWEST_FIRST = (orders.c.placed_at.desc(), orders.c.order_no.desc())
_OLDER = (orders.c.seller_id == bindparam("seller_id"), orders.c.placed_at <= bindparam("last_at"),
          or_(orders.c.placed_at < bindparam("last_at"), orders.c.order_no < bindparam("last_no")))
_OF_SELLER = select(orders).where(*_OLDER).order_by(*_NEWEST_FIRST)
_NUMBERS = select(orders.c.order_no).where(*_OLDER).order_by(*_NEWEST_FIRST)
_OF_ALL_STATES = _NUMBERS.with_hint(  # of several indexes that begin with the seller, the one in this order
    orders, "FORCE INDEX (ix_orders_seller_placed_at)", "mysql")
_LAST_BEFORE = (
    select(orders.c.order_no)
    .where(orders.c.seller_id == bindparam("seller_id"), orders.c.placed_at < bindparam("at"))
    .order_by(*_NEWEST_FIRST)
    .limit(1)
)
_SELLS = select(skus.c.sku_id).where(skus.c.sku_id == bindparam("sku_id"), skus.c.seller_id == bindparam("seller_id"))
_FIRST_FROM = (
    select(orders.c.order_no)
    .where(orders.c.seller_id == bindparam("seller_id"), orders.c.placed_at >= bindparam("at"))
    .order_by(orders.c.placed_at, orders.c.order_no)
    .limit(1)
)
_NUMBERS_WITH_SKU = (  # lines first, in the order of their index: a page of them is read, and no more
    select(order_lines.c.order_no)
    .prefix_with("STRAIGHT_JOIN", dialect="mysql")
    .join_from(order_lines, orders, order_lines.c.order_no == orders.c.order_no)
    .where(order_lines.c.sku_id == bindparam("sku_id"), order_lines.c.order_no < bindparam("before"),
           orders.c.seller_id == bindparam("seller_id"))
    .group_by(order_lines.c.order_no)
    .order_by(order_lines.c.order_no.desc())
)
_SEVERAL = select(orders).where(orders.c.order_no.in_(among("order_nos"))).order_by(orders.c.order_no.desc())


def _numbers_by(column: Any, *conditions: Any) -> Any:
    """The seller's alone: none of another's may stand in a cursor."""
    whose = orders.c.seller_id if column is orders.c.order_no else select(orders.c.seller_id).where(
        orders.c.order_no == column).scalar_subquery()
    return (select(column).where(*conditions, whose == bindparam("seller_id"), column < bindparam("before"))
            .order_by(column.desc()))


_NUMBERS_BY = {
    "transaction_id": _numbers_by(payment_lines.c.order_no, payment_lines.c.payment_no == payments.c.payment_no,
                                  payments.c.transaction_id == bindparam("wanted")),
    "payment_no": _numbers_by(payment_lines.c.order_no, payment_lines.c.payment_no == bindparam("wanted")),
    "tracking_no": _numbers_by(shipments.c.order_no, shipments.c.tracking_no == bindparam("wanted")).distinct(),
    "member_id": _numbers_by(orders.c.order_no, orders.c.member_id == bindparam("wanted")).with_hint(
        orders, "FORCE INDEX (ix_orders_seller_member)", "mysql"),
}


def search(tx: Tx, seller_id: str, wanted: dict[str, Any], before: str | None, most: int) -> Found:
    """The seller's orders that match every value of `wanted` (`_matching`), the newest first. A page may hold less than
    `most` and go on all the same."""
    wanted = _hashed(tx, wanted)
    about = [name for name in CLOSELY if wanted.get(name) is not None]
    if about and about != ["phone"] and wanted.get("order_no") is None:
        return _look_closely(tx, seller_id, wanted, about[0], before, most)
    if wanted.get("sku_id") is not None:
        found = _search_sku(tx, seller_id, wanted, before, most)
    else:
        found = _search_listed(tx, seller_id, wanted, before, most)
    return Found(found, found[-1].order_no if len(found) == most else None)


def _look_closely(tx: Tx, seller_id: str, wanted: dict[str, Any], about: str, before: str | None, most: int) -> Found:
    """A bounded number of orders by what names the fewest, and of these the ones that match all."""
    looked_at = TITLES_LOOKED_AT if about == "title" else LOOKED_AT
    if about in _NUMBERS_BY:
        numbers, params = _NUMBERS_BY[about], {"wanted": wanted[about], "before": before or LAST}
    else:
        narrow = (about,) if about != "title" else _BY_STATE_AND_TIME
        listed = _OF_ALL_STATES if about == "title" and wanted.get("state") is None else _NUMBERS
        numbers = _matching(listed, {name: wanted.get(name) for name in narrow})
        params = behind(tx, before, LAST_MOMENT, LAST)
    numbers, params = numbers.limit(looked_at), {"seller_id": seller_id, **params}
    of_these = numbers.subquery("looked_at")  # joined, and not named one by one: read from their key on both engines
    statement = _matching(select(orders).join_from(of_these, orders, of_these.c.order_no == orders.c.order_no).where(
        orders.c.seller_id == bindparam("seller_id")), wanted)
    looked, rows = tx.fetch((fresh(numbers), params), (fresh(statement), params))
    order_nos = [row.order_no for row in looked]
    place = {order_no: number for number, order_no in enumerate(order_nos)}
    found = sorted(rows, key=lambda row: place[row.order_no])
    if len(found) >= most:
        return Found(found[:most], found[most - 1].order_no)
    return Found(found, order_nos[-1] if len(order_nos) == looked_at else None)


def _search_listed(tx: Tx, seller_id: str, wanted: dict[str, Any], before: str | None, most: int) -> list[Any]:
    states = STATES if wanted.get("delivery") and not wanted.get("state") else (wanted.get("state"),)
    params = {"seller_id": seller_id, **behind(tx, before, LAST_MOMENT, LAST)}
    answers = tx.fetch(*[(fresh(_matching(_OF_SELLER, {**wanted, "state": state}).limit(most)), params)
                         for state in states])
    found = [row for rows in answers for row in rows]
    return sorted(found, key=lambda row: (row.placed_at, row.order_no), reverse=True)[:most]


def _search_sku(tx: Tx, seller_id: str, wanted: dict[str, Any], before: str | None, most: int) -> list[Any]:
    """By the numbers of the orders that have it, which are read from the moment that is asked for on."""
    if tx.one(_SELLS, seller_id=seller_id, sku_id=wanted["sku_id"]) is None:
        return []  # and is not looked for in the orders of those who do
    until, since = wanted.get("placed_until"), wanted.get("placed_from")
    statement = _matching(_NUMBERS_WITH_SKU, {**wanted, "sku_id": None}).limit(most)
    if since is not None:
        first = tx.one(_LAST_BEFORE, seller_id=seller_id, at=since - NUMBERED_WITHIN)
        statement = statement.where(order_lines.c.order_no > (first.order_no if first else ""))
    if until is not None:
        after = tx.one(_FIRST_FROM, seller_id=seller_id, at=until + NUMBERED_WITHIN)
        statement = statement.where(order_lines.c.order_no < (after.order_no if after else LAST))
    found = tx.all(fresh(statement), seller_id=seller_id, sku_id=wanted["sku_id"], before=before or LAST)
    return tx.all(_SEVERAL, order_nos=[row.order_no for row in found])


# the export

_LINES_OF_SELLER = (
    select(orders.c.order_no, orders.c.kind, orders.c.state, orders.c.delivery, orders.c.placed_at, orders.c.paid_at,
           orders.c.shipped_at, orders.c.received_at, orders.c.closed_at, orders.c.freight_fen, orders.c.pay_fen,
           orders.c.balance_fen, orders.c.refunded_fen, orders.c.points_used, orders.c.address, orders.c.buyer_note,
           orders.c.staff_note, orders.c.payment_no, order_lines.c.line_id, order_lines.c.title,
           order_lines.c.spec_values, order_lines.c.sku_id, skus.c.sku_code, order_lines.c.quantity,
           order_lines.c.refunded_quantity, order_lines.c.shipped_quantity, order_lines.c.cancelled_quantity,
           order_lines.c.pay_fen.label("line_pay_fen"), payments.c.transaction_id)
    .join_from(orders, order_lines, orders.c.order_no == order_lines.c.order_no)
    .outerjoin(skus, skus.c.sku_id == order_lines.c.sku_id)
    .outerjoin(payments, payments.c.payment_no == orders.c.payment_no)
    .where(orders.c.seller_id == bindparam("seller_id"))
    .order_by(*_NEWEST_FIRST, order_lines.c.line_id)
)


def search_lines(tx: Tx, seller_id: str, wanted: dict[str, Any], most: int) -> list[Any]:
    """As `search`, a row for each line with its order and payment, for the export."""
    return tx.all(fresh(_matching(_LINES_OF_SELLER, _hashed(tx, wanted)).limit(most)), seller_id=seller_id)


# what may be asked

def _hashed(tx: Tx, wanted: dict[str, Any]) -> dict[str, Any]:
    """The receiver's phone and name as orders are found by them."""
    phone, name = wanted.get("phone"), wanted.get("name")
    return wanted | {
        "phone": phone and tx.key_ring.digests("orders.receiver_phone_hash", phone),
        "name": name and tx.key_ring.digests("orders.receiver_name_hash", text.name_key(name))}


def _is_one_of(column: Any) -> Callable[[list[str]], Any]:
    kept = type_coerce(column, String)
    return lambda hashes: kept.in_(hashes) if len(hashes) > 1 else kept == hashes[0]


_CONDITIONS: dict[str, Callable[[Any], Any]] = {
    "order_no": lambda value: orders.c.order_no == value,
    "state": lambda value: orders.c.state == value,
    "delivery": lambda value: orders.c.delivery == value,
    "placed_from": lambda value: orders.c.placed_at >= value,
    "placed_until": lambda value: orders.c.placed_at < value,
    "phone": _is_one_of(orders.c.receiver_phone_hash),
    "name": _is_one_of(orders.c.receiver_name_hash),
    "sku_id": lambda value: orders.c.order_no.in_(select(order_lines.c.order_no).where(order_lines.c.sku_id == value)),
    "member_id": lambda value: orders.c.member_id == value,
    "payment_no": lambda value: _has(payment_lines.c.payment_no == value, payment_lines.c.order_no),
    "transaction_id": lambda value: _has((payment_lines.c.payment_no == payments.c.payment_no)
                                         & (payments.c.transaction_id == value), payment_lines.c.order_no),
    "tracking_no": lambda value: _has(shipments.c.tracking_no == value, shipments.c.order_no),
    "title": lambda value: _has(func.instr(func.lower(order_lines.c.title), value.lower()) > 0, order_lines.c.order_no),
}


def _has(condition: Any, order_no: Any) -> Any:
    """Whether the order that is looked at has a row like this."""
    return select(order_no).where(order_no == orders.c.order_no, condition).correlate(orders).exists()


def _matching(statement: Any, wanted: dict[str, Any]) -> Any:
    """`wanted`: values by the names of `_CONDITIONS`; phone and name as hashes."""
    for name, value in wanted.items():
        if value is not None:
            statement = statement.where(_CONDITIONS[name](value))
    return statement
