"""The ledger's mechanism audits itself, piece by piece: each movement adds up to zero, each guarded account is its
legs (spec E9). Apart from `ledger`, which every sale loads."""

from __future__ import annotations

from sqlalchemy import and_, bindparam, func, or_, select

from mall.kit.db import among
from mall.kit.invariants import Feed, Rule, Subject, following
from mall.kit.ledger import ledger_accounts, ledger_entries

e, a = ledger_entries.c, ledger_accounts.c

_UNBALANCED = (
    select(e.reference, func.sum(e.amount).label("amount"))
    .where(e.reference.in_(among("keys")))
    .group_by(e.reference)
    .having(func.sum(e.amount) != 0)
)
_legs = (
    select(e.account, func.sum(e.amount).label("amount")).where(e.account.in_(among("keys"))).group_by(e.account)
    .subquery()
)
_GUARDED = (
    select(a.account, a.owed, func.coalesce(-_legs.c.amount, 0).label("legs"))
    .join_from(ledger_accounts, _legs, _legs.c.account == a.account, isouter=True)
    .where(a.account.in_(among("keys")), or_(a.owed != func.coalesce(-_legs.c.amount, 0), a.owed < 0))
)

_after_at = bindparam("after_created_at", type_=e.created_at.type)
_ENTRIES = (
    select(e.created_at, e.reference, e.leg, e.reference.label("movements"), e.account.label("accounts"), e.about)
    .where(e.created_at >= _after_at, or_(
        e.created_at > _after_at, e.reference > bindparam("after_reference"),
        and_(e.reference == bindparam("after_reference"), e.leg > bindparam("after_leg"))))
    .order_by(e.created_at, e.reference, e.leg).limit(bindparam("most"))
)

SUBJECTS = (
    Subject("movements", following(e.reference)),
    Subject("accounts", following(a.account)),
)
FEEDS = (
    Feed("ledger_entries", _ENTRIES, ("created_at", "reference", "leg"), lambda moment: (moment, "", 0)),
)
RULES = (
    Rule("movement-balance", "movements", ("reference",),
         "ledger movement {reference} is out of balance by {amount}", _UNBALANCED),
    Rule("account-legs", "accounts", ("account",),
         "ledger account {account} owes {owed}, its legs say {legs}", _GUARDED),
)
