"""What must hold of members, piece by piece: years and growth entries, entries and orders, levels and blocks and their
history agree (spec A3, E9, J1)."""

from __future__ import annotations

from sqlalchemy import and_, bindparam, case, func, or_, select, true

from mall.kit.db import among
from mall.kit.ids import id_at
from mall.kit.invariants import Feed, Rule, Subject, following
from mall.tables.people import growth_entries, growth_years, level_changes, member_blocks, members
from mall.tables.trade import order_lines, orders

_entered = (
    select(growth_entries.c.member_id, growth_entries.c.year, func.sum(growth_entries.c.amount).label("amount"))
    .where(growth_entries.c.member_id.in_(among("keys")))
    .group_by(growth_entries.c.member_id, growth_entries.c.year).subquery()
)
_of_entries = and_(_entered.c.member_id == growth_years.c.member_id, _entered.c.year == growth_years.c.year)
_WRONG_YEARS = (
    select(growth_years.c.member_id, growth_years.c.year, growth_years.c.growth,
           func.coalesce(_entered.c.amount, 0).label("entered"))
    .join_from(growth_years, _entered, _of_entries, isouter=True)
    .where(growth_years.c.member_id.in_(among("keys")),
           or_(growth_years.c.growth != func.coalesce(_entered.c.amount, 0), growth_years.c.growth < 0))
)
_LOST_YEARS = (
    select(_entered.c.member_id, _entered.c.year, _entered.c.amount)
    .join_from(_entered, growth_years, _of_entries, isouter=True)
    .where(growth_years.c.member_id.is_(None))
)
_by_order = (
    select(growth_entries.c.order_no, func.sum(growth_entries.c.amount).label("amount"))
    .where(growth_entries.c.order_no.in_(among("keys")))
    .group_by(growth_entries.c.order_no)
    .subquery()
)
_paid_fen = order_lines.c.pay_fen - (2 * order_lines.c.pay_fen * order_lines.c.refunded_quantity
                                     + order_lines.c.quantity) // (2 * order_lines.c.quantity)
# `levels.kept_fen`
_line_fen = case((order_lines.c.allowance_fen > _paid_fen, 0), else_=_paid_fen - order_lines.c.allowance_fen)
_kept = (
    select(order_lines.c.order_no, func.sum(_line_fen).label("fen"))
    .where(order_lines.c.order_no.in_(among("keys")))
    .group_by(order_lines.c.order_no)
    .subquery()
)
_amount = func.coalesce(_by_order.c.amount, 0)
_due = case((orders.c.received_at.is_(None), 0), else_=_kept.c.fen // 100)
_WRONG_ORDERS = (
    select(orders.c.order_no, orders.c.state, _amount.label("amount"), _due.label("due"))
    .join_from(orders, _kept, _kept.c.order_no == orders.c.order_no)
    .join(_by_order, _by_order.c.order_no == orders.c.order_no, isouter=True)
    .where(orders.c.order_no.in_(among("keys")), _amount != _due)
)
_last = (
    select(level_changes.c.member_id, func.max(level_changes.c.change_id).label("change_id"))
    .where(level_changes.c.member_id.in_(among("keys")))
    .group_by(level_changes.c.member_id).subquery()
)
_WRONG_LEVELS = (
    select(members.c.member_id, members.c.level, level_changes.c.to_level)
    .join_from(_last, level_changes, level_changes.c.change_id == _last.c.change_id)
    .join(members, members.c.member_id == level_changes.c.member_id)
    .where(members.c.level != level_changes.c.to_level)
)

_WRONG_BLOCKS = (  # one that has passed by itself still stands in both places
    select(members.c.member_id, members.c.block_id)
    .join_from(members, member_blocks, member_blocks.c.block_id == members.c.block_id, isouter=True)
    .where(members.c.member_id.in_(among("keys")), members.c.blocked == true(), members.c.block_id.is_not(None),
           or_(member_blocks.c.block_id.is_(None), member_blocks.c.member_id != members.c.member_id,
               member_blocks.c.lifted_at.is_not(None), member_blocks.c.until != members.c.blocked_until))
)

SUBJECTS = (
    Subject("members", following(members.c.member_id), "mem_", {
        "orders": select(orders.c.member_id.label("key")).where(orders.c.order_no.in_(among("keys"))).distinct()}),
)
FEEDS = (
    Feed("growth_entries",
         select(growth_entries.c.entry_id, growth_entries.c.created_at, growth_entries.c.member_id.label("members"),
                growth_entries.c.order_no.label("orders")).where(
             growth_entries.c.entry_id > bindparam("after_entry_id")).order_by(
             growth_entries.c.entry_id).limit(bindparam("most")), ("entry_id",),
         lambda moment: (id_at("grw", moment),)),
    Feed("level_changes",
         select(level_changes.c.change_id, level_changes.c.created_at, level_changes.c.member_id.label("members"))
         .where(level_changes.c.change_id > bindparam("after_change_id"))
         .order_by(level_changes.c.change_id)
         .limit(bindparam("most")), ("change_id",), lambda moment: (id_at("lvc", moment),)),
    Feed("member_blocks",
         select(member_blocks.c.block_id, member_blocks.c.created_at, member_blocks.c.member_id.label("members"))
         .where(member_blocks.c.block_id > bindparam("after_block_id"))
         .order_by(member_blocks.c.block_id)
         .limit(bindparam("most")), ("block_id",), lambda moment: (id_at("blk", moment),)),
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
