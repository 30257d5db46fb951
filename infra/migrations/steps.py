"""The steps as files: their order and their phase, read without loading the migration tool.

Each step says `phase = "before"` or `"after"`: before the new code is released (it adds what the old
code does not mind), or after (it takes away what the new code does not need any more). What a step before may not do
is in `faults`: old code goes on beside its rows, and comes back after a roll-back.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
PHASES = ("before", "after")


class BadSteps(Exception):
    """The files do not make one line of steps, or a step names no phase."""


@dataclass(frozen=True)
class Step:
    revision: str
    follows: str | None
    phase: str


@lru_cache
def read_steps(folder: Path = FOLDER / "versions") -> tuple[Step, ...]:
    """All steps, oldest first. Raises BadSteps."""
    found = {step.follows: step for step in map(_read, sorted(folder.glob("*.py")))}
    ordered, follows = [], None
    while follows in found:
        ordered.append(found[follows])
        follows = ordered[-1].revision
    if len(ordered) != len(list(folder.glob("*.py"))):
        raise BadSteps(f"the steps in {folder} are not one line, each following another")
    return tuple(ordered)


def newest() -> str:
    return read_steps()[-1].revision


def pending(current: str | None, phase: str | None = None) -> list[Step]:
    """The steps to take from `current`: all of them, or those of `phase` up to the first of the other one,
    because the order of steps is never changed."""
    revisions = [step.revision for step in read_steps()]
    if current is not None and current not in revisions:
        raise BadSteps(f"the database is at {current}, which these files do not know: it is newer than the code")
    left = list(read_steps()[revisions.index(current) + 1 if current else 0:])
    if phase is None:
        return left
    other = next((index for index, step in enumerate(left) if step.phase != phase), len(left))
    return left[:other]


TAKES_AWAY = ("drop_column", "drop_table", "rename_table")
TAKES_AWAY_IN_SQL = re.compile(r"\b(DROP\s+(TABLE|COLUMN)|RENAME|CHANGE\s+COLUMN)\b", re.IGNORECASE)


def faults(path: Path) -> list[str]:
    """What the step does before the code though older code could not live with it, a sentence each."""
    if _read(path).phase != "before":
        return []
    upgrade = next(node for node in ast.parse(path.read_text("utf-8")).body
                   if isinstance(node, ast.FunctionDef) and node.name == "upgrade")
    calls = [node for node in ast.walk(upgrade) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    return [f"{path.name}:{call.lineno} {sentence}" for call in calls for sentence in _faults_of(call)]


def _faults_of(call: ast.Call) -> Iterator[str]:
    name, given = call.func.attr, {each.arg: ast.unparse(each.value) for each in call.keywords}
    if name in TAKES_AWAY or "new_column_name" in given:
        yield f"{name} takes away what older code still uses: do it in a step after the code"
    if name == "alter_column" and given.get("nullable") == "False" and "server_default" not in given:
        yield "alter_column makes a column NOT NULL that older code leaves out: give it a server_default"
    if name == "add_column":
        for column in (each for each in ast.walk(call) if isinstance(each, ast.Call) and each is not call):
            options = {each.arg: ast.unparse(each.value) for each in column.keywords}
            if options.get("nullable") == "False" and options.get("server_default", "None") == "None":
                yield "add_column adds a NOT NULL column that older code leaves out: give it a server_default"
    if name == "execute" and any(TAKES_AWAY_IN_SQL.search(ast.unparse(each)) for each in call.args):
        yield "execute takes away what older code still uses: do it in a step after the code"


def _read(path: Path) -> Step:
    values = {}
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            values[ast.unparse(node.targets[0])] = node.value.value
    if values.get("phase") not in PHASES:
        raise BadSteps(f'{path.name} must say phase = "before" or phase = "after"')
    return Step(values["revision"], values["down_revision"], values["phase"])
