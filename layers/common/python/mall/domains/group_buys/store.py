"""Group buys, groups and their seats: never more seats than the group has (spec F1).

The group's row counts its seats (`seats_taken`: held or paid; `seats_paid`) while it forms, and keeps
them as they were when it ended. Whoever moves a seat locks the group's row first and the seat after it
(docs/decisions/0006), so a seat and the count never part.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, case, false, null, or_, select, update

from mall.domains.group_buys.rules import (
    GROUP_FLOW, SEAT_FLOW, ActivityState, AlreadyInGroup, GroupFull, GroupProgressed,
    GroupState, GroupSucceeded, SeatState, check_running,
)
from mall.kit.db import Tx
from mall.kit.outbox import emit
from mall.kit.postponed import not_postponed
from mall.tables.marketing import group_buys, group_seats, groups
from mall.tables.people import members
from mall.tables.sellers import suspended
from mall.tables.trade import orders

BATCH = 500
MOST_JOINABLE = 500
FAILING = "fail group"  # what a group that could not fail is postponed for

FORMING = GroupState.FORMING.value

_ACTIVITY = select(group_buys).where(group_buys.c.group_buy_id == bindparam("group_buy_id"))
_GROUP = select(groups).where(groups.c.group_id == bindparam("group_id"))
_TAKE = (
    update(groups)
    .where(groups.c.group_id == bindparam("of_group"), groups.c.state == FORMING, groups.c.seats_taken < groups.c.size,
           groups.c.expires_at > bindparam("now"))
    .values(seats_taken=groups.c.seats_taken + 1)
)
_LOCK_GROUP = (
    select(groups)
    .where(groups.c.group_id == select(group_seats.c.group_id).where(
               group_seats.c.order_no == bindparam("order_no")).scalar_subquery())
    .with_for_update()
)
_LOCK_SEAT = select(group_seats).where(group_seats.c.order_no == bindparam("order_no")).with_for_update()
_COUNT = (
    update(groups)
    .where(groups.c.group_id == bindparam("of_group"), groups.c.state == FORMING,
           groups.c.seats_taken + bindparam("taken_by") >= 0, groups.c.seats_paid + bindparam("paid_by") >= 0,
           groups.c.seats_paid + bindparam("paid_by") < groups.c.size)
    .values(seats_taken=groups.c.seats_taken + bindparam("taken_by"),
            seats_paid=groups.c.seats_paid + bindparam("paid_by"))
)
_SUCCEED = (
    update(groups)
    .where(groups.c.group_id == bindparam("of_group"), groups.c.state.in_(GROUP_FLOW.sources("succeed")),
           groups.c.seats_paid == groups.c.size - 1)
    .values(state=GROUP_FLOW.target("succeed"), seats_paid=groups.c.size, ended_at=bindparam("now"))
)
_FAIL = (
    update(groups)
    .where(groups.c.group_id == bindparam("of_group"), groups.c.state.in_(GROUP_FLOW.sources("fail")),
           groups.c.expires_at <= bindparam("now"))
    .values(state=GROUP_FLOW.target("fail"), ended_at=bindparam("now"))
)
_PAY = (
    update(group_seats)
    .where(group_seats.c.order_no == bindparam("of_order"), group_seats.c.state.in_(SEAT_FLOW.sources("pay")))
    .values(state=SEAT_FLOW.target("pay"), changed_at=bindparam("now"))
)
_LEAVE = (
    update(group_seats)
    .where(group_seats.c.order_no == bindparam("of_order"), group_seats.c.state == bindparam("from_state"))
    .values(state=bindparam("to_state"), active_key=null(), changed_at=bindparam("now"))
)
_SEAT = select(group_seats).where(group_seats.c.order_no == bindparam("order_no"))
_SEATS = select(group_seats).where(group_seats.c.group_id == bindparam("group_id")).order_by(group_seats.c.order_no)
_PAID = (
    select(group_seats.c.order_no)
    .where(group_seats.c.group_id == bindparam("group_id"), group_seats.c.state == SeatState.PAID.value)
    .order_by(group_seats.c.order_no)
)

_VIEW = (
    select(groups, group_buys.c.spu_id, group_buys.c.title, group_buys.c.prices,
           suspended(group_buys.c.seller_id).label("suspended"))
    .join_from(groups, group_buys, groups.c.group_buy_id == group_buys.c.group_buy_id)
    .where(groups.c.group_id == bindparam("group_id"))
)
_VIEW_SEATS = (
    select(group_seats, members.c.nickname, members.c.avatar_url)
    .join_from(group_seats, members, group_seats.c.member_id == members.c.member_id)
    .where(group_seats.c.group_id == bindparam("group_id"))
    .order_by(group_seats.c.created_at, group_seats.c.order_no)
)
_i_am_in = case((group_seats.c.order_no.is_(None), 0), else_=1)
_running = select(group_buys.c.group_buy_id).where(
    group_buys.c.spu_id == bindparam("spu_id"), group_buys.c.state == ActivityState.ACTIVE.value,
    group_buys.c.starts_at <= bindparam("now"),
    suspended(group_buys.c.seller_id).is_(None))
_ending = (  # of a product that everybody wants, those that end first are looked at
    select(groups.c.group_id)
    .where(groups.c.group_buy_id.in_(_running), groups.c.state == FORMING, groups.c.expires_at > bindparam("now"),
           groups.c.seats_taken < groups.c.size, groups.c.seats_paid > 0)
    .order_by(groups.c.expires_at)
    .limit(MOST_JOINABLE)
    .subquery()
)
_JOINABLE = (
    select(groups, members.c.nickname, members.c.avatar_url, _i_am_in.label("i_am_in"))
    .join_from(_ending, groups, _ending.c.group_id == groups.c.group_id)
    .join(members, members.c.member_id == groups.c.leader_id)
    .join(group_seats,
          and_(group_seats.c.group_id == groups.c.group_id, group_seats.c.member_id == bindparam("member_id"),
               group_seats.c.active_key.is_not(None)), isouter=True)
    .order_by(_i_am_in, groups.c.size - groups.c.seats_paid, groups.c.expires_at, groups.c.group_id)
    .limit(bindparam("limit"))
)
_OVERDUE = (
    select(groups.c.group_id)
    .where(groups.c.state == FORMING, groups.c.expires_at <= bindparam("now"),
           not_postponed(FAILING, groups.c.group_id))
    .order_by(groups.c.expires_at)
    .limit(BATCH)
)
_may_be_looked_at = or_(groups.c.settle_at.is_(None), groups.c.settle_at <= bindparam("now"))
_UNSETTLED = (
    select(groups.c.group_id, groups.c.expires_at)
    .where(groups.c.state == GroupState.FAILED.value, groups.c.settled == false(), _may_be_looked_at)
    .order_by(groups.c.settle_at, groups.c.group_id)
    .limit(BATCH)
)
_LEASE = (
    update(groups)
    .where(groups.c.group_id == bindparam("of_group"), groups.c.settled == false(), _may_be_looked_at)
    .values(settle_at=bindparam("next_settle_at"))
)
_COUNTS = (SeatState.PAID.value, SeatState.HELD.value)
_UNSETTLED_SEATS = (
    select(group_seats)
    .join_from(group_seats, orders, orders.c.order_no == group_seats.c.order_no)
    .where(group_seats.c.group_id == bindparam("group_id"), group_seats.c.state.in_(_COUNTS))
    # paid ones need nobody else; then those not tried yet
    .order_by(group_seats.c.state.desc(), orders.c.close_at, group_seats.c.order_no)
)
_SETTLED = (
    update(groups)
    .where(groups.c.group_id == bindparam("of_group"), groups.c.state == GroupState.FAILED.value,
           ~select(group_seats.c.order_no).where(group_seats.c.group_id == bindparam("of_group"),
                                                 group_seats.c.state.in_(_COUNTS)).exists())
    .values(settled=True)
)


# with an order

def ask_activity(group_buy_id: str):
    """The question for an activity's row, for `tx.fetch`."""
    return _ACTIVITY, {"group_buy_id": group_buy_id}


def ask_group(group_id: str):
    """The question for a group's row, for `tx.fetch`."""
    return _GROUP, {"group_id": group_id}


_MOST_OFFERED = 50
_OFFERED = (
    select(group_buys.c.group_buy_id, group_buys.c.title, group_buys.c.size, group_buys.c.open_hours,
           group_buys.c.per_member, group_buys.c.prices, group_buys.c.leader_prices, group_buys.c.ends_at)
    .where(group_buys.c.spu_id == bindparam("spu_id"), group_buys.c.state == ActivityState.ACTIVE.value,
           group_buys.c.starts_at <= bindparam("now"), group_buys.c.ends_at > bindparam("now"))
    .order_by(group_buys.c.group_buy_id)
    .limit(_MOST_OFFERED)
)


def ask_offers(spu_id: str, now: datetime):
    """The question for the activities of a product that run, for its page."""
    return _OFFERED, {"spu_id": spu_id, "now": now}


def open_group(tx: Tx, *, group_id: str, activity: Any, order_no: str, member_id: str, now: datetime) -> None:
    """A new group with its opener's seat, held until the order is paid. Raises GroupBuyNotRunning."""
    check_running(activity, now)
    tx.insert(groups, group_id=group_id, group_buy_id=activity.group_buy_id, seller_id=activity.seller_id,
              leader_id=member_id, state=FORMING, size=activity.size, seats_taken=1, seats_paid=0,
              expires_at=now + timedelta(hours=activity.open_hours), ended_at=None, settled=False, settle_at=None,
              created_at=now)
    _insert_seat(tx, group_id, order_no, member_id, True, now)


def take_seat(tx: Tx, *, group_id: str, order_no: str, member_id: str, now: datetime) -> None:
    """Hold a seat for an unpaid order. Raises AlreadyInGroup, and GroupFull when no seat is free or the
    group is over."""
    _insert_seat(tx, group_id, order_no, member_id, False, now)
    tx.write(_TAKE, rows=1, otherwise=GroupFull(group_id=group_id), hot=("groups", group_id), of_group=group_id,
             now=now)


def _insert_seat(tx: Tx, group_id: str, order_no: str, member_id: str, is_leader: bool, now: datetime) -> None:
    tx.insert(group_seats, order_no=order_no, group_id=group_id, member_id=member_id, is_leader=is_leader,
              state=SeatState.HELD.value, active_key=f"{group_id}:{member_id}", created_at=now, changed_at=now,
              duplicate=AlreadyInGroup(group_id=group_id))


def pay_seat(tx: Tx, order_no: str, now: datetime) -> str:
    """The order of a seat is paid: "waiting" for others, "succeeded" with this seat, or "over": the
    group or the seat was gone before, nothing is changed and the money has to go back. Tells
    GroupProgressed or GroupSucceeded."""
    group, seat = _lock(tx, order_no)
    if seat is None:
        return "over"
    if seat.state == SeatState.PAID.value:
        return _ANSWER_WHEN_PAID[group.state]
    if seat.state != SeatState.HELD.value or group.state != FORMING or group.expires_at <= now:
        return "over"
    tx.write(_PAY, rows=1, of_order=order_no, now=now)
    if group.seats_paid + 1 < group.size:
        tx.write(_COUNT, rows=1, of_group=group.group_id, taken_by=0, paid_by=1)
        emit(tx, GroupProgressed(group.group_id, group.size - group.seats_paid - 1), now)
        return "waiting"
    tx.write(_SUCCEED, rows=1, of_group=group.group_id, now=_after_refunds(tx, group.group_id, now))
    emit(tx, GroupSucceeded(group.group_id), now)
    return "succeeded"


def _after_refunds(tx: Tx, group_id: str, now: datetime) -> datetime:
    """A call knows when it began, not when its turn came: who was refunded while the group formed must not
    seem to have been refunded later."""
    gone = [seat.changed_at for seat in seats(tx, group_id) if seat.state == SeatState.REFUNDED.value]
    return max([now, *(each + timedelta(microseconds=1) for each in gone)])


_ANSWER_WHEN_PAID = {"FORMING": "waiting", "SUCCEEDED": "succeeded", "FAILED": "over"}


def release_seat(tx: Tx, order_no: str, now: datetime) -> None:
    """The order was closed unpaid: its seat is free again. Harmless when repeated or without a seat."""
    _leave(tx, order_no, "release", now, taken_by=-1, paid_by=0)


def refund_seat(tx: Tx, order_no: str, now: datetime) -> None:
    """The paid order of a seat is refunded. While the group forms, the seat is free again. Harmless when
    repeated or without a seat."""
    _leave(tx, order_no, "refund", now, taken_by=-1, paid_by=-1)


def _leave(tx: Tx, order_no: str, move: str, now: datetime, *, taken_by: int, paid_by: int) -> None:
    group, seat = _lock(tx, order_no)
    if seat is None or seat.state not in SEAT_FLOW.sources(move):
        return
    left_at = now if group.ended_at is None else max(now, group.ended_at)  # as in _after_refunds
    tx.write(_LEAVE, rows=1, of_order=order_no, from_state=seat.state, to_state=SEAT_FLOW.target(move), now=left_at)
    if group.state == FORMING:
        tx.write(_COUNT, rows=1, of_group=group.group_id, taken_by=taken_by, paid_by=paid_by)


def _lock(tx: Tx, order_no: str) -> tuple[Any, Any]:
    """The order's group and seat, both locked, the group first; (None, None) when it has no seat."""
    found, seats_found = tx.fetch((_LOCK_GROUP, {"order_no": order_no}), (_LOCK_SEAT, {"order_no": order_no}))
    return (found[0], seats_found[0]) if seats_found else (None, None)


# the end of a group

def fail_group(tx: Tx, group_id: str, now: datetime) -> bool:
    """A group whose time is over fails; False when it is not forming any more, or not over yet."""
    return tx.change(_FAIL, of_group=group_id, now=now) == 1


def seats(tx: Tx, group_id: str) -> list:
    return tx.all(_SEATS, group_id=group_id)


def seats_of_order(tx: Tx, order_no: str) -> list:
    """The seat that an order has or had: one, or none."""
    return tx.all(_SEAT, order_no=order_no)


def paid_order_nos(tx: Tx, group_id: str) -> list[str]:
    return [row.order_no for row in tx.all(_PAID, group_id=group_id)]


def overdue(tx: Tx, now: datetime) -> list[str]:
    """Up to BATCH groups that are still forming and whose time is over."""
    return [row.group_id for row in tx.all(_OVERDUE, now=now)]


def unsettled(tx: Tx, now: datetime) -> list[Any]:
    """Up to BATCH failed groups (group_id, expires_at) whose seats are to be looked at."""
    return tx.all(_UNSETTLED, now=now)


def lease(tx: Tx, group_id: str, now: datetime, next_settle_at: datetime) -> bool:
    """Take a failed group for settling; False when another instance has it."""
    return tx.change(_LEASE, of_group=group_id, now=now, next_settle_at=next_settle_at) == 1


def unsettled_seats(tx: Tx, group_id: str) -> list[Any]:
    """Its seats that are held or paid: the paid ones first, those that WeChat was asked about last."""
    return tx.all(_UNSETTLED_SEATS, group_id=group_id)


def mark_settled(tx: Tx, group_id: str) -> None:
    """Unless a seat of it is still held or paid."""
    tx.write(_SETTLED, of_group=group_id)


# what people see

def view(tx: Tx, group_id: str) -> tuple[Any | None, list]:
    """The group with its activity's product, title and prices; its seats with nickname and avatar."""
    found, seats_found = tx.fetch((_VIEW, {"group_id": group_id}), (_VIEW_SEATS, {"group_id": group_id}))
    return (found[0] if found else None), seats_found


def list_joinable(tx: Tx, spu_id: str, member_id: str, now: datetime, limit: int) -> list:
    """Groups of the product that wait for people, each with its opener's nickname and avatar: first those
    that I am not in, and the nearest to success. For a visitor an empty member id."""
    return tx.all(_JOINABLE, spu_id=spu_id, member_id=member_id, now=now, limit=limit)
