"""docs/clauses.md: each clause of a capability with the calls that show it, found in the cases that play it over HTTP.

A case names its clause with `@pytest.mark.clause("E6", "never more than paid", "refunds.start_refund", ...)`: the row,
the clause in the row's own words, the actions (or the pages of a simulator) that are called to see it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from infra.docs.capabilities import CHAPTERS, ROWS
from infra.docs.words import table

REPOSITORY = Path(__file__).resolve().parents[2]
CASES = REPOSITORY / "tests" / "cases"
_HEAD = """# Clause by clause

What a row of [the capabilities](spec.md) promises, and the call that shows it: each line is a case that `make cases`
plays over HTTP against a running mall, as a buyer, a member of staff, WeChat or a stranger.
`make cases ARGS="-k clause"` plays these alone.
"""


class Clause(NamedTuple):
    row: str
    says: str
    calls: tuple[str, ...]
    test: str


def page() -> str:
    found = sorted(clauses(), key=lambda clause: _place(clause.row))
    parts = [_HEAD]
    for letter, title in CHAPTERS.items():
        lines = [[f"**{each.row}**", each.says, ", ".join(f"`{call}`" for call in each.calls), f"`{each.test}`"]
                 for each in found if each.row[0] == letter]
        if lines:
            parts.append(f"## {letter} · {title}\n\n" + table(["row", "clause", "seen by calling", "case"], lines))
    return "\n".join(parts).rstrip() + "\n"


def clauses() -> Iterator[Clause]:
    """Every clause that a case names, in the order in which they stand."""
    for path in sorted(CASES.rglob("test_*.py")):
        for node in ast.parse(path.read_text("utf-8")).body:
            for mark in getattr(node, "decorator_list", []):
                if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.clause":
                    row, says, *calls = (ast.literal_eval(argument) for argument in mark.args)
                    yield Clause(row, says, tuple(calls), f"{path.stem}.{node.name}")


def _place(row: str) -> int:
    return [each.id for each in ROWS].index(row)
