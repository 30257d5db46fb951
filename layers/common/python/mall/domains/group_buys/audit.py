"""What must hold between groups and their seats, piece by piece (spec C3, E9)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, bindparam, case, func, not_, or_, select

from mall.domains.group_buys.rules import GroupState, SeatState
from mall.kit.db import among
from mall.kit.invariants import Rule, Subject, following
from mall.tables.marketing import group_seats, groups
from mall.tables.people import members


def _number_of(condition):
    return func.sum(case((condition, 1), else_=0))


_seats_of = (
    select(
        group_seats.c.group_id,
        _number_of(group_seats.c.state == SeatState.HELD.value).label("held"),
        _number_of(group_seats.c.state == SeatState.PAID.value).label("paid"),
        _number_of(and_(group_seats.c.state == SeatState.REFUNDED.value, group_seats.c.changed_at >= groups.c.ended_at))
        .label("refunded_after"),
    )
    .join_from(group_seats, groups, group_seats.c.group_id == groups.c.group_id)
    .where(group_seats.c.group_id.in_(among("keys")))
    .group_by(group_seats.c.group_id)
    .subquery()
)
_held, _paid = func.coalesce(_seats_of.c.held, 0), func.coalesce(_seats_of.c.paid, 0)
_refunded_after = func.coalesce(_seats_of.c.refunded_after, 0)


def _groups(*where: Any) -> Any:
    return (
        select(groups, _held.label("held"), _paid.label("paid"), _refunded_after.label("refunded_after"))
        .join_from(groups, _seats_of, _seats_of.c.group_id == groups.c.group_id, isouter=True)
        .where(groups.c.group_id.in_(among("keys")), *where)
        .order_by(groups.c.group_id)
    )


_LEFT_BEHIND = (  # by a merge of two accounts
    select(members.c.member_id, func.count().label("number"))
    .join_from(members, group_seats, group_seats.c.member_id == members.c.member_id)
    .where(members.c.member_id.in_(among("keys")), members.c.merged_into.is_not(None)).group_by(members.c.member_id)
)

SUBJECTS = (
    Subject("groups", following(groups.c.group_id), "grp_", {
                "orders": select(group_seats.c.group_id.label("key")).where(
                    group_seats.c.order_no.in_(among("keys"))).distinct()}),
)
RULES = (
    Rule("merged-seats", "members", ("member_id",),
         "member {member_id} is merged or gone and still has {number} seats", _LEFT_BEHIND),
    Rule("group-count", "groups", ("group_id",),
         "group {group_id} counts {seats_paid} paid and {seats_taken} taken seats of {size}",
         _groups(not_(and_(groups.c.seats_paid >= 0, groups.c.seats_paid <= groups.c.seats_taken,
                           groups.c.seats_taken <= groups.c.size)))),
    Rule("group-forming", "groups", ("group_id",),
         "group {group_id} counts {seats_taken} taken and {seats_paid} paid seats, but has {held} held and {paid} paid",
         _groups(groups.c.state == GroupState.FORMING.value,
                 or_(groups.c.seats_taken != _held + _paid, groups.c.seats_paid != _paid))),
    Rule("group-succeeded", "groups", ("group_id",),
         "group {group_id} succeeded with {paid} paid, {refunded_after} refunded later and {held} held seats of {size}",
         _groups(groups.c.state == GroupState.SUCCEEDED.value,
                 or_(_held > 0, _paid + _refunded_after != groups.c.size))),
    Rule("group-failed", "groups", ("group_id",),
         "group {group_id} failed with {paid} paid and {held} held seats still to go",
         _groups(groups.c.state == GroupState.FAILED.value,
                 groups.c.ended_at < bindparam("settled_by", type_=groups.c.ended_at.type), or_(_held > 0, _paid > 0))),
)
