"""What must hold between lots, orders and the ledger, piece by piece (`kit/invariants.py`). Spec A4, E9."""

from __future__ import annotations

from sqlalchemy import and_, case, func, literal, or_, select

from mall.domains.points.rules import LotKind
from mall.kit.db import among
from mall.kit.invariants import Rule, Subject, following
from mall.kit.ledger import HELD, ledger_accounts, ledger_entries
from mall.tables.points import point_lots, point_uses, point_wallets
from mall.tables.trade import order_lines, orders

TO_PAY = ("UNPAID", "PART_PAID")


# a lot: what it earned is free, with orders, gone or expired

_out = (
    select(point_uses.c.lot_id, func.sum(point_uses.c.points - point_uses.c.returned).label("points"),
           func.min(point_uses.c.points - point_uses.c.returned).label("least"),
           func.min(point_uses.c.returned).label("least_returned"))
    .where(point_uses.c.lot_id.in_(among("keys"))).group_by(point_uses.c.lot_id).subquery()
)
_out_points = func.coalesce(_out.c.points, 0)
_LOTS = (
    select(point_lots.c.lot_id, point_lots.c.earned, point_lots.c.free, point_lots.c.removed, point_lots.c.expired,
           point_lots.c.taken_back, _out_points.label("out"))
    .join_from(point_lots, _out, _out.c.lot_id == point_lots.c.lot_id, isouter=True)
    .where(point_lots.c.lot_id.in_(among("keys")),
           or_(point_lots.c.earned != point_lots.c.free + point_lots.c.removed + point_lots.c.expired + _out_points,
               point_lots.c.free < 0, point_lots.c.removed < 0, point_lots.c.expired < 0, point_lots.c.taken_back < 0,
               point_lots.c.taken_back > point_lots.c.earned, _out.c.least < 0, _out.c.least_returned < 0,
               and_(point_lots.c.state == "EXPIRED", point_lots.c.free != 0)))
)

# a member: the lots are the ledger's balance, unpaid orders what it holds, the wallet's debt its debt

_lots = (
    select(point_lots.c.member_id, func.sum(point_lots.c.free).label("free"))
    .where(point_lots.c.member_id.in_(among("keys")))
    .group_by(point_lots.c.member_id)
    .subquery()
)
_held = (
    select(orders.c.member_id, func.sum(orders.c.points_used).label("points"))
    .where(orders.c.member_id.in_(among("keys")), orders.c.state.in_(TO_PAY), orders.c.points_used > 0)
    .group_by(orders.c.member_id).subquery()
)
_debt_accounts = select(literal("points_debt/") + point_wallets.c.member_id).where(
    point_wallets.c.member_id.in_(among("keys")))
_debts = (
    select(ledger_entries.c.account, func.sum(ledger_entries.c.amount).label("points"))
    .where(ledger_entries.c.account.in_(_debt_accounts))
    .group_by(ledger_entries.c.account)
    .subquery()
)
_balance, _aside = ledger_accounts.alias(), ledger_accounts.alias()


def _or_zero(column):
    return func.coalesce(column, 0)


_MEMBERS = (
    select(point_wallets.c.member_id, point_wallets.c.debt, _or_zero(_lots.c.free).label("free"),
           _or_zero(_balance.c.owed).label("owed"), _or_zero(_held.c.points).label("held"),
           _or_zero(_aside.c.owed).label("owed_held"), _or_zero(_debts.c.points).label("owed_debt"))
    .join_from(point_wallets, _lots, _lots.c.member_id == point_wallets.c.member_id, isouter=True)
    .join(_balance, _balance.c.account == literal("points/") + point_wallets.c.member_id, isouter=True)
    .join(_aside, _aside.c.account == literal("points/") + point_wallets.c.member_id + literal(HELD), isouter=True)
    .join(_held, _held.c.member_id == point_wallets.c.member_id, isouter=True)
    .join(_debts, _debts.c.account == literal("points_debt/") + point_wallets.c.member_id, isouter=True)
    .where(point_wallets.c.member_id.in_(among("keys")),
           or_(_or_zero(_lots.c.free) != _or_zero(_balance.c.owed), point_wallets.c.debt < 0,
               _or_zero(_held.c.points) != _or_zero(_aside.c.owed), point_wallets.c.debt != _or_zero(_debts.c.points)))
)
_HOMELESS = (
    select(point_lots.c.lot_id)
    .join_from(point_lots, point_wallets, point_wallets.c.member_id == point_lots.c.member_id, isouter=True)
    .where(point_lots.c.lot_id.in_(among("keys")), point_wallets.c.member_id.is_(None))
)

# an order: what it took is what its price says and the ledger moved

_used = (
    select(point_uses.c.order_no, func.sum(point_uses.c.points).label("points"),
           func.sum(point_uses.c.returned).label("returned"))
    .where(point_uses.c.order_no.in_(among("keys"))).group_by(point_uses.c.order_no).subquery()
)
_moved = (
    select(ledger_entries.c.about, func.sum(ledger_entries.c.amount).label("points"))
    .where(ledger_entries.c.about.in_(among("keys")), ledger_entries.c.account.like("points/%"),
           ledger_entries.c.reason.in_(("POINTS_HELD", "POINTS_SPENT", "POINTS_RELEASED", "POINTS_RETURNED")))
    .group_by(ledger_entries.c.about).subquery()
)
_kept = orders.c.points_used - _or_zero(_used.c.returned)
_never_paid = and_(orders.c.state == "CLOSED", orders.c.paid_at.is_(None))
_ORDERS = (
    select(orders.c.order_no, orders.c.state, orders.c.points_used, _or_zero(_used.c.points).label("taken"),
           _or_zero(_used.c.returned).label("returned"), _or_zero(_moved.c.points).label("moved"))
    .join_from(orders, _used, _used.c.order_no == orders.c.order_no, isouter=True)
    .join(_moved, _moved.c.about == orders.c.order_no, isouter=True)
    .where(orders.c.order_no.in_(among("keys")),
           or_(orders.c.points_used != _or_zero(_used.c.points),
               _or_zero(_moved.c.points) != case((orders.c.paid_at.is_(None), 0), else_=_kept),
               and_(orders.c.state == "CLOSED", _kept != 0),
               and_(orders.c.state.in_(TO_PAY), _or_zero(_used.c.returned) != 0)))
)

# an earning: of goods that were received; what refunds took back of it is, to the point, the share of what went back,
# or so much less as had expired by then

_their_orders = select(point_lots.c.source).where(point_lots.c.lot_id.in_(among("keys")))
_taken = (
    select(ledger_entries.c.about, func.sum(ledger_entries.c.amount).label("points"))
    .where(ledger_entries.c.about.in_(_their_orders), ledger_entries.c.account.like("points_cost/%"),
           ledger_entries.c.reason.in_(("POINTS_EARNED", "POINTS_TAKEN_BACK")))
    .group_by(ledger_entries.c.about).subquery()
)
_paid_fen = order_lines.c.pay_fen - (2 * order_lines.c.pay_fen * order_lines.c.refunded_quantity
                                     + order_lines.c.quantity) // (2 * order_lines.c.quantity)
# `levels.kept_fen`
_line_fen = case((order_lines.c.allowance_fen > _paid_fen, 0), else_=_paid_fen - order_lines.c.allowance_fen)
_stays = (
    select(order_lines.c.order_no, func.sum(_line_fen).label("fen"))
    .where(order_lines.c.order_no.in_(_their_orders))
    .group_by(order_lines.c.order_no)
    .subquery()
)
# as `rules.kept_of` has it
_stays_fen = case((_stays.c.fen > point_lots.c.base_fen, point_lots.c.base_fen), else_=_or_zero(_stays.c.fen))
_share = 1.0 * point_lots.c.earned * _stays_fen / point_lots.c.base_fen  # not in whole numbers: they would be too big
_EARNINGS = (
    select(point_lots.c.lot_id, point_lots.c.source, point_lots.c.earned, point_lots.c.taken_back, point_lots.c.expired,
           orders.c.state, _or_zero(_taken.c.points).label("cost"))
    .join_from(point_lots, orders, orders.c.order_no == point_lots.c.source, isouter=True)
    .join(_stays, _stays.c.order_no == point_lots.c.source, isouter=True)
    .join(_taken, _taken.c.about == point_lots.c.source, isouter=True)
    .where(point_lots.c.lot_id.in_(among("keys")), point_lots.c.kind == LotKind.PURCHASE.value, or_(
        orders.c.order_no.is_(None), orders.c.received_at.is_(None),
        point_lots.c.earned - point_lots.c.taken_back < _share - 0.51,
        point_lots.c.earned - point_lots.c.taken_back - point_lots.c.expired > _share + 0.51,
        _or_zero(_taken.c.points) != point_lots.c.earned - point_lots.c.taken_back))
)

SUBJECTS = (
    Subject("lots", following(point_lots.c.lot_id), "lot_", {
        "members": select(point_lots.c.lot_id.label("key")).where(point_lots.c.member_id.in_(among("keys"))),
        "orders": select(point_uses.c.lot_id.label("key")).where(point_uses.c.order_no.in_(among("keys"))).distinct()}),
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
