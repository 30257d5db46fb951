"""Rows of one seller are nobody else's staff's (数据权限, spec E13): by every id that an action takes, on every list.

Found by itself from the declarations: a new action of the staff is covered the day it is written.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from mall.app.actions import Action

from tests.security.test_ids_of_nothing import EACH_BY_ITSELF, FINDS_NOTHING, OF_THE_SHOP
from tests.security.test_other_peoples_things import (  # noqa: F401
    CASES, answered, callers, filled, things, town,
)
from tests.security.town import Town, actions
from tests.support.shop import Caller

pytestmark = pytest.mark.spec("E13", "J6")

BY_ID = [(action, path) for action, path in CASES if action.allow == "staff"]
LISTS = [action for action in actions() if action.allow == "staff" and action.kind == "query"
         and not (action.input and any(each.is_required() for each in action.input.model_fields.values()))]
ONE_OF_TWO = {"ORDER_OR_REFERENCE", "PRODUCT_OR_SKU"}  # asked for, where neither is named
# A piece that the thing named beside it does not have: answered so for an id of nobody's too.
NOT_A_PART = ("SKU_NOT_OF_PRODUCT", "BAD_GROUP_PRICES", "LINE_NOT_IN_ORDER", "NO_SUCH_STOCK",
              "GOODS_UNAVAILABLE", "UPLOAD_NOT_CHECKED")


@pytest.mark.parametrize(("action", "path"), BY_ID, ids=lambda part: part.name if isinstance(part, Action) else
                         ".".join(part))
def test_staff_of_another_seller_find_nothing_by_an_id(
        town: Town, things: dict[str, Any], callers: dict[str, Caller], action: Action, path: tuple[str, ...]):  # noqa: F811
    for theirs in things[path[-1]]:
        (status, body), wrote = answered(town, callers["staff"], action, filled(action, path, theirs, things))
        code = body["ok"] or body["error"]["code"]
        if code in OF_THE_SHOP:
            assert (status, wrote) in ((403, set()), (403, {"audit_entries"}))
        elif f"{action.name} {'.'.join(path)}" in FINDS_NOTHING | EACH_BY_ITSELF:
            assert status in (200, 503) and wrote <= {"audit_entries"}, body
        else:
            assert status == 404 and code.endswith("NOT_FOUND") or code in NOT_A_PART, body
            assert wrote <= {"attempts", "audit_entries"}


@pytest.mark.parametrize("action", LISTS, ids=lambda action: action.name)
def test_no_list_shows_another_sellers_row(
        town: Town, things: dict[str, Any], callers: dict[str, Caller], action: Action):  # noqa: F811
    (status, body), wrote = answered(town, callers["staff"], action, {})
    assert (status == 200 or body["error"]["code"] in OF_THE_SHOP | ONE_OF_TWO) and wrote == set(), body
    shown = json.dumps(body)
    hidden = {each for name, values in things.items() if name != "own" for each in values
              if "_" in each and name != "event_id"}
    assert [each for each in hidden if f'"{each}"' in shown] == []


def test_there_are_as_many_as_there_were():
    assert len(BY_ID) >= 60 and len(LISTS) >= 25
