"""Points by the lot: taken oldest first, given back to where they came from. Whoever changes a member's lots holds
the wallet's lock; the guards stand in the SQL all the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, func, select, update

from mall.domains.points.rules import MOST_LOTS, Lot, LotKind, LotState, Use
from mall.kit import ledger
from mall.kit.db import Instant, Interrupted, Tx
from mall.kit.ledger import Account, ledger_accounts
from mall.kit.postponed import not_postponed
from mall.tables.people import members
from mall.tables.points import point_lots, point_uses, point_wallets
from mall.tables.trade import orders

EXPIRING = "expire points"  # what a failed lot is postponed for

_WALLET = select(point_wallets).where(point_wallets.c.member_id == bindparam("member_id"))
_LOCK = _WALLET.with_for_update()
_FREE = (
    select(point_lots.c.lot_id, point_lots.c.free, point_lots.c.removed, point_lots.c.taken_back,
           point_lots.c.expires_at, point_lots.c.state)
    .where(point_lots.c.member_id == bindparam("member_id"), point_lots.c.free > 0,
           point_lots.c.expires_at > bindparam("now"))
    .order_by(point_lots.c.expires_at, point_lots.c.lot_id)
    .limit(MOST_LOTS)
)
_USES = (
    select(point_lots.c.lot_id, point_lots.c.free, point_lots.c.removed, point_lots.c.taken_back,
           point_lots.c.expires_at, point_lots.c.state, point_uses.c.points, point_uses.c.returned)
    .join_from(point_uses, point_lots, point_uses.c.lot_id == point_lots.c.lot_id)
    .where(point_uses.c.order_no == bindparam("order_no"))
    .order_by(point_lots.c.expires_at, point_lots.c.lot_id)
)
_EARNING = select(point_lots).where(point_lots.c.member_id == bindparam("member_id"),
                                    point_lots.c.kind == LotKind.PURCHASE.value,
                                    point_lots.c.source == bindparam("order_no"))
_EARNED = (
    select(point_lots.c.earned, point_lots.c.taken_back)
    .join_from(orders, point_lots, and_(point_lots.c.member_id == orders.c.member_id,
                                        point_lots.c.kind == LotKind.PURCHASE.value,
                                        point_lots.c.source == orders.c.order_no))
    .where(orders.c.order_no == bindparam("order_no"))
)
_USED = select(func.coalesce(func.sum(point_uses.c.points), 0).label("points"),
               func.coalesce(func.sum(point_uses.c.returned), 0).label("returned")).where(
    point_uses.c.order_no == bindparam("order_no"))
_TAKE = (
    update(point_lots)
    .where(point_lots.c.lot_id == bindparam("of_lot"), point_lots.c.free >= bindparam("points"))
    .values(free=point_lots.c.free - bindparam("points"))
)
_CHANGE = (
    update(point_lots)
    .where(point_lots.c.lot_id == bindparam("of_lot"), point_lots.c.free == bindparam("seen_free"),
           point_lots.c.taken_back == bindparam("seen_taken"))
    .values(free=bindparam("new_free"), removed=bindparam("new_removed"), taken_back=bindparam("new_taken"),
            expires_at=bindparam("new_expires_at", type_=Instant()), state=bindparam("new_state"))
)
_RETURN = (
    update(point_uses)
    .where(point_uses.c.order_no == bindparam("of_order"), point_uses.c.lot_id == bindparam("of_lot"),
           point_uses.c.returned + bindparam("points") <= point_uses.c.points)
    .values(returned=point_uses.c.returned + bindparam("points"))
)
_OWE = (
    update(point_wallets)
    .where(point_wallets.c.member_id == bindparam("of_member"), point_wallets.c.debt == bindparam("seen_debt"))
    .values(debt=bindparam("new_debt"))
)
_CHECK_IN = (
    update(point_wallets)
    .where(point_wallets.c.member_id == bindparam("of_member"),
           func.coalesce(point_wallets.c.checked_in_on, "") < bindparam("today"))
    .values(checked_in_on=bindparam("today"), streak=bindparam("new_streak"))
)
_DUE = (
    select(point_lots.c.lot_id, point_lots.c.member_id)
    .where(point_lots.c.state == LotState.LIVE.value, point_lots.c.expires_at <= bindparam("now"),
           not_postponed(EXPIRING, point_lots.c.lot_id))
    .order_by(point_lots.c.expires_at, point_lots.c.lot_id)
    .limit(bindparam("most"))
)
_DUE_LOT = select(point_lots).where(
    point_lots.c.lot_id == bindparam("lot_id"), point_lots.c.member_id == bindparam("member_id"),
    point_lots.c.state == LotState.LIVE.value,
    point_lots.c.expires_at <= bindparam("now"))
_EXPIRE = (
    update(point_lots)
    .where(point_lots.c.lot_id == bindparam("of_lot"), point_lots.c.state == LotState.LIVE.value,
           point_lots.c.free == bindparam("seen_free"))
    .values(free=0, expired=point_lots.c.expired + bindparam("seen_free"), state=LotState.EXPIRED.value)
)
_MEMBER = select(members.c.member_id).where(members.c.member_id == bindparam("member_id"))


# asking


def ask_wallet(member_id: str):
    return _WALLET, {"member_id": member_id}


def ask_lock(member_id: str):
    """The member's wallet, locked until the transaction ends; no row before the first points."""
    return _LOCK, {"member_id": member_id}


def ask_free(member_id: str, now: datetime):
    """The lots that may be spent, the one that expires first before the others: MOST_LOTS of them at the most."""
    return _FREE, {"member_id": member_id, "now": now}


def ask_uses(order_no: str):
    """What the order took of which lot, in the order in which it took them."""
    return _USES, {"order_no": order_no}


def ask_earning(member_id: str, order_no: str):
    """The lot that the order's goods have earned."""
    return _EARNING, {"member_id": member_id, "order_no": order_no}


def ask_used(order_no: str):
    """One row: the points that the order took, and those that are back."""
    return _USED, {"order_no": order_no}


def ask_earned(order_no: str):
    """What the order's goods have earned, and what refunds took back of it; no row before receipt."""
    return _EARNED, {"order_no": order_no}


def lot_of(row: Any) -> Lot:
    return Lot(row.lot_id, row.free, row.removed, row.taken_back, row.expires_at, row.state == LotState.LIVE.value)


def use_of(row: Any) -> Use:
    return Use(lot_of(row), row.points, row.returned)


def is_member(tx: Tx, member_id: str) -> bool:
    return tx.one(_MEMBER, member_id=member_id) is not None


# changing


def open_wallet(tx: Tx, member_id: str, now: datetime) -> None:
    """Harmless when it is there."""
    tx.insert_if_absent(point_wallets, member_id=member_id, debt=0, checked_in_on=None, streak=0, opened_at=now)


def add_lot(tx: Tx, lot: dict[str, Any]) -> None:
    tx.insert(point_lots, **lot)


def take(tx: Tx, order_no: str, member_id: str, taken: list[tuple[str, int]]) -> None:
    """An order takes these points of these lots; done again when one of them has changed meanwhile."""
    for lot_id, points in taken:
        tx.write(_TAKE, rows=1, otherwise=Interrupted("a lot has changed"), of_lot=lot_id, points=points)
        tx.insert(point_uses, order_no=order_no, lot_id=lot_id, member_id=member_id, points=points, returned=0)


def change(tx: Tx, before: Lot, after: Lot) -> None:
    """A lot as it was read, and as it is to be; done again when it has changed meanwhile."""
    tx.write(_CHANGE, rows=1, otherwise=Interrupted("a lot has changed"), of_lot=before.lot_id,
             seen_free=before.free, seen_taken=before.taken_back, new_free=after.free, new_removed=after.removed,
             new_taken=after.taken_back, new_expires_at=after.expires_at,
             new_state=(LotState.LIVE if after.is_live else LotState.EXPIRED).value)


def count_returned(tx: Tx, order_no: str, lot_id: str, points: int) -> None:
    tx.write(_RETURN, rows=1, of_order=order_no, of_lot=lot_id, points=points)


def owe(tx: Tx, member_id: str, debt: int, *, seen: int) -> None:
    """What the member owes from now on; done again when the debt has changed since it was `seen`."""
    tx.write(_OWE, rows=1, otherwise=Interrupted("the debt has changed"), of_member=member_id, seen_debt=seen,
             new_debt=debt)


def check_in(tx: Tx, member_id: str, today: str, streak: int) -> None:
    """Once a day; done again, and seen, when it was done meanwhile."""
    tx.write(_CHECK_IN, rows=1, otherwise=Interrupted("checked in meanwhile"), of_member=member_id, today=today,
             new_streak=streak)


def due(tx: Tx, now: datetime, most: int) -> list[Any]:
    """Lots whose time is over, the oldest first."""
    return tx.all(_DUE, now=now, most=most)


def lock_due(tx: Tx, lot_id: str, member_id: str, now: datetime) -> Any | None:
    """The lot under its wallet's lock; None when it has expired meanwhile, lives on, or is another member's by now."""
    _, rows = tx.fetch(ask_lock(member_id), (_DUE_LOT, {"lot_id": lot_id, "member_id": member_id, "now": now}))
    return rows[0] if rows else None


def expire(tx: Tx, lot: Any) -> None:
    tx.write(_EXPIRE, rows=1, of_lot=lot.lot_id, seen_free=lot.free)


# what a member reads

_STANDING = select(func.coalesce(func.sum(point_lots.c.free), 0).label("free")).where(
    point_lots.c.member_id == bindparam("member_id"), point_lots.c.free > 0, point_lots.c.expires_at > bindparam("now"))
_HELD = select(ledger_accounts.c.owed).where(ledger_accounts.c.account == bindparam("account"))
_EXPIRING = (
    select(point_lots.c.free, point_lots.c.expires_at)
    .where(point_lots.c.member_id == bindparam("member_id"), point_lots.c.free > 0,
           point_lots.c.expires_at > bindparam("now"))
    .order_by(point_lots.c.expires_at, point_lots.c.lot_id)
    .limit(bindparam("most"))
)


@dataclass(frozen=True)
class Standing:
    free: int  # to be spent
    held: int  # set aside for orders that are not paid yet
    debt: int
    checked_in_on: str | None
    streak: int
    expiring: list[Any]  # free, expires_at


def account_of(member_id: str) -> Account:
    return Account(f"points/{member_id}", guarded=True)


def ask_standing(member_id: str, now: datetime, expiring: int) -> tuple[Any, ...]:
    """A member's points, also of one who never had any; with so many of the lots that expire first."""
    return ((_STANDING, {"member_id": member_id, "now": now}),
            (_HELD, {"account": ledger.held(account_of(member_id)).name}), ask_wallet(member_id),
            (_EXPIRING, {"member_id": member_id, "now": now, "most": expiring}))


def standing_of(free_rows: list[Any], held: list[Any], wallets: list[Any], lots: list[Any]) -> Standing:
    """What the answers to `ask_standing` say."""
    free, wallet = free_rows[0], wallets[0] if wallets else None
    return Standing(int(free.free), held[0].owed if held else 0, wallet.debt if wallet else 0,
                    wallet.checked_in_on if wallet else None, wallet.streak if wallet else 0, lots)


def entries(tx: Tx, member_id: str, before: tuple[datetime, str], most: int) -> list[Any]:
    """What came and went, the newest first, those before (moment, reference)."""
    return ledger.entries_of_account(tx, account_of(member_id), before, most)
