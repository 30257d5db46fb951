"""The ledger's rows: movements in, balances and entries out (spec E9). The mechanism is `kit.ledger`; what must
agree with orders, payments and refunds stands in `agreement`."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from sqlalchemy import and_, bindparam, case, func, literal, or_, select, union

from mall.domains.ledger.rules import (
    BALANCE,
    GUARDED,
    MERGED,
    OF_MEMBERS,
    OF_SELLERS,
    POINTS,
    POINTS_HELD,
    STORED_VALUE,
    WECHAT,
    WECHAT_FEE,
    Movement,
    MovementNotFound,
    Posting,
    account_of,
    balance_spent,
    points_spent,
    shown_to,
)
from mall.kit import ledger
from mall.kit.db import Instant, Tx, among
from mall.kit.ledger import Account, Leg, ledger_entries
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.trade import orders, refunds


def post(tx: Tx, movement: Movement, now: datetime) -> None:
    """Queue a movement. Raises AlreadyPosted at the end of the transaction when it was posted before."""
    ledger.post(tx, movement.reference, [_leg(each) for each in movement.postings], reason=movement.reason, now=now)


def hold_balance(tx: Tx, order_no: str, member_id: str, balance_fen: int, now: datetime) -> None:
    """Set a part of the member's stored value aside for an order. BalanceShort at the end of the transaction."""
    ledger.hold(tx, order_no + BALANCE, _wallet(member_id), balance_fen, about=order_no, reason="BALANCE_HELD", now=now)


def spend_balance(tx: Tx, order: Any, now: datetime) -> None:
    """The order is paid: what was held for it is the seller's."""
    ledger.settle(tx, order.order_no + BALANCE,
                  [_leg(balance_spent(order.order_no, order.seller_id, order.balance_fen))],
                  reason="BALANCE_SPENT", now=now, owner=_wallet(order.member_id))


def release_balance(tx: Tx, order: Any, now: datetime) -> None:
    """The order closes unpaid: what was held for it is the member's again."""
    ledger.void(tx, order.order_no + BALANCE, reason="BALANCE_RELEASED", now=now, owner=_wallet(order.member_id))


def open_points(tx: Tx, member_id: str) -> None:
    """The member's points account, before the first points; harmless when it is there."""
    ledger.open_account(tx, _points(member_id))


def hold_points(tx: Tx, order_no: str, member_id: str, points: int, now: datetime) -> None:
    """Set points aside for an order."""
    ledger.hold(tx, order_no + POINTS_HELD, _points(member_id), points, about=order_no, reason="POINTS_HELD", now=now)


def spend_points(tx: Tx, order: Any, now: datetime) -> None:
    """The order is paid: what was held for it is the seller's."""
    ledger.settle(tx, order.order_no + POINTS_HELD,
                  [_leg(points_spent(order.order_no, order.seller_id, order.points_used))],
                  reason="POINTS_SPENT", now=now, owner=_points(order.member_id))


def release_points(tx: Tx, order: Any, now: datetime) -> None:
    """The order closes unpaid: what was held for it is the member's again."""
    ledger.void(tx, order.order_no + POINTS_HELD, reason="POINTS_RELEASED", now=now, owner=_points(order.member_id))


def carry_over(tx: Tx, ended_id: str, member_id: str, now: datetime) -> None:
    """A member became another one: its stored value and its points, what is held of them too, are owed to that one
    from now on. The accounts are the last rows that are locked, but for stock."""
    for kind, of in ((POINTS, _points), (STORED_VALUE, _wallet)):  # in the order of their names
        ledger.carry_over(tx, f"{ended_id}{MERGED}:{kind}", of(ended_id), of(member_id), about=member_id,
                          reason="ACCOUNTS_MERGED", now=now)


def _points(member_id: str) -> Account:
    return Account(account_of(POINTS, member_id), guarded=True)


def _wallet(member_id: str) -> Account:
    return Account(account_of(STORED_VALUE, member_id), guarded=True)


def _leg(each: Posting) -> Leg:
    return Leg(Account(each.account, each.account.split("/")[0] in GUARDED), each.amount_fen, each.about)


_CHARGED = (
    select(ledger_entries.c.about, func.sum(ledger_entries.c.amount).label("fen"),
           func.count(ledger_entries.c.reference.distinct()).label("movements"))
    .where(ledger_entries.c.about.in_(among("numbers")), ledger_entries.c.account.like(f"{WECHAT_FEE}/%"))
    .group_by(ledger_entries.c.about)
)


def ask_charged(numbers: list[str]):
    """What of WeChat's fees is posted for these numbers, and in how many movements."""
    return _CHARGED, {"numbers": numbers}


# what staff see

_together = case(*((ledger_entries.c.account.like(f"{kind}/%"), f"{kind}/*") for kind in OF_MEMBERS),
                 else_=ledger_entries.c.account)


def _balances(account: Any) -> Any:
    return (
        select(account.label("account"), func.sum(ledger_entries.c.amount).label("amount_fen"),
               func.count().label("entries"), func.count(ledger_entries.c.account.distinct()).label("accounts"))
        .where(ledger_entries.c.account.like(bindparam("like_account")), account > bindparam("after"))
        .group_by(account)
        .order_by(account)
        .limit(bindparam("most"))
    )


_BALANCES, _BALANCES_OF_MEMBERS = _balances(_together), _balances(ledger_entries.c.account)
_beside = ledger_entries.alias("beside")


def _of_another(legs: Any) -> Any:
    return or_(*(and_(legs.c.account.like(f"{kind}/%"), legs.c.account != literal(f"{kind}/") + bindparam("seller_id"))
                 for kind in OF_SELLERS))


# one payment pays orders of several sellers: each sees its own legs, and what WeChat has where all of it is its own
_is_shown = or_(bindparam("seller_id") == DEFAULT_SELLER, and_(
    ~_of_another(ledger_entries),
    or_(ledger_entries.c.account != WECHAT, ~select(_beside.c.leg).where(
        _beside.c.reference == ledger_entries.c.reference, _of_another(_beside)).exists())))
_references = union(
    select(ledger_entries.c.reference).where(ledger_entries.c.about == bindparam("order_no")),
    select(ledger_entries.c.reference)
    .join_from(refunds, ledger_entries, ledger_entries.c.about == refunds.c.refund_no)
    .where(refunds.c.order_no == bindparam("order_no")),
).subquery()
_OF_ORDER = (
    select(ledger_entries)
    .join_from(_references, ledger_entries, ledger_entries.c.reference == _references.c.reference)
    .where(_is_shown, or_(
               ledger_entries.c.created_at > bindparam("after_at", type_=Instant()),
               and_(ledger_entries.c.created_at == bindparam("after_at", type_=Instant()),
                    or_(ledger_entries.c.reference > bindparam("after_reference"),
                        and_(ledger_entries.c.reference == bindparam("after_reference"),
                             ledger_entries.c.leg > bindparam("after_leg"))))))
    .order_by(ledger_entries.c.created_at, ledger_entries.c.reference, ledger_entries.c.leg)
    .limit(bindparam("most"))
)
FIRST = (datetime(1, 1, 1, tzinfo=timezone.utc), "", -1)  # before every entry
_ORDER = select(orders.c.order_no).where(orders.c.order_no == bindparam("order_no"),
                                         orders.c.seller_id == bindparam("seller_id"))


def balances(tx: Tx, seller_id: str, most: int, after: str = "") -> list[Any]:
    """Each account with the sum of its entries, behind `after`: the seller's own, and all of them for the platform,
    those of members kind by kind in one row."""
    return tx.all(_BALANCES, like_account="%" if seller_id == DEFAULT_SELLER else f"%/{seller_id}", most=most,
                  after=after)


def balances_of_members(tx: Tx, kind: str, most: int, after: str = "") -> list[Any]:
    """The accounts of members of one kind, one by one, behind `after`."""
    return tx.all(_BALANCES_OF_MEMBERS, like_account=f"{kind}/%", most=most, after=after)


def entries_of_order(tx: Tx, order_no: str, seller_id: str, after: tuple[datetime, str, int], most: int) -> list[Any]:
    """Every movement that moved value for this order, in the order of time, behind (moment, reference, leg). Raises
    MovementNotFound."""
    if tx.one(_ORDER, order_no=order_no, seller_id=seller_id) is None:
        raise MovementNotFound(field="order_no")
    return tx.all(_OF_ORDER, order_no=order_no, seller_id=seller_id, after_at=after[0], after_reference=after[1],
                  after_leg=after[2], most=most)


def entries_of_movement(tx: Tx, reference: str, seller_id: str) -> list[Any]:
    """The legs of one movement; a seller sees those that touch an account of its own, the platform all. Raises
    MovementNotFound."""
    legs = shown_to(seller_id, ledger.entries(tx, reference))
    if not any(seller_id == DEFAULT_SELLER or leg.account.endswith(f"/{seller_id}") for leg in legs):
        raise MovementNotFound(field="reference")
    return legs
