"""What must hold between groups and their seats, piece by piece (spec C3, E9)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, bindparam, case, func, not_, or_, select

from mall.domains.group_buys.rules import GroupState, SeatState
from mall.kit.db import among
from mall.kit.invariants import Rule, Subject, following
from mall.tables.marketing import group_seats, groups
from mall.tables.people import members

g, s, m = groups.c, group_seats.c, members.c


def _number_of(condition):
    return func.sum(case((condition, 1), else_=0))


_seats_of = (
    select(
        s.group_id,
        _number_of(s.state == SeatState.HELD.value).label("held"),
        _number_of(s.state == SeatState.PAID.value).label("paid"),
        _number_of(and_(s.state == SeatState.REFUNDED.value, s.changed_at >= g.ended_at)).label("refunded_after"),
    )
    .join_from(group_seats, groups, s.group_id == g.group_id)
    .where(s.group_id.in_(among("keys")))
    .group_by(s.group_id)
    .subquery()
)
_held, _paid = func.coalesce(_seats_of.c.held, 0), func.coalesce(_seats_of.c.paid, 0)
_refunded_after = func.coalesce(_seats_of.c.refunded_after, 0)


def _groups(*where: Any) -> Any:
    return (
        select(groups, _held.label("held"), _paid.label("paid"), _refunded_after.label("refunded_after"))
        .join_from(groups, _seats_of, _seats_of.c.group_id == g.group_id, isouter=True)
        .where(g.group_id.in_(among("keys")), *where)
        .order_by(g.group_id)
    )


_LEFT_BEHIND = (  # by a merge of two accounts
    select(m.member_id, func.count().label("number")).join_from(members, group_seats, s.member_id == m.member_id)
    .where(m.member_id.in_(among("keys")), m.merged_into.is_not(None)).group_by(m.member_id)
)

SUBJECTS = (
    Subject("groups", following(g.group_id), "grp_", {
        "orders": select(s.group_id.label("key")).where(s.order_no.in_(among("keys"))).distinct()}),
)
RULES = (
    Rule("merged-seats", "members", ("member_id",),
         "member {member_id} is merged or gone and still has {number} seats", _LEFT_BEHIND),
    Rule("group-count", "groups", ("group_id",),
         "group {group_id} counts {seats_paid} paid and {seats_taken} taken seats of {size}",
         _groups(not_(and_(g.seats_paid >= 0, g.seats_paid <= g.seats_taken, g.seats_taken <= g.size)))),
    Rule("group-forming", "groups", ("group_id",),
         "group {group_id} counts {seats_taken} taken and {seats_paid} paid seats, but has {held} held and {paid} paid",
         _groups(g.state == GroupState.FORMING.value, or_(g.seats_taken != _held + _paid, g.seats_paid != _paid))),
    Rule("group-succeeded", "groups", ("group_id",),
         "group {group_id} succeeded with {paid} paid, {refunded_after} refunded later and {held} held seats of {size}",
         _groups(g.state == GroupState.SUCCEEDED.value, or_(_held > 0, _paid + _refunded_after != g.size))),
    Rule("group-failed", "groups", ("group_id",),
         "group {group_id} failed with {paid} paid and {held} held seats still to go",
         _groups(g.state == GroupState.FAILED.value, g.ended_at < bindparam("settled_by", type_=g.ended_at.type),
                 or_(_held > 0, _paid > 0))),
)
