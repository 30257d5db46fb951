"""Wallets as the ledger has them: what is owed, entry by entry and day by day; and the safeguarding reports."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, case, func, select

from mall.domains.wallets.rules import Moved, Owed, Safeguarding
from mall.kit import ledger
from mall.kit.db import Tx
from mall.kit.ledger import Account, ledger_accounts, ledger_entries
from mall.kit.page import LAST, newest_first
from mall.tables.accounts import safeguarding_reports
from mall.tables.people import members

WALLETS = "stored_value/"

_OWED = select(ledger_accounts.c.account, ledger_accounts.c.owed).where(
    ledger_accounts.c.account.in_((bindparam("account"), bindparam("aside"))))
_LOCK = select(ledger_accounts.c.owed).where(ledger_accounts.c.account == bindparam("account")).with_for_update()
_MEMBER = select(members.c.member_id).where(members.c.member_id == bindparam("member_id"))


def account_of(member_id: str) -> Account:
    return Account(f"{WALLETS}{member_id}", guarded=True)


def lock(tx: Tx, member_id: str) -> None:
    """The member's wallet, locked until the transaction ends; opened when there is none. Before the first top-up is
    paid, so that crediting it locks one row only."""
    account = account_of(member_id)
    if tx.one(_LOCK, account=account.name) is None:
        ledger.open_account(tx, account)


def owed(tx: Tx, member_id: str) -> Owed:
    """Nothing for a member who has no wallet."""
    return owed_of(member_id, tx.fetch(ask_owed(member_id))[0])


def ask_owed(member_id: str) -> tuple[Any, dict[str, str]]:
    return _OWED, _names(member_id)


def owed_of(member_id: str, rows: list[Any]) -> Owed:
    """From the answer to `ask_owed`."""
    found, names = {row.account: row.owed for row in rows}, _names(member_id)
    return Owed(found.get(names["account"], 0), found.get(names["aside"], 0))


def _names(member_id: str) -> dict[str, str]:
    account = account_of(member_id)
    return {"account": account.name, "aside": ledger.held(account).name}


def is_member(tx: Tx, member_id: str) -> bool:
    return tx.one(_MEMBER, member_id=member_id) is not None


def entries(tx: Tx, member_id: str, before: tuple[datetime, str], most: int) -> list[Any]:
    """What came into and went out of what the member may spend, the newest first, those before (moment, reference)."""
    return ledger.entries_of_account(tx, account_of(member_id), before, most)


# the daily report: held parts are owed too, so that holding and releasing move nothing

_of_wallets = ledger_entries.c.account.like(f"{WALLETS}%")


def _sum(*reasons: str) -> Any:
    return func.coalesce(func.sum(case((ledger_entries.c.reason.in_(reasons), -ledger_entries.c.amount), else_=0)), 0)


_MOVED = select(_sum("TOPPED_UP").label("topped_up_fen"), _sum("BALANCE_SPENT").label("spent_fen"),
                _sum("REFUND_DECIDED").label("refunded_fen"),
                func.coalesce(func.sum(-ledger_entries.c.amount), 0).label("all_fen")).where(
    _of_wallets, ledger_entries.c.created_at >= bindparam("since"), ledger_entries.c.created_at < bindparam("until"))
_OWED_AT = select(func.coalesce(func.sum(-ledger_entries.c.amount), 0).label("fen")).where(
    _of_wallets, ledger_entries.c.created_at < bindparam("until"))
_FIRST = select(func.min(ledger_entries.c.created_at).label("at")).where(_of_wallets)
_LAST = select(safeguarding_reports).order_by(safeguarding_reports.c.day.desc()).limit(1)
_OF_DAY = select(safeguarding_reports).where(safeguarding_reports.c.day == bindparam("day"))
_PAGE = newest_first(
    select(safeguarding_reports),
    safeguarding_reports.c.day)


def last_report(tx: Tx) -> Any | None:
    return tx.one(_LAST)


def report_of(tx: Tx, day: date) -> Any | None:
    return tx.one(_OF_DAY, day=day.isoformat())


def first_movement(tx: Tx) -> datetime | None:
    return tx.one(_FIRST).at


def moved(tx: Tx, since: datetime, until: datetime) -> tuple[Moved, int]:
    """What moved within the time, and what was owed at its end."""
    (within,), (owed_at,) = tx.fetch((_MOVED, {"since": since, "until": until}), (_OWED_AT, {"until": until}))
    return Moved(int(within.topped_up_fen), -int(within.spent_fen), int(within.refunded_fen)), int(owed_at.fen)


def keep_report(tx: Tx, report: Safeguarding, now: datetime) -> None:
    """The day's row; nothing when another run was faster."""
    tx.insert_if_absent(safeguarding_reports, made_at=now, **asdict(report))


def page_of_reports(tx: Tx, before: str | None, most: int) -> list[Any]:
    """The newest day first."""
    return tx.all(_PAGE, before=before or LAST, most=most)
