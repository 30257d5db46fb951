"""What must hold after members became one: nothing of value is left with a member who is another one by now, with one
who does not exist, or with one whom nobody can be (a merge of older code left those behind)."""

from __future__ import annotations

from sqlalchemy import Column, ColumnElement, exists, func, literal, or_, select

from mall.kit.db import among
from mall.kit.invariants import Rule
from mall.kit.ledger import HELD, ledger_accounts, ledger_entries
from mall.tables.marketing import coupons
from mall.tables.people import member_identities, members, sessions
from mall.tables.points import point_lots, point_wallets
from mall.tables.trade import orders, payments


def _left(name: str, what: str, owner: Column, *more: ColumnElement) -> Rule:
    found = (
        select(members.c.member_id, func.count().label("number"))
        .join_from(members, owner.table, owner == members.c.member_id)
        .where(members.c.member_id.in_(among("keys")), members.c.merged_into.is_not(None), *more)
        .group_by(members.c.member_id)
    )
    return Rule(f"merged-{name}", "members", ("member_id",),
                f"member {{member_id}} is merged or gone and still has {{number}} {what}", found)


def _ownerless(subject: str, key: Column, owner: Column) -> Rule:
    found = (
        select(key, owner).join_from(key.table, members, owner == members.c.member_id, isouter=True)
        .where(key.in_(among("keys")), members.c.member_id.is_(None))
    )
    return Rule(f"{subject}-ownerless", subject, (key.name,),
                f"{{{key.name}}} belongs to member {{member_id}}, who is gone", found)


_anybody = exists(select(member_identities.c.openid).where(member_identities.c.member_id == members.c.member_id))
_nobody = or_(members.c.member_id.is_(None), members.c.merged_into.is_not(None), ~_anybody)


def _owed(kind: str) -> Rule:
    """What accounts of this kind owe to nobody who could spend it."""
    owner = func.substr(func.replace(ledger_accounts.c.account, HELD, ""), len(kind) + 2)
    found = (
        select(ledger_accounts.c.account, ledger_accounts.c.owed)
        .join_from(ledger_accounts, members, members.c.member_id == owner, isouter=True)
        .where(ledger_accounts.c.account.in_(among("keys")), ledger_accounts.c.account.like(f"{kind}/%"),
               ledger_accounts.c.owed != 0, _nobody)
    )
    return Rule(f"{kind}-ownerless", "accounts", ("account",),
                "account {account} owes {owed} to a member who is merged or gone, or whom no openid leads to", found)


_DEBTS = (
    select(members.c.member_id, func.sum(ledger_entries.c.amount).label("owed"))
    .join_from(members, ledger_entries, ledger_entries.c.account == literal("points_debt/") + members.c.member_id)
    .where(members.c.member_id.in_(among("keys")), members.c.merged_into.is_not(None))
    .group_by(members.c.member_id).having(func.sum(ledger_entries.c.amount) != 0)
)

RULES = (
    _left("orders", "orders", orders.c.member_id),
    _left("coupons", "coupons", coupons.c.member_id),
    _left("lots", "points lots", point_lots.c.member_id),
    _left("point-wallet", "points wallets", point_wallets.c.member_id),
    _left("payments", "payments that may still be paid", payments.c.member_id,
          payments.c.state.in_(("CREATED", "PREPAID"))),
    _left("openids", "openids", member_identities.c.member_id),
    _left("sessions", "sessions", sessions.c.subject_id),
    Rule("merged-debt", "members", ("member_id",), "member {member_id} is merged and owes {owed} points", _DEBTS),
    _ownerless("orders", orders.c.order_no, orders.c.member_id),
    _ownerless("coupons", coupons.c.coupon_id, coupons.c.member_id),
    _owed("stored_value"),
    _owed("points"),
)
