"""Text that looks like SQL, in every text of every input: never a fault, never a row or a table less."""

from __future__ import annotations

import copy
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from mall.app.actions import Action

from tests.security.shapes import fitting
from tests.security.test_authorization_matrix import _hire
from tests.security.town import Town, actions
from tests.support import seed, trade
from tests.support.shop import Caller

pytestmark = pytest.mark.spec("J2")

SQL = ("'; DROP TABLE members; --", "' OR '1'='1", "\\'); DELETE FROM orders; #", "%' UNION SELECT * FROM staff --")
CLIENT = [action for action in actions() if action.kind in ("query", "command", "remote") and action.input]
COUNT = "SELECT (SELECT count(*) FROM sqlite_master), (SELECT count(*) FROM members), (SELECT count(*) FROM orders), " \
        "(SELECT count(*) FROM staff)"


@pytest.fixture(scope="module")
def town(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Town:
    town = Town(sqlite_template, tmp_path_factory.mktemp("sql"))
    town.member = town.shop.member("小红")
    trade.paid_order(town.shop, town.member, seed.product(town.shop).sku_id)
    town.owner = _hire(town, ["*"])
    town.keep()
    return town


def texts(value: Any, at: tuple = ()) -> Iterator[tuple]:
    """The places in a JSON value where a text stands."""
    if isinstance(value, str):
        yield at
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in pairs:
        yield from texts(part, (*at, key))


def changed(value: Any, place: tuple, text: str) -> Any:
    value = copy.deepcopy(value)
    at = value
    for key in place[:-1]:
        at = at[key]
    at[place[-1]] = text
    return value


def ask(town: Town, caller: Caller, action: Action, given: Any) -> dict[str, Any]:
    return town.shop.send(action.name, caller.event(action.name, given, secrets.token_hex(8)))


@pytest.mark.parametrize("action", CLIENT, ids=lambda action: action.name)
def test_text_that_looks_like_sql_breaks_nothing_in_any_field(town: Town, action: Action):
    caller = town.owner if action.allow == "staff" else town.member
    fits = fitting(action.input.model_json_schema(), every=True)
    before = town._connection.execute(COUNT).fetchone()
    for place in texts(fits):
        for text in SQL:
            answer = ask(town, caller, action, changed(fits, place, text))
            assert answer["statusCode"] < 500 or answer["statusCode"] == 503, (place, answer["body"])
            after = town._connection.execute(COUNT).fetchone()
            assert all(now >= then for now, then in zip(after, before, strict=True)), (place, text)
            if town.written - {"idempotency_keys"}:
                town.restore()
