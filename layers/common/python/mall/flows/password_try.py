"""One guess at a staff password, counted before it is looked at (spec J6)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from mall.domains.staff import rules, store
from mall.kit.db import Tx


def take_by_name(tx: Tx, username: str, settings: Any, now: datetime) -> Any | None:
    """The account whose password may be guessed once more; None when there is none, or not now."""
    return _take(tx, store.hold_account(tx, username), settings, now)


def take_by_id(tx: Tx, staff_id: str, settings: Any, now: datetime) -> Any | None:
    """The same for somebody who is signed in."""
    return _take(tx, store.hold_account_of(tx, staff_id), settings, now)


def _take(tx: Tx, account: Any | None, settings: Any, now: datetime) -> Any | None:
    if account is None or not account.active:
        return None
    tries = rules.take_try(rules.Tries(account.failed_sign_ins, account.locked_until), now,
                           limit=settings.staff_tries, lock=timedelta(minutes=settings.staff_lock_minutes))
    if tries is None:
        return None
    store.count_try(tx, account.staff_id, tries)
    return account
