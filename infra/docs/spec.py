"""docs/spec.md: each capability with the actions that make it and the tests that hold it, found in the code.

An action names its rows in its docstring (`Spec E6, E9.`). A test names them with `@pytest.mark.spec("E6")`, or its
file does in `pytestmark`; what stands in `tests/functions/<domain>/test_<action>.py` is a test of that action's rows.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from infra.docs.capabilities import CHAPTERS, ROWS, Row
from infra.docs.words import table

REPOSITORY = Path(__file__).resolve().parents[2]
_NAMED = re.compile(r"[Ss]pec ((?:[A-L][0-9]{1,2})(?:, [A-L][0-9]{1,2})*)")
_HEAD = """# What the mall does

The capabilities, each with the rules that must hold, its actions and its tests. {there} of {all} rows are there,
{whole} of them with nothing missing that their text names (over the API: screens are still to come).
`make test TESTS="--spec E6"` runs the tests of one row.

"""


def page() -> str:
    actions, tests = rows_of_actions(), rows_of_tests()
    there = [row for row in ROWS if row.is_there]
    parts = [_HEAD.format(there=len(there), all=len(ROWS), whole=sum(not row.missing for row in there))]
    for letter, title in CHAPTERS.items():
        rows = [_line(row, actions, tests) for row in ROWS if row.id[0] == letter]
        head = ["row", "what must hold", "state", "actions", "tests in"]
        parts.append(f"## {letter} · {title}\n\n" + table(head, rows))
    return "\n".join(parts).rstrip() + "\n"


@cache
def rows_of_actions() -> dict[str, list[str]]:
    """{row: names of the actions that say so}."""
    found = defaultdict(list)
    for path in sorted((REPOSITORY / "functions").glob("*/[a-z]*.py")):
        for row in rows_named(path.read_text("utf-8")):
            found[row].append(f"{path.parent.name}.{path.stem}")
    return found


@cache
def rows_of_tests() -> dict[str, dict[str, int]]:
    """{row: {file: number of its tests}}; a test that runs for many values counts once."""
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for path in sorted((REPOSITORY / "tests").rglob("test_*.py")):
        for rows in _rows_of_each_test(path):
            for row in rows:
                found[row][str(path.relative_to(REPOSITORY))] += 1
    return found


def rows_named(text: str) -> list[str]:
    """The rows that a text names, in the order in which it does."""
    return list(dict.fromkeys(row for match in _NAMED.findall(text) for row in match.split(", ")))


@cache
def rows_of_file(path: Path) -> list[str]:
    """The rows of every test of a file: what its `pytestmark` says, and its action."""
    action = REPOSITORY / path.relative_to(REPOSITORY / "tests").parent / f"{path.stem.removeprefix('test_')}.py"
    rows = rows_named(action.read_text("utf-8")) if action.parts[-3] == "functions" and action.exists() else []
    marks = [node.value for node in _parsed(path).body
             if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark"]
    return list(dict.fromkeys([*rows, *_marked(marks)]))


def _rows_of_each_test(path: Path) -> Iterator[list[str]]:
    everywhere = rows_of_file(path)
    for node in _tests(_parsed(path).body):
        yield list(dict.fromkeys([*everywhere, *_marked(node.decorator_list)]))


def _tests(nodes: Iterable[ast.stmt]) -> Iterator[ast.FunctionDef]:
    """Those of a file, and of its classes."""
    for node in nodes:
        if isinstance(node, ast.ClassDef):
            yield from _tests(node.body)
        elif isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node


@cache
def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def _marked(nodes: list[ast.expr]) -> list[str]:
    calls = [call for node in nodes for call in ast.walk(node) if isinstance(call, ast.Call)]
    return [argument.value for call in calls if ast.unparse(call.func) == "pytest.mark.spec"
            for argument in call.args if isinstance(argument, ast.Constant)]


def _line(row: Row, actions: dict[str, list[str]], tests: dict[str, dict[str, int]]) -> list[str]:
    state = "not yet" if not row.is_there else f"but for: {row.missing}" if row.missing else "there"
    made, files = _listed(actions.get(row.id, [])), tests.get(row.id, {})
    held = _listed(_folders(files))
    return [f"**{row.id}** {row.title}", row.rules, state, made, held]


def _listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _folders(files: dict[str, int]) -> list[str]:
    return sorted({str(Path(name).parent).removeprefix("tests/") for name in files})
