"""What must hold of members, piece by piece: years and growth entries, entries and orders, levels and blocks and their
history agree (spec A3, E9, J1)."""

from __future__ import annotations

from sqlalchemy import and_, bindparam, case, func, or_, select, true

from mall.kit.db import among
from mall.kit.ids import id_at
from mall.kit.invariants import Feed, Rule, Subject, following
from mall.tables.people import growth_entries, growth_years, level_changes, member_blocks, members
from mall.tables.trade import order_lines, orders

m, e, y, c, o, n = members.c, growth_entries.c, growth_years.c, level_changes.c, orders.c, order_lines.c
b = member_blocks.c

_entered = (
    select(e.member_id, e.year, func.sum(e.amount).label("amount")).where(e.member_id.in_(among("keys")))
    .group_by(e.member_id, e.year).subquery()
)
_of_entries = and_(_entered.c.member_id == y.member_id, _entered.c.year == y.year)
_WRONG_YEARS = (
    select(y.member_id, y.year, y.growth, func.coalesce(_entered.c.amount, 0).label("entered"))
    .join_from(growth_years, _entered, _of_entries, isouter=True)
    .where(y.member_id.in_(among("keys")), or_(y.growth != func.coalesce(_entered.c.amount, 0), y.growth < 0))
)
_LOST_YEARS = (
    select(_entered.c.member_id, _entered.c.year, _entered.c.amount)
    .join_from(_entered, growth_years, _of_entries, isouter=True)
    .where(y.member_id.is_(None))
)
_by_order = (
    select(e.order_no, func.sum(e.amount).label("amount")).where(e.order_no.in_(among("keys"))).group_by(e.order_no)
    .subquery()
)
_paid_fen = n.pay_fen - (2 * n.pay_fen * n.refunded_quantity + n.quantity) // (2 * n.quantity)
_line_fen = case((n.allowance_fen > _paid_fen, 0), else_=_paid_fen - n.allowance_fen)  # `levels.kept_fen`
_kept = (
    select(n.order_no, func.sum(_line_fen).label("fen")).where(n.order_no.in_(among("keys"))).group_by(n.order_no)
    .subquery()
)
_amount = func.coalesce(_by_order.c.amount, 0)
_due = case((o.received_at.is_(None), 0), else_=_kept.c.fen // 100)
_WRONG_ORDERS = (
    select(o.order_no, o.state, _amount.label("amount"), _due.label("due"))
    .join_from(orders, _kept, _kept.c.order_no == o.order_no)
    .join(_by_order, _by_order.c.order_no == o.order_no, isouter=True)
    .where(o.order_no.in_(among("keys")), _amount != _due)
)
_last = (
    select(c.member_id, func.max(c.change_id).label("change_id")).where(c.member_id.in_(among("keys")))
    .group_by(c.member_id).subquery()
)
_WRONG_LEVELS = (
    select(m.member_id, m.level, c.to_level)
    .join_from(_last, level_changes, c.change_id == _last.c.change_id)
    .join(members, m.member_id == c.member_id)
    .where(m.level != c.to_level)
)

_WRONG_BLOCKS = (  # one that has passed by itself still stands in both places
    select(m.member_id, m.block_id)
    .join_from(members, member_blocks, b.block_id == m.block_id, isouter=True)
    .where(m.member_id.in_(among("keys")), m.blocked == true(), m.block_id.is_not(None),
           or_(b.block_id.is_(None), b.member_id != m.member_id, b.lifted_at.is_not(None), b.until != m.blocked_until))
)

SUBJECTS = (
    Subject("members", following(m.member_id), "mem_", {
        "orders": select(o.member_id.label("key")).where(o.order_no.in_(among("keys"))).distinct()}),
)
FEEDS = (
    Feed("growth_entries", select(e.entry_id, e.created_at, e.member_id.label("members"), e.order_no.label("orders"))
         .where(e.entry_id > bindparam("after_entry_id")).order_by(e.entry_id).limit(bindparam("most")),
         ("entry_id",), lambda moment: (id_at("grw", moment),)),
    Feed("level_changes", select(c.change_id, c.created_at, c.member_id.label("members"))
         .where(c.change_id > bindparam("after_change_id")).order_by(c.change_id).limit(bindparam("most")),
         ("change_id",), lambda moment: (id_at("lvc", moment),)),
    Feed("member_blocks", select(b.block_id, b.created_at, b.member_id.label("members"))
         .where(b.block_id > bindparam("after_block_id")).order_by(b.block_id).limit(bindparam("most")),
         ("block_id",), lambda moment: (id_at("blk", moment),)),
)
RULES = (
    Rule("growth-year", "members", ("member_id", "year"),
         "member {member_id} has a growth of {growth} in year {year}, its entries say {entered}", _WRONG_YEARS),
    Rule("growth-uncounted", "members", ("member_id", "year"),
         "growth entries of member {member_id} say {amount} in year {year}, which is not counted", _LOST_YEARS),
    Rule("growth-order", "orders", ("order_no",),
         "order {order_no} is {state} with {due} due its growth is {amount}", _WRONG_ORDERS),
    Rule("level-change", "members", ("member_id",),
         "member {member_id} is {level}, the last change of level says {to_level}", _WRONG_LEVELS),
    Rule("member-block", "members", ("member_id",),
         "member {member_id} is blocked by {block_id}, of which the history says otherwise", _WRONG_BLOCKS),
)
