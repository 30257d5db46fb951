"""A document is saved as a whole over the version that was read, and never over another one.

Who reads a document is told its `version`; who saves it names that version. Somebody else who was faster is told, by
name and time; nobody takes back what he never saw. The guard stands in the WHERE, and the row says who saved it last.

    _CHANGE = versions.change(roles).where(...).values(name=bindparam("new_name"))
    versions.save(tx, _CHANGE, row, Seen(cmd.version, ctx.staff.display_name, ctx.now), of_role=..., new_name=...)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Table, bindparam, update

from mall.kit.db import Instant, Interrupted, Tx
from mall.kit.errors import BadInput, ChangedMeanwhile
from mall.kit.zone import SHANGHAI


@dataclass(frozen=True)
class Seen:
    """The version that who saves now has read; None: he did not say. `who` is a colleague's name as others know it,
    None for a member's own documents."""

    version: int | None
    who: str | None
    now: datetime


def change(table: Table) -> Any:
    """An update that `save` takes, to be narrowed by `where` and filled by `values`."""
    stamp = {"version": table.c.version + 1, "changed_at": bindparam("saved_at", type_=Instant())}
    if "changed_by" in table.c:
        stamp["changed_by"] = bindparam("saved_by")
    return update(table).where(table.c.version == bindparam("seen_version")).values(**stamp)


def require(seen: Seen) -> None:
    """Raises BadInput when no version is said."""
    if seen.version is None:
        raise BadInput("请先读取最新内容，再带上其版本号保存", field="version")


def check(row: Any, seen: Seen, kind: type[ChangedMeanwhile] = ChangedMeanwhile) -> None:
    """Whether `row` is still as it was seen. Raises BadInput without a version, `kind` with `version` (now),
    `changed_by` and `changed_at` in its data."""
    require(seen)
    if row.version != seen.version:
        raise _changed(row, kind)


def _changed(row: Any, kind: type[ChangedMeanwhile]) -> ChangedMeanwhile:
    who, at = getattr(row, "changed_by", None), row.changed_at
    when = f"{at.astimezone(SHANGHAI):%m月%d日 %H:%M}" if at else None
    sentence = f"{who or '内容'}已于{when}{'修改过此内容' if who else '修改过'}，请刷新后重试" if when else None
    return kind(sentence, field="version", version=row.version, changed_by=who, changed_at=at and at.isoformat())


def save(tx: Tx, statement: Any, row: Any, seen: Seen, kind: type[ChangedMeanwhile] = ChangedMeanwhile,
         duplicate: Exception | None = None, **params: Any) -> int:
    """Save over `row` as it was read in this transaction; the new version. Raises what `check` raises; done again, and
    then seen, when somebody was faster since."""
    check(row, seen, kind)
    tx.write(statement, rows=1, otherwise=Interrupted("saved meanwhile"), duplicate=duplicate,
             seen_version=seen.version, saved_at=seen.now,
             **({"saved_by": seen.who} if hasattr(row, "changed_by") else {}), **params)
    return row.version + 1
