"""Cells of a table that a person made: what they show, which column they stand in, what cannot be told.

Nothing is guessed: a heading that is not known is refused by its name, with the nearest one that is; a cell of which
it is not known what its maker saw is `Unclear` and says what to do about it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from mall.kit import text


LONGEST = 64  # letters of a heading that are looked at and told


class Unclear(str):
    """A cell that shows something else than it holds, or nobody knows what; `why` is for the person to read."""

    why: str

    def __new__(cls, held: str, why: str) -> Unclear:
        made = super().__new__(cls, held)
        made.why = why
        return made

    def strip(self, *_: object) -> Unclear:
        return self


@dataclass(frozen=True)
class Heading:
    """Where each known column stands, and what is wrong with the first row."""

    places: dict[str, int]
    missing: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)  # as written
    repeated: list[str] = field(default_factory=list)
    hints: dict[str, str] = field(default_factory=dict)  # the known name that an unknown one is most like

    def sentence(self) -> str:
        """What to mend; empty when nothing is wrong."""
        said = [f"“{name}”" + (f"（是否为“{self.hints[name]}”？）" if name in self.hints else "")
                for name in self.unknown]
        parts = [("缺少列：" + "、".join(self.missing)) if self.missing else "",
                 ("无法识别的列：" + "、".join(said)) if said else "",
                 ("重复的列：" + "、".join(self.repeated)) if self.repeated else ""]
        return "；".join(filter(None, parts))


def heading(table: Sequence[Sequence[str]], known: Sequence[str], needed: Sequence[str]) -> Heading:
    """The first row by the names of columns, which may be written in full or half width, in capitals or not, with or
    without blanks."""
    first = table[0] if table else []
    names = {plain(name): name for name in known}
    places: dict[str, int] = {}
    found = Heading(places)
    for place, cell in enumerate(first):
        told = cell.strip()
        name = names.get(plain(told))
        if name is None:
            if told or any(place < len(row) and row[place].strip() for row in table[1:]):
                found.unknown.append(told[:LONGEST] or f"第 {place + 1} 列没有列名")
        elif name in places:
            found.repeated.append(name)
        else:
            places[name] = place
    found.missing.extend(name for name in needed if name not in places)
    for told in found.unknown:
        near = get_close_matches(plain(told), names, n=1, cutoff=0.5)
        if near:
            found.hints[told] = names[near[0]]
    _check_width(table, len(first), found)
    return found


def plain(name: str) -> str:
    """A heading as headings are compared."""
    return "".join(text.code(name).lower().split())


def _check_width(table: Sequence[Sequence[str]], width: int, found: Heading) -> None:
    """Cells to the right of the last heading belong to no column."""
    if any(cell.strip() for row in table[1:] for cell in row[width:]):
        found.unknown.append(f"第 {width + 1} 列没有列名")


def named(row: Sequence[str], places: dict[str, int]) -> dict[str, str]:
    """The cells of a row by the names of their columns."""
    return {name: row[place].strip() if place < len(row) else "" for name, place in places.items()}
