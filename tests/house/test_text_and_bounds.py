"""Rules of the house about text and sums: patterns name the letters they mean, what passes an input fits its column."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

import pytest
from mall import tables  # noqa: F401  every table
from mall.app.actions import Action
from mall.app.settings import ShopSettings
from mall.domains.catalog import fields
from mall.kit.bounds import MAX_FEN, MAX_LINES, MAX_MOVED, MAX_QUANTITY, MAX_STOCK, MAX_WEIGHT_GRAMS
from mall.kit.schema import metadata
from sqlalchemy import BigInteger, Integer, Text
from sqlalchemy.dialects import mysql

from tests.house.test_house import ACTIONS, DEPLOYED, MALL, ROOT, every

INT, BIGINT = 2**31 - 1, 2**63 - 1
MYSQL_TEXT_BYTES = 65_535

# patterns


def patterns(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every text in the file that may be a pattern, with its line: what `re` gets, and what a field's `pattern` is."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


@pytest.mark.parametrize("path", DEPLOYED, ids=lambda path: str(path.relative_to(ROOT)))
def test_patterns_name_the_digits_and_letters_that_they_mean(path):
    """`\\d` is a digit of any script, `\\w` a letter of any: a phone in such digits is stored and never found."""
    source = path.read_text("utf-8")
    if path in (MALL / "kit" / "statements.py", MALL / "kit" / "transaction.py"):
        return  # of our own SQL
    docs = {node.value.lineno for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Expr)}
    wide = [line for line, text in patterns(ast.parse(source)) if re.search(r"\\[dDwW]", text) and line not in docs]
    assert wide == []


@every()
def test_no_input_takes_digits_of_every_script(action: Action):
    if action.input is None:
        return
    found = re.findall(r'"pattern": "([^"]*)"', __import__("json").dumps(action.input.model_json_schema()))
    assert [pattern for pattern in found if re.search(r"\\[dw]", pattern)] == []


# texts

ANY_TEXT = {  # takes any letters, and why
    "catalog.save_virtual_codes.codes": "domains/catalog/fields.card brings it into its form",
    "members.save_address.district": "kit/divisions knows the names",
    "orders.quote_redirect.district": "kit/divisions knows the names",
    "orders.redirect_order.district": "kit/divisions knows the names",
    "staff.change_password.old_password": "compared with a hash, shown to nobody",
    "staff.change_password.new_password": "hashed, shown to nobody",
    "staff.save_staff.password": "hashed, shown to nobody",
    "staff.sign_in_staff.password": "compared with a hash, shown to nobody",
}


def texts(part: dict[str, Any], name: str, defs: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(its name, its schema) of every text that may come in at `part`."""
    if "$ref" in part:
        part = defs[part["$ref"].rpartition("/")[2]]
    if part.get("type") == "string":
        yield name, part
    for field, schema in part.get("properties", {}).items():
        yield from texts(schema, f"{name}.{field}", defs)
    for inner in [*part.get("anyOf", []), part.get("items"), part.get("additionalProperties"),
                  part.get("propertyNames")]:
        if isinstance(inner, dict):
            yield from texts(inner, name, defs)


def test_every_text_that_comes_in_says_which_letters_it_takes():
    """Or control characters and marks of direction are kept where nobody thought of them."""
    models = {name: action.input for name, action in ACTIONS.items() if action.input} | {"settings": ShopSettings}
    schemas = {name: model.model_json_schema() for name, model in models.items()}
    found = [each for name, schema in schemas.items() for each in texts(schema, name, schema.get("$defs", {}))]
    assert len(found) > 300
    open_to_all = {name for name, schema in found if not {"pattern", "enum", "const", "format"} & set(schema)}
    assert open_to_all == set(ANY_TEXT)


# columns


def integers(part: dict[str, Any], name: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """(name of the field, its schema) of every whole number below `part`."""
    if part.get("type") == "integer":
        yield name, part
    for word in ("properties", "$defs"):
        for inner, schema in part.get(word, {}).items():
            yield from integers(schema, inner)
    for option in [*part.get("anyOf", []), *([part["items"]] if isinstance(part.get("items"), dict) else [])]:
        yield from integers(option, name)


@every(*[action for action in ACTIONS.values() if action.input is not None])
def test_the_largest_number_that_passes_fits_into_a_column_of_its_kind(action: Action):
    for name, schema in integers(action.input.model_json_schema()):
        most = BIGINT if name.endswith("_fen") else INT
        assert -most <= schema["minimum"] <= schema["maximum"] <= most, name


def test_what_sums_of_bounded_parts_come_to_fits_into_their_columns():
    kinds = {(table.name, column.name): type(column.type) for table in metadata.tables.values()
             for column in table.columns}
    for name, kind in kinds.items():
        if name[1].endswith("_fen"):
            assert kind is BigInteger, name
    assert kinds["stock_items", "available"] is Integer
    # a place holds MAX_STOCK, what unpaid orders hold of it goes back on top, and a release is never refused
    assert 2 * MAX_STOCK + MAX_MOVED <= INT
    assert MAX_LINES * MAX_QUANTITY * MAX_WEIGHT_GRAMS <= BIGINT
    assert MAX_LINES * MAX_QUANTITY * MAX_FEN <= BIGINT  # before an order's amount is looked at


@pytest.mark.parametrize(("table", "column", "letters"), [
    ("products", "title", fields.TITLE_LENGTH), ("products", "subtitle", fields.LINE_LENGTH),
    ("products", "description", fields.DESCRIPTION_LENGTH), ("product_tags", "tag", fields.TAG_LENGTH),
    ("skus", "picture_url", fields.URL_LENGTH), ("virtual_codes", "code", fields.CARD_LENGTH),
    ("skus", "sku_code", 64), ("shipments", "tracking_no", 64), ("categories", "name", fields.NAME_LENGTH),
])
def test_the_longest_text_that_passes_fits_into_its_column_on_both_databases(table: str, column: str, letters: int):
    kind = metadata.tables[table].columns[column].type
    if isinstance(kind, Text):
        kind = kind.dialect_impl(mysql.dialect())
        assert isinstance(kind, (mysql.MEDIUMTEXT, mysql.LONGTEXT)) or letters * 4 <= MYSQL_TEXT_BYTES
    else:
        assert letters <= kind.length
