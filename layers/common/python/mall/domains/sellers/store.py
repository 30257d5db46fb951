"""The sellers' rows (spec E13). A seller's state moves by compare-and-swap; its name is nobody else's."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, update

from mall.domains.sellers.rules import (
    FLOW, MOST_APPLICATIONS, SellerChanged, SellerNameTaken, SellerNotFound, SellerState, TooManyApplications, taken_by,
)
from mall.kit import versions
from mall.kit.db import Instant, Tx, fresh
from mall.kit.errors import Conflict
from mall.kit.page import newest_of
from mall.kit.versions import Seen
from mall.tables.people import members
from mall.tables.sellers import sellers
from mall.tables.trade import orders

LAST = "~"  # sorts after every id
LAST_LETTER = "\U0010ffff"  # sorts behind every name that begins so

_ONE = select(sellers).where(sellers.c.seller_id == bindparam("seller_id"))
_LOCK = _ONE.with_for_update()
_SHARE_LOCK = _ONE.with_for_update(read=True)
_HOLD_MEMBER = select(members.c.member_id).where(members.c.member_id == bindparam("member_id")).with_for_update()
_WAITING = select(func.count().label("number")).where(
    sellers.c.member_id == bindparam("member_id"), sellers.c.state == SellerState.PENDING.value)
_OF_MEMBER = (
    select(sellers).where(sellers.c.member_id == bindparam("member_id"), sellers.c.seller_id < bindparam("before"))
    .order_by(sellers.c.seller_id.desc()).limit(bindparam("most"))
)
_PAGE = (
    select(sellers).where(sellers.c.state == bindparam("state"), sellers.c.seller_id < bindparam("before"))
    .order_by(sellers.c.seller_id.desc()).limit(bindparam("most"))
)
_NAMED = (
    select(sellers).where(sellers.c.name >= bindparam("begins"), sellers.c.name < bindparam("ends"))
    .order_by(sellers.c.name, sellers.c.seller_id).limit(bindparam("most"))
)
_OF_ORDER = select(sellers).join_from(sellers, orders, orders.c.seller_id == sellers.c.seller_id).where(
    orders.c.order_no == bindparam("order_no"))
_CALLED = select(sellers.c.seller_id).where(sellers.c.taken_name == bindparam("taken_name"))
_MOVE = (
    update(sellers)
    .where(sellers.c.seller_id == bindparam("of_seller"), sellers.c.state == bindparam("from_state"),
           sellers.c.version == bindparam("seen_version"))
    .values(state=bindparam("to_state"), reason=bindparam("why"), taken_name=bindparam("to_taken"),
            commission_per_ten_thousand=bindparam("to_rate"), decided_at=bindparam("now", type_=Instant()),
            version=sellers.c.version + 1,
            changed_at=bindparam("now", type_=Instant()), changed_by=bindparam("who"))
)
_CHANGE = (
    versions.change(sellers)
    .where(sellers.c.seller_id == bindparam("of_seller"))
    .values({name: bindparam(f"new_{name}") for name in
             ("name", "taken_name", "licence_no", "licence_upload_id", "contact_name", "contact_phone", "receiver_id")})
)
_SET_COMMISSION = (
    versions.change(sellers)
    .where(sellers.c.seller_id == bindparam("of_seller"))
    .values(commission_per_ten_thousand=bindparam("new_rate"))
)


def ask(seller_id: str) -> tuple[Any, dict[str, Any]]:
    return _ONE, {"seller_id": seller_id}


def find(tx: Tx, seller_id: str) -> Any:
    """Raises SellerNotFound."""
    return _found(tx.one(_ONE, seller_id=seller_id))


def lock(tx: Tx, seller_id: str) -> Any:
    """Raises SellerNotFound."""
    return _found(tx.one(_LOCK, seller_id=seller_id))


def _found(row: Any | None) -> Any:
    if row is None:
        raise SellerNotFound(field="seller_id")
    return row


def commission_of(tx: Tx, seller_id: str, *, stays: bool = False) -> int:
    """Of ten thousand, of orders placed now; the platform's own shop pays none. `stays`: until the end."""
    row = tx.one(_SHARE_LOCK if stays else _ONE, seller_id=seller_id)
    return row.commission_per_ten_thousand if row else 0


def add(tx: Tx, seller_id: str, state: SellerState, told: dict[str, Any], *, commission: int, member_id: str | None,
        now: datetime) -> None:
    """`told`: name, licence_no, licence_upload_id, contact_name, contact_phone. Raises SellerNameTaken; of a member's,
    who is locked, TooManyApplications."""
    if member_id is not None:
        tx.one(_HOLD_MEMBER, member_id=member_id)
        if tx.one(_WAITING, member_id=member_id).number >= MOST_APPLICATIONS:
            raise TooManyApplications(most=MOST_APPLICATIONS)
    tx.insert(sellers, duplicate=SellerNameTaken(field="name"), seller_id=seller_id, state=state.value,
              taken_name=taken_by(told["name"]), reason="", commission_per_ten_thousand=commission, receiver_id=None,
              member_id=member_id, created_at=now, decided_at=None if state is SellerState.PENDING else now, **told)


def move(tx: Tx, row: Any, verb: str, seen: Seen, reason: str = "", *, commission: int | None = None) -> str:
    """The seller's new state; `commission` from then on, None: as before. Raises IllegalMove, SellerChanged when it
    is not as it was seen."""
    FLOW.check(verb, row.state)
    versions.check(row, seen, SellerChanged)
    to_state = FLOW.target(verb)
    tx.write(_MOVE, rows=1, otherwise=Conflict(), of_seller=row.seller_id, from_state=row.state,
             seen_version=row.version, to_state=to_state, why=reason, now=seen.now, who=seen.who,
             to_rate=row.commission_per_ten_thousand if commission is None else commission,
             to_taken=None if to_state == SellerState.REFUSED.value else row.taken_name)
    return to_state


def change(tx: Tx, row: Any, seen: Seen, told: dict[str, Any]) -> int:
    """Name, licence, contact and receiver as told; the new version. Raises SellerChanged, SellerNameTaken."""
    taken = None if row.state == SellerState.REFUSED.value else taken_by(told["name"])
    return versions.save(tx, _CHANGE, row, seen, SellerChanged, duplicate=SellerNameTaken(field="name"),
                         of_seller=row.seller_id, new_taken_name=taken,
                         **{f"new_{name}": value for name, value in told.items()})


def set_commission(tx: Tx, row: Any, seen: Seen, per_ten_thousand: int) -> int:
    """The new version. Raises SellerChanged."""
    return versions.save(tx, _SET_COMMISSION, row, seen, SellerChanged, of_seller=row.seller_id,
                         new_rate=per_ten_thousand)


def page(tx: Tx, state: str | None, before: str | None, most: int) -> list[Any]:
    """The newest first, those before the id `before`."""
    states = [state] if state else [each.value for each in SellerState]
    return newest_of(tx, _PAGE, states, most, before=before or LAST)


def named(tx: Tx, begins: str, after: str | None, most: int) -> list[Any]:
    """Those whose name begins so, in the order of names; `after`: the id of the last one shown."""
    statement, given = _NAMED, {"begins": begins, "ends": begins + LAST_LETTER, "most": most}
    last = tx.one(_ONE, seller_id=after) if after else None
    if last is not None:
        behind = (sellers.c.name > bindparam("last_name")) | (
            (sellers.c.name == bindparam("last_name")) & (sellers.c.seller_id > bindparam("last_id")))
        statement, given = statement.where(behind), {**given, "last_name": last.name, "last_id": last.seller_id}
    return tx.all(fresh(statement), **given)


def is_called(tx: Tx, name: str) -> bool:
    """Whether a seller has this name, or one that buyers would take for it."""
    return tx.one(_CALLED, taken_name=taken_by(name)) is not None


def of_order(tx: Tx, order_no: str) -> list[Any]:
    """Whose order it is; nobody's where it is the platform's own or none."""
    return tx.all(_OF_ORDER, order_no=order_no)


def of_member(tx: Tx, member_id: str, before: str | None, most: int) -> list[Any]:
    """What a member has applied with, the newest first."""
    return tx.all(_OF_MEMBER, member_id=member_id, before=before or LAST, most=most)
