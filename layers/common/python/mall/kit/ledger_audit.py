"""The ledger's mechanism audits itself, piece by piece: each movement adds up to zero, each guarded account is its
legs (spec E9). Apart from `ledger`, which every sale loads."""

from __future__ import annotations

from sqlalchemy import and_, bindparam, func, or_, select

from mall.kit.db import among
from mall.kit.invariants import Feed, Rule, Subject, following
from mall.kit.ledger import ledger_accounts, ledger_entries

_UNBALANCED = (
    select(ledger_entries.c.reference, func.sum(ledger_entries.c.amount).label("amount"))
    .where(ledger_entries.c.reference.in_(among("keys")))
    .group_by(ledger_entries.c.reference)
    .having(func.sum(ledger_entries.c.amount) != 0)
)
_legs = (
    select(ledger_entries.c.account, func.sum(ledger_entries.c.amount).label("amount"))
    .where(ledger_entries.c.account.in_(among("keys")))
    .group_by(ledger_entries.c.account)
    .subquery()
)
_GUARDED = (
    select(ledger_accounts.c.account, ledger_accounts.c.owed, func.coalesce(-_legs.c.amount, 0).label("legs"))
    .join_from(ledger_accounts, _legs, _legs.c.account == ledger_accounts.c.account, isouter=True)
    .where(ledger_accounts.c.account.in_(among("keys")),
           or_(ledger_accounts.c.owed != func.coalesce(-_legs.c.amount, 0), ledger_accounts.c.owed < 0))
)

_after_at = bindparam("after_created_at", type_=ledger_entries.c.created_at.type)
_ENTRIES = (
    select(ledger_entries.c.created_at, ledger_entries.c.reference, ledger_entries.c.leg,
           ledger_entries.c.reference.label("movements"), ledger_entries.c.account.label("accounts"),
           ledger_entries.c.about)
    .where(ledger_entries.c.created_at >= _after_at,
           or_(ledger_entries.c.created_at > _after_at, ledger_entries.c.reference > bindparam("after_reference"),
               and_(ledger_entries.c.reference == bindparam("after_reference"),
                    ledger_entries.c.leg > bindparam("after_leg"))))
    .order_by(ledger_entries.c.created_at, ledger_entries.c.reference, ledger_entries.c.leg).limit(bindparam("most"))
)

SUBJECTS = (
    Subject("movements", following(ledger_entries.c.reference)),
    Subject("accounts", following(ledger_accounts.c.account)),
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
