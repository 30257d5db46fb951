"""What became of a town, told so that two runs can be laid side by side.

Every row of every table, less what rightly differs from run to run: times, dice, and how often something
was tried. Ids that a run made itself are reduced to their kind; ids of the prepared town stay.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from mall.kit.db import Instant
from mall.kit.schema import metadata

ID = re.compile(r"[a-z]{3}_[0-9A-HJKMNP-TV-Z]{26}")
TIME = r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?:[:.+\d]*)"
WECHAT = r"(?<![0-9A-Za-z])(?:[0-9a-f]{16,}|(?:42|50)[0-9A-Z]{26})(?![0-9A-Za-z])"  # numbers of the fake books, hashes
COPY = r"(?<=[0-9A-Z]{26}-)[0-9A-Z]{8}"  # the end of a copied SKU code
DICE = re.compile(f"{TIME}|{WECHAT}|{COPY}")
LEFT_OUT = {  # a request that is repeated signs in twice, is twice in the audit chain, and counts as two tries
    "idempotency_keys", "sessions", "audit_seals", "attempts",
}
AS_SET = {"audit_entries"}  # a repeated request of the staff is noted twice
TRIES = {  # how often, by whom, and dice
    "attempts", "asked", "report_attempts", "last_error", "request_id", "actor", "made_by", "told_by", "position",
    "actor_id", "entry_id", "password_hash", "code", "pickup_code", "object_key", "wrapped",
}


def summary(town: Any, known: set[str], apart: tuple[str, ...] = ()) -> dict[str, Counter]:
    """{table: rows counted, normalised}; what was sent to WeChat's other doors too. `apart`: columns that
    are not compared."""
    told, every = {}, _tables()
    found = town.rows(*every)
    paid = {row.payment_no for row in found["payments"] if row.state == "PAID"}
    for name, table in every.items():
        columns = [column.name for column in table.columns
                   if not isinstance(column.type, Instant) and column.name not in TRIES and column.name not in apart]
        rows = [row for row in found[name] if not _is_void(name, row, paid)]
        lines = [" ".join(f"{column}={_plain(getattr(row, column), known)}" for column in columns) for row in rows]
        told[name] = Counter(set(lines) if name in AS_SET else lines)
    for kind in ("message", "shipping"):
        told[f"wechat {kind}"] = Counter({_plain(each, known) for each in town.books.every(kind)})
    return told


def ids(town: Any) -> set[str]:
    """Every id that stands anywhere in the town now."""
    return {each for rows in town.rows(*_tables()).values() for row in rows for each in ID.findall(str(tuple(row)))}


def _tables() -> dict[str, Any]:
    return {name: table for name, table in sorted(metadata.tables.items()) if name not in LEFT_OUT}


def differences(undisturbed: dict[str, Counter], disturbed: dict[str, Counter]) -> list[str]:
    found = []
    for name in undisturbed:
        missing, more = undisturbed[name] - disturbed[name], disturbed[name] - undisturbed[name]
        found += [f"{name}: missing {line} x{count}" for line, count in missing.items()]
        found += [f"{name}: more {line} x{count}" for line, count in more.items()]
    return found


def _is_void(name: str, row: Any, paid: set[str]) -> bool:
    """A payment that was never paid leaves no trace in the books of money."""
    return name in ("payments", "payment_lines") and row.payment_no not in paid


def _plain(value: Any, known: set[str]) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_plain(each, known)}" for key, each in sorted(value.items())
                               if key not in TRIES) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(sorted(_plain(each, known) for each in value)) + "]"
    return DICE.sub("*", ID.sub(lambda found: found[0] if found[0] in known else found[0][:3], str(value)))
