"""The audit log as a chain of hashes: what was written can be neither changed, removed nor moved unseen (spec J4).

A command writes its entry beside its own work and touches no row that others want. A timer seals entries that
are a minute old, in order: each gets the next number and a hash over the hash before it and its own content.
When a day is over its last hash becomes the day's root, which covers the roots before it and goes into the
log of the platform, where the database's owner cannot reach it. Entries, seals and roots are only ever added.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, select

from mall.kit.clock import SHANGHAI
from mall.kit.db import Interrupted, Tx
from mall.tables.people import audit_entries, audit_roots, audit_seals

GENESIS = "0" * 64
SETTLED = timedelta(minutes=1)  # by then every transaction that could write an earlier entry has ended
LATE = timedelta(hours=1)  # how far behind the last sealed entry a straggler is looked for
UNSEALED = timedelta(hours=1)  # an entry older than this without a seal was not written by a command of ours
BATCH = 200
PAGE = 1_000

_SEALED = audit_entries.outerjoin(audit_seals, audit_entries.c.entry_id == audit_seals.c.entry_id)
_HEAD = (
    select(audit_seals, audit_entries.c.created_at)
    .join_from(audit_seals, audit_entries, audit_entries.c.entry_id == audit_seals.c.entry_id, isouter=True)
    .order_by(audit_seals.c.sequence.desc())
    .limit(1)
)
_WAITING = (
    select(audit_entries)
    .select_from(_SEALED)
    .where(audit_seals.c.entry_id.is_(None), audit_entries.c.created_at > bindparam("after"),
           audit_entries.c.created_at <= bindparam("until"))
    .order_by(audit_entries.c.created_at, audit_entries.c.entry_id)
    .limit(BATCH)
)
_LAST_ROOT = select(audit_roots).order_by(audit_roots.c.day.desc()).limit(1)
_ROOT_BEFORE = (
    select(audit_roots)
    .where(audit_roots.c.day < bindparam("day"))
    .order_by(audit_roots.c.day.desc())
    .limit(1)
)
_ROOT = select(audit_roots).where(audit_roots.c.day == bindparam("day"))
_DAYS = (
    select(audit_seals.c.day, func.min(audit_seals.c.sequence).label("first"),
           func.max(audit_seals.c.sequence).label("last"))
    .where(audit_seals.c.day > bindparam("after"), audit_seals.c.day < bindparam("today"))
    .group_by(audit_seals.c.day)
    .order_by(audit_seals.c.day)
    .limit(31)
)
_AT = select(audit_seals).where(audit_seals.c.sequence == bindparam("sequence"))
_PAGE = (
    select(audit_seals.c.sequence, audit_seals.c.hash, audit_seals.c.entry_id.label("sealed_id"), audit_entries)
    .join_from(audit_seals, audit_entries, audit_entries.c.entry_id == audit_seals.c.entry_id, isouter=True)
    .where(audit_seals.c.day == bindparam("day"), audit_seals.c.sequence > bindparam("after"))
    .order_by(audit_seals.c.sequence)
    .limit(PAGE)
)
_STRAY = (
    select(audit_entries.c.entry_id)
    .select_from(_SEALED)
    .where(audit_seals.c.entry_id.is_(None), audit_entries.c.created_at >= bindparam("begins"),
           audit_entries.c.created_at < bindparam("ends"))
    .order_by(audit_entries.c.created_at, audit_entries.c.entry_id)
    .limit(1)
)


@dataclass(frozen=True)
class Breach:
    """The first row that is not as it was sealed."""

    sequence: int | None
    entry_id: str | None
    kind: str  # CHANGED, ENTRY_MISSING, SEAL_MISSING, NEVER_SEALED, ROOT_DIFFERS


@dataclass(frozen=True)
class Verdict:
    checked: int
    root: str | None  # of the day; None while it is not over
    breach: Breach | None


def seal_batch(tx: Tx, now: datetime) -> int:
    """Seal the next entries, at most BATCH; how many. Two sealers at the same moment want the same numbers, and
    the one that comes second looks again."""
    head = tx.one(_HEAD)
    after = head.created_at - LATE if head and head.created_at else datetime(2000, 1, 1, tzinfo=now.tzinfo)
    sequence, before = (head.sequence, head.hash) if head else (0, GENESIS)
    waiting = tx.all(_WAITING, after=after, until=now - SETTLED)
    for entry in waiting:
        sequence, before = sequence + 1, hash_of(before, sequence + 1, entry)
        tx.insert(audit_seals, sequence=sequence, entry_id=entry.entry_id, day=day_of(now), hash=before,
                  sealed_at=now, duplicate=Interrupted("sealed by another"))
    return len(waiting)


def close_days(tx: Tx, now: datetime) -> list[tuple[str, str]]:
    """(day, root) of every day that is over and has no root yet; a day on which nothing was sealed has none."""
    last = tx.one(_LAST_ROOT)
    before, closed = (last.root if last else GENESIS), []
    for day in tx.all(_DAYS, after=last.day if last else "", today=day_of(now)):
        before = root_of(before, day.day, day.first, tx.one(_AT, sequence=day.last))
        tx.insert(audit_roots, day=day.day, first_sequence=day.first, last_sequence=day.last, root=before,
                  made_at=now, duplicate=Interrupted("closed by another"))
        closed.append((day.day, before))
    return closed


def verify(tx: Tx, day: str, now: datetime, *, kept_elsewhere: str | None = None) -> Verdict:
    """Compute the day's chain anew from its entries, and name the first row that does not fit. `kept_elsewhere`: the
    day's root as the platform's log has it, without which the newest days can be cut off with their roots unseen."""
    root, earlier = tx.one(_ROOT, day=day), tx.one(_ROOT_BEFORE, day=day)
    sequence = earlier.last_sequence if earlier else 0
    seal_before = tx.one(_AT, sequence=sequence)
    if sequence and seal_before is None:
        return Verdict(0, root.root if root else None, Breach(sequence, None, "SEAL_MISSING"))
    before, start = seal_before.hash if seal_before else GENESIS, sequence
    while page := tx.all(_PAGE, day=day, after=sequence):
        for row in page:
            breach = _breach(before, sequence + 1, row)
            if breach:
                return Verdict(sequence - start, root.root if root else None, breach)
            sequence, before = row.sequence, row.hash
    breach = _root_breach(earlier, root, start, sequence, before) or _stray(tx, day, now)
    if breach is None and kept_elsewhere and (root is None or root.root != kept_elsewhere):
        breach = Breach(None, None, "ROOT_DIFFERS")
    return Verdict(sequence - start, root.root if root else None, breach)


def _breach(before: str, expected: int, row: Any) -> Breach | None:
    if row.sequence != expected:
        return Breach(expected, None, "SEAL_MISSING")
    if row.entry_id is None:
        return Breach(expected, row.sealed_id, "ENTRY_MISSING")
    return Breach(expected, row.entry_id, "CHANGED") if hash_of(before, expected, row) != row.hash else None


def _root_breach(earlier: Any, root: Any, start: int, last: int, last_hash: str) -> Breach | None:
    if root is None:
        return None
    if (root.first_sequence, root.last_sequence) != (start + 1, last):
        return Breach(min(last + 1, root.last_sequence), None, "SEAL_MISSING")
    expected = _root(earlier.root if earlier else GENESIS, root.day, root.first_sequence, last, last_hash)
    return None if root.root == expected else Breach(last, None, "ROOT_DIFFERS")


def _stray(tx: Tx, day: str, now: datetime) -> Breach | None:
    """An entry of that day which no timer ever sealed: it was put in afterwards, with a time of the past."""
    begins = datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=SHANGHAI)
    ends = min(begins + timedelta(days=1), now - UNSEALED)
    found = tx.one(_STRAY, begins=begins, ends=ends)
    return Breach(None, found.entry_id, "NEVER_SEALED") if found else None


def day_of(now: datetime) -> str:
    """The shop's day: 2026-11-21."""
    return now.astimezone(SHANGHAI).strftime("%Y-%m-%d")


def is_day(text: str) -> bool:
    """Whether the calendar has such a day: 2026-02-30 is none."""
    try:
        return bool(datetime.strptime(text, "%Y-%m-%d"))
    except ValueError:
        return False


def hash_of(before: str, sequence: int, entry: Any) -> str:
    """Over the hash before and the entry's canonical content: JSON with sorted keys, the time to the microsecond."""
    content = [sequence, entry.entry_id, entry.actor_id, entry.action, entry.request_id, entry.target,
               entry.created_at.isoformat(timespec="microseconds")]
    return _digest(before, json.dumps(content, ensure_ascii=True, sort_keys=True, separators=(",", ":")))


def root_of(before: str, day: str, first: int, last_seal: Any) -> str:
    return _root(before, day, first, last_seal.sequence, last_seal.hash)


def _root(before: str, day: str, first: int, last: int, last_hash: str) -> str:
    return _digest(before, f"{day} {first} {last} {last_hash}")


def _digest(before: str, content: str) -> str:
    return hashlib.sha256(f"{before}\n{content}".encode()).hexdigest()
