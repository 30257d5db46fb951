"""What a reader can hold: no file of code above 400 lines, no function above 40. A function that is data, a table or a
script of migration steps, has no length."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("layers/common/python/mall", "functions", "infra", "tests", "bench")
STEPS = "infra/migrations/versions/"  # written by a program, and never changed after
MOST_OF_A_FILE, MOST_OF_A_FUNCTION = 400, 40

LONG_FUNCTIONS: dict[str, str] = {
    "infra/local/simulators/wechat_api/server.py:create_app": "a route a line",
    "infra/local/simulators/wechat_pay/server.py:create_app": "a route a line",
    "tests/security/test_other_peoples_things.py:things": "data: one thing of each kind",
}


def sources() -> Iterator[Path]:
    for folder in FOLDERS:
        yield from (path for path in sorted((ROOT / folder).rglob("*.py")) if STEPS not in str(path))


def test_no_file_is_longer_than_400_lines():
    long = {name(path) for path in sources() if len(path.read_text("utf-8").splitlines()) > MOST_OF_A_FILE}
    assert long == set(), "take a subject out of it"


def test_no_function_is_longer_than_40_lines():
    long = {f"{name(path)}:{node.name}" for path in sources() for node in functions(path)
            if node.end_lineno - node.lineno + 1 > MOST_OF_A_FUNCTION}
    assert long - set(LONG_FUNCTIONS) == set(), "give a part of it a name"


def test_what_may_still_be_long_is_there():
    """A name here that is gone, or short by now, would let the next long one in."""
    for each in LONG_FUNCTIONS:
        path, _, wanted = each.partition(":")
        longest = max((node.end_lineno - node.lineno + 1 for node in functions(ROOT / path) if node.name == wanted),
                      default=0)
        assert longest > MOST_OF_A_FUNCTION, f"{each} is short: strike it out"


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    text = path.read_text("utf-8")
    tree = ast.parse(text if text.count("\n") > MOST_OF_A_FUNCTION else "")  # a short file has no long one
    return (node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))
