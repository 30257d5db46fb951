"""Stored documents (JSON in a column) as any release may have written them: the one home of reading them.

A document outlives the code that wrote it: an order's price is read for a refund years later, and while a release goes
in steps, or after it was taken back, older code reads what newer code wrote. So every reader goes by these rules:

- a field that is not known is passed over, and stays in the row until the document is written anew;
- a field that is missing has its default (`Shape.defaults`, or the default of the class that is made of it);
- where a field changes its meaning, the shape's `version` goes up by one and `upgrades[n]` turns version n into n + 1.
  The number stands in the document as "version"; without one it is 1;
- a document of a version above the code's own is not guessed at: whoever looks into it gets DocumentTooNew (503);
- a word that a newer release brought (a kind of rule, a reason) is kept as `Unknown`, or its rule not used (`member`).

Columns are bound to their shapes in `mall.tables` (`json_column(..., shape=...)`): rows hold upgraded documents.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from enum import Enum
from functools import cache
from typing import Any, TypeVar

from mall.kit.errors import Unavailable

T = TypeVar("T")
E = TypeVar("E", bound=Enum)


class DocumentTooNew(Unavailable):
    """A newer release wrote it and meant something else by its fields: nothing is done until that release is back."""

    code, message = "DOCUMENT_TOO_NEW", "系统正在升级，请稍后再试"


class TooNew(Mapping):
    """Stands in a row for a document of a newer version: only who looks into it, or writes it back, is refused."""

    def __init__(self, name: str, stored: dict[str, Any]):
        self._name, self._stored = name, stored

    def __eq__(self, other: object) -> bool:
        return self._stored == other._stored if isinstance(other, TooNew) else self.refuse()

    def refuse(self, *_: Any) -> Any:
        raise DocumentTooNew(document=self._name)

    __getitem__ = __iter__ = __len__ = __or__ = __ror__ = refuse
    __hash__ = None


@dataclass(frozen=True, eq=False)
class Shape:
    """How the documents of one column are read. `each`: the column holds a list of them. `older`: a document as the
    version before has it, where that says all of it, else None: so it is written for as long as it can be, and a
    release that was taken back reads what was written meanwhile."""

    version: int = 1
    upgrades: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    each: bool = False
    older: Callable[[dict[str, Any]], dict[str, Any] | None] | None = None

    def read(self, stored: Any, name: str = "") -> Any:
        """The document as this release has it; `name` is told where it is too new."""
        if isinstance(stored, list) and self.each:
            return [self._read(one, name) for one in stored]
        return self._read(stored, name)

    def _read(self, stored: Any, name: str) -> Any:
        if not isinstance(stored, dict):
            return stored
        version = stored.get("version", 1)
        if version > self.version:
            return TooNew(name, stored)
        for older in range(version, self.version):
            stored = {**self.upgrades[older](stored), "version": older + 1}
        return {**self.defaults, **stored} if self.defaults else stored

    def write(self, document: Any) -> Any:
        """What is stored: the first version needs no number."""
        if isinstance(document, TooNew):
            document.refuse()
        if self.version == 1 or document is None:
            return document
        if isinstance(document, list):
            return [self.write(one) for one in document]
        before = self.older(document) if self.older else None
        return {**document, "version": self.version} if before is None else before


def renamed(value: Any, field: str, names: Mapping[str, str]) -> Any:
    """The document with each value of `field`, wherever it stands, as `names` has it."""
    if isinstance(value, (list, tuple)):
        return [renamed(each, field, names) for each in value]
    if not isinstance(value, dict):
        return value
    found = {name: renamed(each, field, names) if type(each) in (list, tuple, dict) else each
             for name, each in value.items()}
    if field in found:
        found[field] = names.get(found[field], found[field])
    return found


def make(kind: type[T], stored: Mapping[str, Any], /, **given: Any) -> T:
    """An instance of `kind` (a dataclass) from a stored document: what it does not know is passed over, what is not
    there takes the class's default, `given` goes before both."""
    names = _names(kind)
    return kind(**{**{name: stored[name] for name in names if name in stored}, **given})


@cache
def _names(kind: type) -> tuple[str, ...]:
    return getattr(kind, "_fields", None) or tuple(each.name for each in fields(kind))


class Unknown(str):
    """A word of a newer release where an enum's member is expected: it equals none of ours, and is stored as it is."""

    __slots__ = ()

    @property
    def value(self) -> str:
        return str(self)


def word(kind: type[E], stored: str) -> E | Unknown:
    """The member of `kind`; a word that it does not know is kept."""
    try:
        return kind(stored)
    except ValueError:
        return Unknown(stored)


def member(kind: type[E], stored: str) -> E:
    """The member of `kind`, for a rule that cannot be used without it. Raises DocumentTooNew."""
    try:
        return kind(stored)
    except ValueError:
        raise DocumentTooNew(word=str(stored)[:64]) from None


def readable(read: Callable[..., T], rows: Iterable[Any]) -> Iterator[T]:
    """What `read(row)` makes of the rows, without those that only a newer release understands."""
    for row in rows:
        try:
            yield read(row)
        except DocumentTooNew:
            continue
