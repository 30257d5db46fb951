"""Paging by position, not by number: the next page starts after the last row seen, so that nothing
is shown twice or skipped while new rows arrive, and page 1,000 costs what page 1 does."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import bindparam

from mall.kit.errors import BadInput

PAGE_LIMIT = 50
LAST = "~"  # sorts after every id and every day: where a list that begins with the newest begins
Row = TypeVar("Row")


class BadCursor(BadInput):
    code, message = "BAD_CURSOR", "翻页参数无效，请从第一页重新开始"


def last_id(cursor: str | None, first: str | None = None) -> str | None:
    """The id that the page before ended with, of a list in the order of one id; `first` where none was before. Raises
    BadCursor."""
    position = decode_cursor(cursor, (str,))
    return position[0] if position else first


def next_cursor(rows: Sequence[Row], limit: int, position: Callable[[Row], str | tuple]) -> str | None:
    """Where the page after these rows begins; None when there are fewer than asked for. `position` of the last row:
    its id, or the parts of what the list is sorted by."""
    if len(rows) < limit:
        return None
    found = position(rows[-1])
    return encode_cursor(*found) if isinstance(found, tuple) else encode_cursor(found)


def newest_first(statement: Any, key: Any) -> Any:
    """A page of `statement`, the newest first: `most` rows behind the one whose `key` is `before` (LAST: from the
    first on)."""
    return statement.where(key < bindparam("before")).order_by(key.desc()).limit(bindparam("most"))


def newest_of(tx: Any, statement: Any, states: Sequence[str], most: int, **params: Any) -> list:
    """The newest of several states. `statement` finds those of one (`state`), at most `most`, the newest first by its
    first column: each is then read from an index, where an IN would have the server sort all that there are."""
    answers = tx.fetch(*[(statement, {**params, "state": state, "most": most}) for state in states])
    return sorted((row for rows in answers for row in rows), key=lambda row: row[0], reverse=True)[:most]


def encode_cursor(*position: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(position, default=str).encode()).decode().rstrip("=")


def decode_cursor(cursor: str | None, kinds: tuple[type, ...]) -> tuple | None:
    """The position inside a cursor, checked against the kinds of its parts; None for the first page."""
    if not cursor:
        return None
    try:
        position = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, RecursionError):
        raise BadCursor(field="cursor") from None
    fits = isinstance(position, list) and len(position) == len(kinds)
    if not fits or not all(
            type(part) is kind and _storable(part) for part, kind in zip(position, kinds, strict=True)):
        raise BadCursor(field="cursor")
    return tuple(position)


def moment_of(text: str) -> datetime:
    """A moment inside a cursor. Raises BadCursor."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadCursor(field="cursor") from None
    if moment.tzinfo is None:
        raise BadCursor(field="cursor")
    return moment


def _storable(part: Any) -> bool:
    """Whether a database takes the value: anybody can make a cursor."""
    if isinstance(part, int):
        return abs(part) < 2**63
    return not isinstance(part, str) or part.isprintable()
