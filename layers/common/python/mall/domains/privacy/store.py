"""Seals and hashes anew what older keys have made, what is still plain and what is not in its form: table by table, a
batch to a transaction.

Every table with a sealed column is walked, whoever added it; its primary key must be one column. A row that
somebody changes meanwhile is left alone: what he wrote is sealed with the new key. All rows are walked once for each
key, and once more when a release seals another column, finds rows by another, or keeps text in another form: then
only when the instances of the release before are gone, which still write as they did.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any

from sqlalchemy import Column, Table, Text, bindparam, func, select, type_coerce, update

from mall.domains.privacy import rules
from mall.kit import key_ring, sealed, text
from mall.kit.db import Tx
from mall.tables import load_all

# What rows are found by: made of a sealed column's value, and made anew with it.
_FOUND_BY = {
    "members": {"phone_hash": ("phone", lambda phone: phone)},
    "orders": {"receiver_phone_hash": ("address", lambda address: address["phone"] or None),
               "receiver_name_hash": ("address", lambda address: text.name_key(address["name"]) or None)},
    "sealed_codes": {"code_hash": ("code", lambda code: code)},
}
# How a value that was saved in an earlier form is written today.
_FORM_OF = {"members": {"phone": rules.phone}, "addresses": {"phone": rules.phone},
            "orders": {"address": rules.address}}
LAST = "~"  # sorts after every id


@dataclass(frozen=True)
class SealedTable:
    key: Column
    columns: tuple[str, ...]
    page: Any
    swap: Any


def step(tx: Tx, now: datetime) -> int | None:
    """Walk one batch for the current key; how many rows were sealed anew, None when there is nothing to walk.
    Two timers at once take turns at the key's row."""
    key = key_ring.lock_current(tx)
    if key is None or now < key.created_at + key_ring.SETTLED_AFTER:
        return None
    progress, what = key.progress or {}, what_is_walked()
    if progress.get("walked") == what:
        return None
    if progress.get("walking") != what:  # what this release seals, finds rows by or writes otherwise
        if progress != key_ring.FROM_THE_START and not _may_begin(tx, key, progress, what, now):
            return None
        progress = key_ring.FROM_THE_START
    found = sealed_tables()
    name = progress["table"] or rules.next_table(list(found), "")
    rows = tx.all(found[name].page, after=progress["after"], most=rules.BATCH)
    stale = [row for row in rows if _is_stale(found[name], row, key.key_id) or _is_lost(tx, name, row)
             or _in_form(name, row)]
    for row in stale:
        _seal_anew(tx, found[name], row)
    reached: dict[str, str] | None = {"table": name, "after": rows[-1][0], "walking": what} if rows else None
    if len(rows) < rules.BATCH:
        following = rules.next_table(list(found), name)
        reached = {"table": following, "after": "", "walking": what} if following else None
    # a release that does not know `walked` finds nothing left
    key_ring.save_progress(tx, key.key_id, reached or {"table": name, "after": LAST, "walked": what})
    if reached is None:
        key_ring.retire_old(tx, now)
    return len(stale)


def _may_begin(tx: Tx, key: Any, progress: dict[str, str], what: str, now: datetime) -> bool:
    """Whether a release's own walk is known of for so long that no instance of another writes any more; else it is
    from now on. The release before reads on in the progress what it has walked itself."""
    if progress.get("waits") == what:
        return now >= datetime.fromisoformat(progress["since"]) + key_ring.SETTLED_AFTER
    told = {"waits": what, "since": now.isoformat()}
    key_ring.save_progress(tx, key.key_id, {**key_ring.FROM_THE_START, **progress, **told})
    return False


@lru_cache(maxsize=1)
def what_is_walked() -> str:
    """A digest of the columns that are sealed and found by, and of the form of their text: another one, and all rows
    are walked once more."""
    names = [f"{name}.{column}" for name, found in sealed_tables().items()
             for column in (*found.columns, *_FOUND_BY.get(name, ()))]
    return sha256("\n".join([*names, f"form {rules.FORM}"]).encode()).hexdigest()[:16]


@lru_cache(maxsize=1)
def sealed_tables() -> dict[str, SealedTable]:
    """Every table with sealed columns, by name."""
    kinds = (sealed.SealedText, sealed.SealedJson)
    columns = {table: [column for column in table.c if isinstance(column.type, kinds)]
               for table in load_all().sorted_tables}
    return {table.name: _sealed_table(table, found) for table, found in sorted(
        columns.items(), key=lambda pair: pair[0].name) if found}


def count_by_key(tx: Tx) -> dict[str, int]:
    """How many values each key has sealed, "plain" those that none has: for the command line."""
    counts: dict[str, int] = {}
    for found in sealed_tables().values():
        after = ""
        while rows := tx.all(found.page, after=after, most=rules.BATCH):
            after = rows[-1][0]
            for kept in (getattr(row, f"raw_{name}") for row in rows for name in found.columns):
                if kept is not None:
                    key_id = sealed.key_of(kept) or "plain"
                    counts[key_id] = counts.get(key_id, 0) + 1
    return counts


def _sealed_table(table: Table, columns: list[Column]) -> SealedTable:
    [key] = table.primary_key.columns
    raw = [type_coerce(column, Text).label(f"raw_{column.name}") for column in columns]
    hashes = [table.c[name] for name in _FOUND_BY.get(table.name, ())]
    page = (select(key, *columns, *raw, *hashes).where(key > bindparam("after")).order_by(key).limit(bindparam("most")))
    swap = (
        update(table)
        .where(key == bindparam("of_key"), *[
            func.coalesce(type_coerce(column, Text), "") == bindparam(f"seen_{column.name}", type_=Text)
            for column in columns])
        .values({name: bindparam(f"new_{name}") for name in (column.name for column in [*columns, *hashes])})
    )
    return SealedTable(key, tuple(column.name for column in columns), page, swap)


def _is_stale(found: SealedTable, row: Any, key_id: str) -> bool:
    raw = [getattr(row, f"raw_{name}") for name in found.columns]
    return any(kept is not None and sealed.key_of(kept) != key_id for kept in raw)


def _is_lost(tx: Tx, name: str, row: Any) -> bool:
    """Whether the row would not be found under the current search key."""
    values = {column: getattr(row, column) for column, _ in _FOUND_BY.get(name, {}).values()}
    return any(getattr(row, column) != (clear and tx.key_ring.digest(f"{name}.{column}", clear))
               for column, clear in _found_by(name, values).items())


def _found_by(name: str, values: dict[str, Any]) -> dict[str, str | None]:
    """What a row with these values is found by, in clear, by the column of its hash."""
    return {column: clear_of(values[source]) if values[source] else None
            for column, (source, clear_of) in _FOUND_BY.get(name, {}).items()}


def _in_form(name: str, row: Any) -> dict[str, Any]:
    """The columns of the row that are kept in another form than today's, each with its value in today's."""
    kept = {column: (getattr(row, column), form) for column, form in _FORM_OF.get(name, {}).items()}
    return {column: form(value) for column, (value, form) in kept.items() if value is not None and form(value) != value}


def _seal_anew(tx: Tx, found: SealedTable, row: Any) -> None:
    name = found.key.table.name
    values = {column: getattr(row, column) for column in found.columns} | _in_form(name, row)
    values |= _found_by(name, values)
    seen = {f"seen_{name}": getattr(row, f"raw_{name}") or "" for name in found.columns}
    tx.write(found.swap, of_key=row[0], **seen, **{f"new_{name}": value for name, value in values.items()})
