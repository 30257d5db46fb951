"""What must hold between lots, orders and the ledger, piece by piece (`kit/invariants.py`). Spec A4, E9."""

from __future__ import annotations

from sqlalchemy import and_, case, func, literal, or_, select

from mall.domains.points.rules import LotKind
from mall.kit.db import among
from mall.kit.invariants import Rule, Subject, following
from mall.kit.ledger import HELD, ledger_accounts, ledger_entries
from mall.tables.points import point_lots, point_uses, point_wallets
from mall.tables.trade import order_lines, orders

w, t, u, o, n = point_wallets.c, point_lots.c, point_uses.c, orders.c, order_lines.c
a, e = ledger_accounts.c, ledger_entries.c
TO_PAY = ("UNPAID", "PART_PAID")


# a lot: what it earned is free, with orders, gone or expired

_out = (
    select(u.lot_id, func.sum(u.points - u.returned).label("points"),
           func.min(u.points - u.returned).label("least"), func.min(u.returned).label("least_returned"))
    .where(u.lot_id.in_(among("keys"))).group_by(u.lot_id).subquery()
)
_out_points = func.coalesce(_out.c.points, 0)
_LOTS = (
    select(t.lot_id, t.earned, t.free, t.removed, t.expired, t.taken_back, _out_points.label("out"))
    .join_from(point_lots, _out, _out.c.lot_id == t.lot_id, isouter=True)
    .where(t.lot_id.in_(among("keys")),
           or_(t.earned != t.free + t.removed + t.expired + _out_points, t.free < 0, t.removed < 0, t.expired < 0,
               t.taken_back < 0, t.taken_back > t.earned, _out.c.least < 0, _out.c.least_returned < 0,
               and_(t.state == "EXPIRED", t.free != 0)))
)

# a member: the lots are the ledger's balance, unpaid orders what it holds, the wallet's debt its debt

_lots = (
    select(t.member_id, func.sum(t.free).label("free")).where(t.member_id.in_(among("keys"))).group_by(t.member_id)
    .subquery()
)
_held = (
    select(o.member_id, func.sum(o.points_used).label("points"))
    .where(o.member_id.in_(among("keys")), o.state.in_(TO_PAY), o.points_used > 0)
    .group_by(o.member_id).subquery()
)
_debt_accounts = select(literal("points_debt/") + w.member_id).where(w.member_id.in_(among("keys")))
_debts = (
    select(e.account, func.sum(e.amount).label("points")).where(e.account.in_(_debt_accounts)).group_by(e.account)
    .subquery()
)
_balance, _aside = ledger_accounts.alias(), ledger_accounts.alias()


def _or_zero(column):
    return func.coalesce(column, 0)


_MEMBERS = (
    select(w.member_id, w.debt, _or_zero(_lots.c.free).label("free"), _or_zero(_balance.c.owed).label("owed"),
           _or_zero(_held.c.points).label("held"), _or_zero(_aside.c.owed).label("owed_held"),
           _or_zero(_debts.c.points).label("owed_debt"))
    .join_from(point_wallets, _lots, _lots.c.member_id == w.member_id, isouter=True)
    .join(_balance, _balance.c.account == literal("points/") + w.member_id, isouter=True)
    .join(_aside, _aside.c.account == literal("points/") + w.member_id + literal(HELD), isouter=True)
    .join(_held, _held.c.member_id == w.member_id, isouter=True)
    .join(_debts, _debts.c.account == literal("points_debt/") + w.member_id, isouter=True)
    .where(w.member_id.in_(among("keys")),
           or_(_or_zero(_lots.c.free) != _or_zero(_balance.c.owed), w.debt < 0,
               _or_zero(_held.c.points) != _or_zero(_aside.c.owed), w.debt != _or_zero(_debts.c.points)))
)
_HOMELESS = (
    select(point_lots.c.lot_id).join_from(point_lots, point_wallets, w.member_id == t.member_id, isouter=True)
    .where(t.lot_id.in_(among("keys")), w.member_id.is_(None))
)

# an order: what it took is what its price says and the ledger moved

_used = (
    select(u.order_no, func.sum(u.points).label("points"), func.sum(u.returned).label("returned"))
    .where(u.order_no.in_(among("keys"))).group_by(u.order_no).subquery()
)
_moved = (
    select(e.about, func.sum(e.amount).label("points"))
    .where(e.about.in_(among("keys")), e.account.like("points/%"), e.reason.in_(
        ("POINTS_HELD", "POINTS_SPENT", "POINTS_RELEASED", "POINTS_RETURNED")))
    .group_by(e.about).subquery()
)
_kept = o.points_used - _or_zero(_used.c.returned)
_never_paid = and_(o.state == "CLOSED", o.paid_at.is_(None))
_ORDERS = (
    select(o.order_no, o.state, o.points_used, _or_zero(_used.c.points).label("taken"),
           _or_zero(_used.c.returned).label("returned"), _or_zero(_moved.c.points).label("moved"))
    .join_from(orders, _used, _used.c.order_no == o.order_no, isouter=True)
    .join(_moved, _moved.c.about == o.order_no, isouter=True)
    .where(o.order_no.in_(among("keys")), or_(
        o.points_used != _or_zero(_used.c.points),
        _or_zero(_moved.c.points) != case((o.paid_at.is_(None), 0), else_=_kept),
        and_(o.state == "CLOSED", _kept != 0), and_(o.state.in_(TO_PAY), _or_zero(_used.c.returned) != 0)))
)

# an earning: of goods that were received; what refunds took back of it is, to the point, the share of what went back,
# or so much less as had expired by then

_their_orders = select(t.source).where(t.lot_id.in_(among("keys")))
_taken = (
    select(e.about, func.sum(e.amount).label("points"))
    .where(e.about.in_(_their_orders), e.account.like("points_cost/%"),
           e.reason.in_(("POINTS_EARNED", "POINTS_TAKEN_BACK")))
    .group_by(e.about).subquery()
)
_paid_fen = n.pay_fen - (2 * n.pay_fen * n.refunded_quantity + n.quantity) // (2 * n.quantity)
_line_fen = case((n.allowance_fen > _paid_fen, 0), else_=_paid_fen - n.allowance_fen)  # `levels.kept_fen`
_stays = (
    select(n.order_no, func.sum(_line_fen).label("fen")).where(n.order_no.in_(_their_orders)).group_by(n.order_no)
    .subquery()
)
_stays_fen = case((_stays.c.fen > t.base_fen, t.base_fen), else_=_or_zero(_stays.c.fen))  # as `rules.kept_of` has it
_share = 1.0 * t.earned * _stays_fen / t.base_fen  # not in whole numbers: they would be too big
_EARNINGS = (
    select(t.lot_id, t.source, t.earned, t.taken_back, t.expired, o.state, _or_zero(_taken.c.points).label("cost"))
    .join_from(point_lots, orders, o.order_no == t.source, isouter=True)
    .join(_stays, _stays.c.order_no == t.source, isouter=True)
    .join(_taken, _taken.c.about == t.source, isouter=True)
    .where(t.lot_id.in_(among("keys")), t.kind == LotKind.PURCHASE.value, or_(
        o.order_no.is_(None), o.received_at.is_(None), t.earned - t.taken_back < _share - 0.51,
        t.earned - t.taken_back - t.expired > _share + 0.51,
        _or_zero(_taken.c.points) != t.earned - t.taken_back))
)

SUBJECTS = (
    Subject("lots", following(t.lot_id), "lot_", {
        "members": select(t.lot_id.label("key")).where(t.member_id.in_(among("keys"))),
        "orders": select(u.lot_id.label("key")).where(u.order_no.in_(among("keys"))).distinct()}),
)
RULES = (
    Rule("points-lot", "lots", ("lot_id",),
         "points lot {lot_id} earned {earned}, of which {free} are free, {out} with orders, {removed} removed,"
         " {expired} expired and {taken_back} taken back", _LOTS),
    Rule("points-member", "members", ("member_id",),
         "member {member_id} has {free} points in lots and the ledger owes {owed}; unpaid orders want {held} and it"
         " holds {owed_held}; the debt is {debt} and in the ledger {owed_debt}", _MEMBERS),
    Rule("points-wallet", "lots", ("lot_id",), "points lot {lot_id} belongs to no wallet", _HOMELESS),
    Rule("points-order", "orders", ("order_no",),
         "order {order_no} is {state} with {points_used} points: lots gave {taken} and have {returned} back, the ledger"
         " moved {moved}", _ORDERS),
    Rule("points-earned", "lots", ("lot_id",),
         "order {source} is {state} and earned {earned} points of which {taken_back} were taken back and {expired}"
         " expired, the ledger has {cost}", _EARNINGS),
)
