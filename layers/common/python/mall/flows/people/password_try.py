"""One guess at a staff password, counted before it is looked at, and told in the audit log (spec J6)."""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from mall.domains.staff import passwords, rules, store
from mall.kit.db import Tx, Unprepared
from mall.kit.errors import TooMany
from mall.kit.schema import DEFAULT_SELLER

T = TypeVar("T")

PATIENCE_S = 2.0  # that a password waits for its turn
TURNS = max(2, (os.cpu_count() or 1) // 2)
_turns = threading.BoundedSemaphore(TURNS)


class HashingBusy(TooMany):
    code, message = "HASHING_BUSY", "正在处理的登录过多，请稍后再试"


@dataclass(frozen=True)
class Guess:
    """`account`: whose password may be guessed now; None when there is none, or not now. `staff_id`: whose name it
    was, of which seller. `if_wrong`: what the audit log calls it then."""

    account: Any | None
    staff_id: str | None
    if_wrong: str
    seller_id: str = DEFAULT_SELLER
    network: str = ""  # a keyed hash of where it comes from; empty: nobody knows


def in_turn(work: Callable[..., T], *args: Any) -> T:
    """`work(*args)`, which keeps a core busy for a quarter of a second: two of them, or half of the cores, at a time.
    Raises HashingBusy after two seconds."""
    if not _turns.acquire(timeout=PATIENCE_S):
        raise HashingBusy()
    try:
        return work(*args)
    finally:
        _turns.release()


def hash_first(cmd: Any, username: str) -> str:
    """The hash of `cmd.password`. Slow, and so made with no transaction open: the body begins again when it is there,
    in `cmd._password_hash`. Raises WeakPassword, HashingBusy."""
    if cmd._password_hash is None:
        raise Unprepared(lambda _: _hash(cmd, username))
    return cmd._password_hash


def _hash(cmd: Any, username: str) -> None:
    passwords.check_strength(cmd.password, username, field="password")
    cmd._password_hash = in_turn(passwords.hash_password, cmd.password, secrets.token_bytes(16))


def take_by_name(tx: Tx, username: str, network: str, settings: Any, now: datetime) -> Guess:
    """A guess at the account of this name, from this network."""
    return _take(tx, store.hold_account(tx, username), network, settings, now)


def take_by_id(tx: Tx, staff_id: str, network: str, settings: Any, now: datetime) -> Guess:
    """The same for somebody who is signed in."""
    return _take(tx, store.hold_account_of(tx, staff_id), network, settings, now)


def _take(tx: Tx, account: Any | None, network: str, settings: Any, now: datetime) -> Guess:
    """Counted for the network that tries, which alone is locked out; networks from which the account never signed in
    have a wide bound together, that costs no other network its own tries."""
    if account is None:
        return Guess(None, None, "UNKNOWN_NAME")
    if not account.active:
        return Guess(None, account.staff_id, "DEACTIVATED", account.seller_id)
    here = store.network(tx, account.staff_id, network)
    tries = rules.take_try(rules.Tries(here.failed, here.locked_until) if here else rules.Tries(0, None), now,
                           limit=settings.staff_tries, lock=timedelta(minutes=settings.staff_lock_minutes))
    if tries is None:
        return Guess(None, account.staff_id, "WHILE_LOCKED", account.seller_id)
    strangers = None
    if not rules.is_known(here.signed_in_at if here else None, now):
        strangers = rules.take_strangers_try(
            rules.Tries(account.failed_sign_ins, account.locked_until), now, limit=settings.staff_account_tries,
            window=timedelta(minutes=settings.try_minutes))
        if strangers is None:
            return Guess(None, account.staff_id, "TOO_MANY_STRANGERS", account.seller_id)
    store.count_try(tx, account.staff_id, network, tries, strangers, now)
    return Guess(account, account.staff_id, "LOCKED" if tries.locked_until else "WRONG_PASSWORD", account.seller_id,
                 network)


def note(tx: Tx, action: str, guess: Guess, outcome: str, address: str, now: datetime) -> None:
    """Keep in the audit log how the guess ended. `address`: a keyed hash of where it came from. A name that is nobody's
    is not kept: people type their password into the wrong field."""
    store.note_guess(tx, action, guess.seller_id, guess.staff_id or store.NOBODY,
                     {"outcome": outcome, "address": address}, now)
