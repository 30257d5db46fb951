"""Group buys, groups and their seats: never more seats than the group has (spec F1).

The group's row counts its seats (`seats_taken`: held or paid; `seats_paid`) while it forms, and keeps
them as they were when it ended. Whoever moves a seat locks the group's row first and the seat after it
(docs/decisions/0006), so a seat and the count never part.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, case, false, func, null, or_, select, update

from mall.domains.group_buys.rules import (
    ACTIVITY_FLOW, FIXED_BY_A_GROUP, GROUP_FLOW, SEAT_FLOW, ActivityState, AlreadyInGroup, GroupFull, GroupProgressed,
    GroupState, GroupSucceeded, SeatState, check_running,
)
from mall.kit import versions
from mall.kit.db import Tx, among
from mall.kit.outbox import emit
from mall.kit.page import newest_first, newest_of
from mall.kit.postponed import not_postponed
from mall.kit.versions import Seen
from mall.tables.goods import skus
from mall.tables.marketing import group_buys, group_seats, groups
from mall.tables.people import members
from mall.tables.sellers import suspended
from mall.tables.trade import orders

BATCH = 500
MOST_JOINABLE = 500
FAILING = "fail group"  # what a group that could not fail is postponed for

a, g, s, o = group_buys.c, groups.c, group_seats.c, orders.c
FORMING = GroupState.FORMING.value

_ACTIVITY = select(group_buys).where(a.group_buy_id == bindparam("group_buy_id"))
_GROUP = select(groups).where(g.group_id == bindparam("group_id"))
_TAKE = (
    update(groups)
    .where(g.group_id == bindparam("of_group"), g.state == FORMING, g.seats_taken < g.size,
           g.expires_at > bindparam("now"))
    .values(seats_taken=g.seats_taken + 1)
)
_LOCK_GROUP = (
    select(groups)
    .where(g.group_id == select(s.group_id).where(s.order_no == bindparam("order_no")).scalar_subquery())
    .with_for_update()
)
_LOCK_SEAT = select(group_seats).where(s.order_no == bindparam("order_no")).with_for_update()
_COUNT = (
    update(groups)
    .where(g.group_id == bindparam("of_group"), g.state == FORMING,
           g.seats_taken + bindparam("taken_by") >= 0, g.seats_paid + bindparam("paid_by") >= 0,
           g.seats_paid + bindparam("paid_by") < g.size)
    .values(seats_taken=g.seats_taken + bindparam("taken_by"), seats_paid=g.seats_paid + bindparam("paid_by"))
)
_SUCCEED = (
    update(groups)
    .where(g.group_id == bindparam("of_group"), g.state.in_(GROUP_FLOW.sources("succeed")),
           g.seats_paid == g.size - 1)
    .values(state=GROUP_FLOW.target("succeed"), seats_paid=g.size, ended_at=bindparam("now"))
)
_FAIL = (
    update(groups)
    .where(g.group_id == bindparam("of_group"), g.state.in_(GROUP_FLOW.sources("fail")),
           g.expires_at <= bindparam("now"))
    .values(state=GROUP_FLOW.target("fail"), ended_at=bindparam("now"))
)
_PAY = (
    update(group_seats)
    .where(s.order_no == bindparam("of_order"), s.state.in_(SEAT_FLOW.sources("pay")))
    .values(state=SEAT_FLOW.target("pay"), changed_at=bindparam("now"))
)
_LEAVE = (
    update(group_seats)
    .where(s.order_no == bindparam("of_order"), s.state == bindparam("from_state"))
    .values(state=bindparam("to_state"), active_key=null(), changed_at=bindparam("now"))
)
_SEAT = select(group_seats).where(s.order_no == bindparam("order_no"))
_SEATS = select(group_seats).where(s.group_id == bindparam("group_id")).order_by(s.order_no)
_PAID = (
    select(s.order_no)
    .where(s.group_id == bindparam("group_id"), s.state == SeatState.PAID.value)
    .order_by(s.order_no)
)

_SKUS = select(skus.c.sku_id, skus.c.price_fen).where(
    skus.c.spu_id == bindparam("spu_id"), skus.c.seller_id == bindparam("seller_id"), skus.c.active.is_(True))
_ANY_GROUP = select(g.group_id).where(g.group_buy_id == bindparam("group_buy_id")).limit(1)
_CHANGEABLE = {*FIXED_BY_A_GROUP, "title", "per_member", "starts_at", "ends_at"}
_same_activity = and_(a.group_buy_id == bindparam("of_group_buy"), a.seller_id == bindparam("of_seller"),
                      a.state == ActivityState.ACTIVE.value)
_CHANGE_FREELY = (
    versions.change(group_buys)
    .where(_same_activity, ~select(g.group_id).where(g.group_buy_id == bindparam("of_group_buy")).exists())
    .values({name: bindparam(f"new_{name}") for name in sorted(_CHANGEABLE)})
)
_CHANGE_OPENED = (
    versions.change(group_buys)
    .where(_same_activity)
    .values({name: bindparam(f"new_{name}") for name in sorted(_CHANGEABLE - set(FIXED_BY_A_GROUP))})
)
_END = (
    update(group_buys)
    .where(a.group_buy_id == bindparam("of_group_buy"), a.seller_id == bindparam("of_seller"),
           a.state.in_(ACTIVITY_FLOW.sources("end")))
    .values(state=ACTIVITY_FLOW.target("end"))
)
_ACTIVITIES = newest_first(
    select(group_buys)
    .where(a.seller_id == bindparam("seller_id"), a.state == bindparam("state")),
    a.group_buy_id)
_GROUP_NUMBERS = (
    select(g.group_buy_id, g.state, func.count().label("number"))
    .where(g.group_buy_id.in_(among("group_buy_ids")))
    .group_by(g.group_buy_id, g.state)
)
_VIEW = (
    select(groups, a.spu_id, a.title, a.prices, suspended(a.seller_id).label("suspended"))
    .join_from(groups, group_buys, g.group_buy_id == a.group_buy_id)
    .where(g.group_id == bindparam("group_id"))
)
_VIEW_SEATS = (
    select(group_seats, members.c.nickname, members.c.avatar_url)
    .join_from(group_seats, members, s.member_id == members.c.member_id)
    .where(s.group_id == bindparam("group_id"))
    .order_by(s.created_at, s.order_no)
)
_i_am_in = case((s.order_no.is_(None), 0), else_=1)
_running = select(a.group_buy_id).where(
    a.spu_id == bindparam("spu_id"), a.state == ActivityState.ACTIVE.value, a.starts_at <= bindparam("now"),
    suspended(a.seller_id).is_(None))
_ending = (  # of a product that everybody wants, those that end first are looked at
    select(g.group_id)
    .where(g.group_buy_id.in_(_running), g.state == FORMING, g.expires_at > bindparam("now"),
           g.seats_taken < g.size, g.seats_paid > 0)
    .order_by(g.expires_at)
    .limit(MOST_JOINABLE)
    .subquery()
)
_JOINABLE = (
    select(groups, members.c.nickname, members.c.avatar_url, _i_am_in.label("i_am_in"))
    .join_from(_ending, groups, _ending.c.group_id == g.group_id)
    .join(members, members.c.member_id == g.leader_id)
    .join(group_seats, and_(s.group_id == g.group_id, s.member_id == bindparam("member_id"),
                            s.active_key.is_not(None)), isouter=True)
    .order_by(_i_am_in, g.size - g.seats_paid, g.expires_at, g.group_id)
    .limit(bindparam("limit"))
)
_OVERDUE = (
    select(g.group_id)
    .where(g.state == FORMING, g.expires_at <= bindparam("now"), not_postponed(FAILING, g.group_id))
    .order_by(g.expires_at)
    .limit(BATCH)
)
_may_be_looked_at = or_(g.settle_at.is_(None), g.settle_at <= bindparam("now"))
_UNSETTLED = (
    select(g.group_id, g.expires_at)
    .where(g.state == GroupState.FAILED.value, g.settled == false(), _may_be_looked_at)
    .order_by(g.settle_at, g.group_id)
    .limit(BATCH)
)
_LEASE = (
    update(groups)
    .where(g.group_id == bindparam("of_group"), g.settled == false(), _may_be_looked_at)
    .values(settle_at=bindparam("next_settle_at"))
)
_COUNTS = (SeatState.PAID.value, SeatState.HELD.value)
_UNSETTLED_SEATS = (
    select(group_seats)
    .join_from(group_seats, orders, o.order_no == s.order_no)
    .where(s.group_id == bindparam("group_id"), s.state.in_(_COUNTS))
    .order_by(s.state.desc(), o.close_at, s.order_no)  # paid ones need nobody else; then those not tried yet
)
_SETTLED = (
    update(groups)
    .where(g.group_id == bindparam("of_group"), g.state == GroupState.FAILED.value,
           ~select(s.order_no).where(s.group_id == bindparam("of_group"), s.state.in_(_COUNTS)).exists())
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
    select(a.group_buy_id, a.title, a.size, a.open_hours, a.per_member, a.prices, a.leader_prices, a.ends_at)
    .where(a.spu_id == bindparam("spu_id"), a.state == ActivityState.ACTIVE.value, a.starts_at <= bindparam("now"),
           a.ends_at > bindparam("now"))
    .order_by(a.group_buy_id)
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


# the merchant's side

_RUNNING_OF = select(a.group_buy_id, a.prices, a.per_member).where(
    a.spu_id == bindparam("spu_id"), a.state == ActivityState.ACTIVE.value, a.ends_at > bindparam("now"))


def running_of(tx: Tx, spu_id: str, now: datetime) -> list:
    """The product's activities that run or are to come, with their prices by SKU."""
    return tx.all(_RUNNING_OF, spu_id=spu_id, now=now)


def find_for_save(tx: Tx, group_buy_id: str | None, spu_id: str, seller_id: str) -> tuple[Any | None, bool, dict]:
    """The activity, whether it has groups, and {sku_id: price_fen} of the seller's product."""
    activities, opened, sku_rows = tx.fetch(
        ask_activity(group_buy_id or ""), (_ANY_GROUP, {"group_buy_id": group_buy_id or ""}),
        (_SKUS, {"spu_id": spu_id, "seller_id": seller_id}),
    )
    return (activities[0] if activities else None), bool(opened), {row.sku_id: row.price_fen for row in sku_rows}


def add_activity(tx: Tx, group_buy_id: str, seller_id: str, wanted: dict[str, Any], now: datetime) -> None:
    tx.insert(group_buys, group_buy_id=group_buy_id, seller_id=seller_id, state=ActivityState.ACTIVE.value,
              created_at=now, **wanted)


def change_activity(tx: Tx, activity: Any, wanted: dict[str, Any], has_groups: bool, seen: Seen) -> int:
    """The new version; `wanted` was passed by `rules.check_change`. Done again when a group was opened in between.
    Raises ChangedMeanwhile."""
    names = _CHANGEABLE - set(FIXED_BY_A_GROUP) if has_groups else _CHANGEABLE
    return versions.save(tx, _CHANGE_OPENED if has_groups else _CHANGE_FREELY, activity, seen,
                         of_group_buy=activity.group_buy_id, of_seller=activity.seller_id,
                         **{f"new_{name}": wanted[name] for name in names})


def end_activity(tx: Tx, group_buy_id: str, seller_id: str) -> None:
    """No more groups; harmless when it has ended."""
    tx.write(_END, of_group_buy=group_buy_id, of_seller=seller_id)


def list_activities(tx: Tx, seller_id: str, states: list[str], *, before: str, limit: int) -> tuple[list, dict]:
    """A page of activities, and {(group_buy_id, state): number} of their groups."""
    rows = newest_of(tx, _ACTIVITIES, states, limit, seller_id=seller_id, before=before)
    numbers = tx.all(_GROUP_NUMBERS, group_buy_ids=[row.group_buy_id for row in rows])
    return rows, {(row.group_buy_id, row.state): row.number for row in numbers}
