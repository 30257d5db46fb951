"""A column is written with its table, `orders.c.order_no`: no name stands for a table's columns, which a reader would
have to learn for each store anew, and which would often be the name of a row elsewhere."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.house.test_lengths import name, sources


def test_no_name_stands_for_a_tables_columns():
    found = [f"{name(path)}:{node.lineno}: {ast.unparse(node)}" for path in sources()
             for node in assignments(path.read_text("utf-8")) if any(map(is_columns, assigned(node.value)))]
    assert found == [], "write the table's name and .c. before each column"


def assignments(text: str) -> Iterator[ast.Assign | ast.AnnAssign | ast.NamedExpr]:
    tree = ast.parse(text if ".c" in text else "")
    return (node for node in ast.walk(tree) if isinstance(node, (ast.Assign, ast.AnnAssign, ast.NamedExpr)))


def assigned(value: ast.expr | None) -> list[ast.expr | None]:
    if isinstance(value, (ast.Tuple, ast.List)):
        return list(value.elts)
    return [value.elt if isinstance(value, (ast.GeneratorExp, ast.ListComp)) else value]


def is_columns(value: ast.expr | None) -> bool:
    return isinstance(value, ast.Attribute) and value.attr == "c"


def test_such_a_name_is_found_however_it_is_given():
    for text in ("o = orders.c", "o, p = orders.c, payments.c", "o, p = (each.c for each in (orders, payments))",
                 "def f():\n    o: Any = orders.c"):
        assert [node for node in assignments(text) if any(map(is_columns, assigned(node.value)))] != [], text
    assert not any(is_columns(each) for node in assignments("number = orders.c.order_no")
                   for each in assigned(node.value))
