"""What must hold after members became one: nothing of value is left with a member who is another one by now, with one
who does not exist, or with one whom nobody can be (a merge of older code left those behind)."""

from __future__ import annotations

from sqlalchemy import exists, func, or_, select

from mall.kit.db import Tx
from mall.kit.ledger import HELD, ledger_accounts, ledger_entries
from mall.tables.marketing import coupons, group_seats
from mall.tables.people import member_identities, members, sessions
from mall.tables.points import point_lots, point_wallets
from mall.tables.trade import orders, payments

MOST = 100  # breaches shown of each rule
m, a, e = members.c, ledger_accounts.c, ledger_entries.c
_OWNS = tuple(
    (what, select(owner.label("member_id"), func.count().label("number"))
     .join_from(members, owner.table, owner == m.member_id)
     .where(m.merged_into.is_not(None), *more).group_by(owner).limit(MOST))
    for what, owner, more in (
        ("orders", orders.c.member_id, ()),
        ("coupons", coupons.c.member_id, ()),
        ("points lots", point_lots.c.member_id, ()),
        ("points wallets", point_wallets.c.member_id, ()),
        ("payments that may still be paid", payments.c.member_id, (payments.c.state.in_(("CREATED", "PREPAID")),)),
        ("seats", group_seats.c.member_id, ()),
        ("openids", member_identities.c.member_id, ()),
        ("sessions", sessions.c.subject_id, ()),
    ))
_OWNERLESS = tuple(
    (what, select(owner.label("member_id"), func.count().label("number"))
     .join_from(owner.table, members, owner == m.member_id, isouter=True)
     .where(m.member_id.is_(None)).group_by(owner).limit(MOST))
    for what, owner in (("orders", orders.c.member_id), ("coupons", coupons.c.member_id)))

_anybody = exists(select(member_identities.c.openid).where(member_identities.c.member_id == m.member_id))


def _owed(kind: str):
    """What accounts of this kind owe to nobody who could spend it."""
    owner = func.substr(func.replace(a.account, HELD, ""), len(kind) + 2)
    return (
        select(a.account, a.owed)
        .join_from(ledger_accounts, members, m.member_id == owner, isouter=True)
        .where(a.account.like(f"{kind}/%"), a.owed != 0,
               or_(m.member_id.is_(None), m.merged_into.is_not(None), ~_anybody))
        .limit(MOST)
    )


_ACCOUNTS = tuple(_owed(kind) for kind in ("stored_value", "points"))
_DEBTS = (
    select(e.account, func.sum(e.amount).label("owed"))
    .join_from(ledger_entries, members, m.member_id == func.substr(e.account, len("points_debt/") + 1))
    .where(e.account.like("points_debt/%"), m.merged_into.is_not(None))
    .group_by(e.account).having(func.sum(e.amount) != 0).limit(MOST)
)


def audit(tx: Tx) -> list[str]:
    """A sentence for each breach; none when everything of value has its living owner."""
    rules = [*_OWNS, *_OWNERLESS]
    found = tx.fetch(*[(statement, {}) for statement in (*(rule for _, rule in rules), *_ACCOUNTS, _DEBTS)])
    return [
        *(f"member {row.member_id} is merged or gone and still has {row.number} {what}"
          for (what, _), rows in zip(rules, found, strict=False) for row in rows),
        *(f"account {row.account} owes {row.owed} to a member who is merged or gone, or whom no openid leads to"
          for rows in found[len(rules):] for row in rows),
    ]
