"""What became of a town, told so that two runs can be laid side by side.

Every row of every table, less what rightly differs from run to run: times, dice, and how often something
was tried. Ids that a run made itself are reduced to their kind; ids of the prepared town stay.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime
from typing import Any

from mall.kit import clock
from mall.kit.db import Instant
from mall.kit.schema import metadata

ID = re.compile(r"[a-z]{3}_[0-9A-HJKMNP-TV-Z]{26}")
TIME = r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?:[:.+\d]*)"
WECHAT = r"(?<![0-9A-Za-z])(?:[0-9a-f]{16,}|(?:42|50)[0-9A-Z]{26})(?![0-9A-Za-z])"  # numbers of the fake books, hashes
COPY = r"(?<=[0-9A-Z]{26}-)[0-9A-Z]{8}"  # the end of a copied SKU code
DICE = re.compile(f"{TIME}|{WECHAT}|{COPY}")
LEFT_OUT = {  # a request that is repeated signs in twice, is twice in the audit chain, and counts as two tries; an
    # audit that is killed is a run more, and goes on from another place
    "idempotency_keys", "sessions", "audit_seals", "attempts", "audit_runs", "audit_positions",
}
AS_SET = {"audit_entries"}  # a repeated request of the staff is noted twice
PAID_FOR = {"payments", "payment_lines"}
BY_CHANCE = {  # by whom, and dice: nothing hangs on them
    "last_error", "request_id", "actor", "made_by", "told_by", "actor_id", "entry_id", "password_hash", "code",
    "pickup_code", "object_key", "wrapped",
}
TRIES = BY_CHANCE | {"attempts", "asked", "report_attempts", "position"}


class Sight:
    """Looks at a town that plays begin in: made when it stands prepared, then asked after each play."""

    def __init__(self, town: Any, apart: tuple[str, ...] = ()):
        """`apart`: columns that are not compared."""
        self.town, self.apart, self.at = town, apart, clock.now()
        rows = town.rows(*metadata.tables)
        self.known = {each for found in rows.values() for row in found for each in ID.findall(str(tuple(row)))}
        self.before = self._told({name: rows[name] for name in sorted(set(rows) - LEFT_OUT)})

    def end(self) -> dict[str, Counter]:
        """{table: rows counted, normalised}; what was sent to WeChat's other doors too."""
        changed = self.town.touched - LEFT_OUT
        told = self.before | self._told(self.town.rows(*sorted(changed | (PAID_FOR if changed & PAID_FOR else set()))))
        for kind in ("message", "shipping"):
            told[f"wechat {kind}"] = Counter({_plain(each, self.known) for each in self.town.books.every(kind)})
        return told

    def exact(self) -> str:
        """All that decides how the town goes on: every changed row, WeChat's books; new ids by the order in which
        they were made, times to two minutes."""
        rows = self.town.rows(*sorted(self.town.touched))
        told = [f"{name} {_exact(row, self.at)}" for name, found in rows.items() for row in found]
        told += [str(document) for document in sorted(self.town.books.snapshot())]
        text = "\n".join(told)
        made: dict[str, str] = {}
        for each in sorted(set(ID.findall(text)) - self.known):
            made[each] = f"{each[:3]}-{sum(other[:3] == each[:3] for other in made)}"
        return "\n".join(sorted(DICE.sub("*", ID.sub(lambda found: made.get(found[0], found[0]), text)).split("\n")))

    def _told(self, rows: dict[str, list[Any]]) -> dict[str, Counter]:
        paid = {row.payment_no for row in rows.get("payments", ()) if row.state == "PAID"}
        return {name: self._lines(name, [row for row in found if not _is_void(name, row, paid)])
                for name, found in rows.items()}

    def _lines(self, name: str, rows: list[Any]) -> Counter:
        columns = [column.name for column in metadata.tables[name].columns
                   if not isinstance(column.type, Instant) and column.name not in TRIES | set(self.apart)]
        lines = [" ".join(f"{column}={_plain(getattr(row, column), self.known)}" for column in columns) for row in rows]
        return Counter(set(lines) if name in AS_SET else lines)


def _exact(row: Any, since: datetime) -> list[str]:
    return [f"+{int((value - since).total_seconds() + 30) // 120}" if isinstance(value, datetime) else str(value)
            for name, value in row._asdict().items() if name not in BY_CHANCE]


def differences(undisturbed: dict[str, Counter], disturbed: dict[str, Counter]) -> list[str]:
    found = []
    for name in undisturbed:
        missing, more = undisturbed[name] - disturbed[name], disturbed[name] - undisturbed[name]
        found += [f"{name}: missing {line} x{count}" for line, count in missing.items()]
        found += [f"{name}: more {line} x{count}" for line, count in more.items()]
    return found


def _is_void(name: str, row: Any, paid: set[str]) -> bool:
    """A payment that was never paid leaves no trace in the books of money; and that an audit was killed is a case."""
    return (name in PAID_FOR and row.payment_no not in paid) or (name == "cases" and row.kind == "AUDIT_LATE")


def _plain(value: Any, known: set[str]) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_plain(each, known)}" for key, each in sorted(value.items())
                               if key not in TRIES) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(sorted(_plain(each, known) for each in value)) + "]"
    return DICE.sub("*", ID.sub(lambda found: found[0] if found[0] in known else found[0][:3], str(value)))
