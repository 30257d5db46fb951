"""Double entry (复式记账): value never appears or vanishes, it moves between accounts.

A movement is a few legs whose sum is zero, under a reference that exists once. Legs are written and never
touched again; a mistake is corrected by a movement of its own, with the legs turned round. A leg's amount
is a debit when positive (more of what we have, less of what we owe), a credit when negative; whole units of
the account, fen for money.

A guarded account is something that we owe somebody (a wallet, points). What is owed stands in a row
of its own and never falls below zero: the guard is in the SQL. Other accounts have no such row, which would
be the hottest of the shop; their balance is the sum of their legs.

    post(tx, "pay_01...", [Leg(WECHAT, 9_900), Leg(order_funds, -9_900)], reason="PAYMENT_RECEIVED", now=now)
    hold(tx, "wdr_01...", wallet, 500, ...); then settle(tx, "wdr_01...", [Leg(BANK, -500)], ...) or void(...)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, func, or_, select, update

from mall.kit.db import Tx, among
from mall.kit.errors import Conflict, NotFound, RuleBroken
from mall.kit.schema import Index, count_column, fen_column, table, text_column, time_column

ledger_entries = table(
    "ledger_entries",
    text_column("reference", 80, key=True),
    count_column("leg", key=True),
    text_column("account", 96),
    fen_column("amount"),
    text_column("about", 64, optional=True),  # the order, payment or refund that this leg concerns
    text_column("reason", 32),
    time_column("created_at"),
    Index("ix_ledger_entries_account", "account", "created_at"),
    Index("ix_ledger_entries_about", "about"),
    Index("ix_ledger_entries_created_at", "created_at", "reference"),
)
ledger_accounts = table(  # guarded accounts only
    "ledger_accounts",
    text_column("account", 96, key=True),
    fen_column("owed"),
)

HELD = "#held"
ENDED = ":end"

_MOVE = (
    update(ledger_accounts)
    .where(ledger_accounts.c.account == bindparam("of_account"), ledger_accounts.c.owed + bindparam("by_amount") >= 0)
    .values(owed=ledger_accounts.c.owed + bindparam("by_amount"))
)
_OF_REFERENCE = (
    select(ledger_entries)
    .where(ledger_entries.c.reference == bindparam("reference"))
    .order_by(ledger_entries.c.leg)
)
_BALANCES = (
    select(ledger_entries.c.account, func.sum(ledger_entries.c.amount).label("amount"))
    .group_by(ledger_entries.c.account)
    .order_by(ledger_entries.c.account)
)
_OWED = select(ledger_accounts.c.owed).where(ledger_accounts.c.account == bindparam("account"))
_LOCK_SEVERAL = (
    select(ledger_accounts)
    .where(ledger_accounts.c.account.in_(among("accounts")))
    .order_by(ledger_accounts.c.account)
    .with_for_update()
)
_OF_ACCOUNT = (
    select(ledger_entries)
    .where(ledger_entries.c.account == bindparam("account"),
           or_(ledger_entries.c.created_at < bindparam("before_at"),
               and_(ledger_entries.c.created_at == bindparam("before_at"),
                    ledger_entries.c.reference < bindparam("before_reference"))))
    .order_by(ledger_entries.c.created_at.desc(), ledger_entries.c.reference.desc())
    .limit(bindparam("most"))
)


class AlreadyPosted(Conflict):
    code, message = "ALREADY_POSTED", "该笔账务已入账，无需重复操作"


class BalanceShort(RuleBroken):
    code, message = "BALANCE_SHORT", "余额不足，请核对后重试"


class NotHeld(NotFound):
    code, message = "NOT_HELD", "没有这笔冻结"


@dataclass(frozen=True)
class Account:
    """By name; `guarded`: what is owed on it never falls below zero, and it is opened before its first leg."""

    name: str
    guarded: bool = False


@dataclass(frozen=True)
class Leg:
    account: Account
    amount: int
    about: str | None = None


def post(tx: Tx, reference: str, legs: Sequence[Leg], *, reason: str, now: datetime) -> None:
    """Queue one movement. ValueError unless the legs are at least two, none is zero and their sum is. At the
    end of the transaction AlreadyPosted for a reference that was used, BalanceShort where a guarded account
    would fall below zero (or was never opened)."""
    if len(legs) < 2 or sum(leg.amount for leg in legs) != 0 or not all(leg.amount for leg in legs):
        raise ValueError(f"the legs of {reference} do not balance")
    for number, leg in enumerate(legs):
        tx.insert(ledger_entries, duplicate=AlreadyPosted(reference=reference), reference=reference, leg=number,
                  account=leg.account.name, amount=leg.amount, about=leg.about, reason=reason, created_at=now)
    for leg in legs:
        if leg.account.guarded:
            tx.write(_MOVE, rows=1, otherwise=BalanceShort(), of_account=leg.account.name, by_amount=-leg.amount,
                     hot=("ledger_accounts", leg.account.name))


def open_account(tx: Tx, account: Account) -> None:
    """An empty guarded account, and the place for what is held of it; harmless when it is there."""
    for each in (account, held(account)):
        tx.insert_if_absent(ledger_accounts, account=each.name, owed=0)


def held(account: Account) -> Account:
    """Where the held part of a guarded account stands."""
    return Account(account.name + HELD, guarded=True)


def hold(tx: Tx, reference: str, account: Account, amount: int, *, about: str | None = None, reason: str,
         now: datetime) -> None:
    """Set `amount` of a guarded account aside. Raises BalanceShort, AlreadyPosted."""
    if amount <= 0:
        raise ValueError("a hold is more than nothing")
    post(tx, reference, [Leg(account, amount, about), Leg(held(account), -amount, about)], reason=reason, now=now)


def settle(tx: Tx, reference: str, legs: Sequence[Leg], *, reason: str, now: datetime,
           owner: Account | None = None) -> None:
    """What was held under `reference` goes where `legs` say (credits of its whole amount). `owner`: whose account it
    stands on by now, where it was carried over to another since. Raises NotHeld, and AlreadyPosted when it was
    settled or voided before."""
    _, aside = _held_legs(tx, reference)
    account = held(owner) if owner else Account(aside.account, guarded=True)
    post(tx, reference + ENDED, [Leg(account, -aside.amount, aside.about), *legs], reason=reason, now=now)


def void(tx: Tx, reference: str, *, reason: str, now: datetime, owner: Account | None = None) -> None:
    """What was held under `reference` goes back to its account, or to that of the `owner` it was carried over to.
    Raises NotHeld, AlreadyPosted."""
    free, aside = _held_legs(tx, reference)
    back = owner or Account(free.account, guarded=True)
    legs = [Leg(held(back), -aside.amount, aside.about), Leg(back, -free.amount, free.about)]
    post(tx, reference + ENDED, legs, reason=reason, now=now)


def carry_over(tx: Tx, reference: str, origin: Account, target: Account, *, about: str, reason: str,
               now: datetime) -> None:
    """All that is owed on one guarded account, the held part of it too, is owed on another from now on, which is
    opened where the first is. Both are locked until the end. Raises AlreadyPosted."""
    pairs = ((origin, target), (held(origin), held(target)))
    rows = tx.all(_LOCK_SEVERAL, accounts=sorted(each.name for pair in pairs for each in pair))
    found = {row.account: row.owed for row in rows}
    if origin.name in found:
        open_account(tx, target)
    legs = [leg for one, other in pairs if found.get(one.name)
            for leg in (Leg(one, found[one.name], about), Leg(other, -found[one.name], about))]
    if legs:
        post(tx, reference, legs, reason=reason, now=now)


def _held_legs(tx: Tx, reference: str) -> list[Any]:
    legs = entries(tx, reference)
    if len(legs) != 2 or legs[1].account != legs[0].account + HELD:
        raise NotHeld(reference=reference)
    return legs


def entries(tx: Tx, reference: str) -> list[Any]:
    """The legs of one movement, in the order they were posted; none when there is no such movement."""
    return tx.all(_OF_REFERENCE, reference=reference)


def entries_of_account(tx: Tx, account: Account, before: tuple[datetime, str], most: int) -> list[Any]:
    """The legs on one account, the newest first, those before (moment, reference)."""
    return tx.all(_OF_ACCOUNT, account=account.name, before_at=before[0], before_reference=before[1], most=most)


def balances(tx: Tx) -> dict[str, int]:
    """{account: sum of its legs}: debits positive, so what is owed shows negative."""
    return {row.account: int(row.amount) for row in tx.all(_BALANCES)}


def owed(tx: Tx, account: Account) -> int:
    """What is owed on a guarded account; 0 when it was never opened."""
    row = tx.one(_OWED, account=account.name)
    return row.owed if row else 0
