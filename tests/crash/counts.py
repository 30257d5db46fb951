"""The counts of a full run, as rows of the tables in docs/crash.md."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "crash.md"
POINT_KINDS = ("before statement", "after statement", "before commit", "after commit", "before call", "after call")


def point_row(kind: str, actions: int, scenarios: int, kinds: Counter, findings: int) -> str:
    return row(kind, actions, scenarios, sum(kinds.values()), *(kinds[each] for each in POINT_KINDS), findings)


def row(kind: str, *numbers: int) -> str:
    return f"| {' | '.join([kind, *(f'{number:,}' for number in numbers)])} |"


def write(section: str, kind: str, row: str, page: Path = PAGE) -> None:
    """Put the row of this database where it stands between `<!-- section -->` and the end of its table."""
    lines, seen = page.read_text("utf-8").split("\n"), False
    for number, line in enumerate(lines):
        seen = seen or line == f"<!-- counts of {section} -->"
        if seen and line.startswith(f"| {kind} "):
            lines[number] = row
            page.write_text("\n".join(lines), "utf-8")
            return
    raise LookupError(f"docs/crash.md has no row {kind} of {section}")
