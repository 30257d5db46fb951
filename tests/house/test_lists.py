"""No list ends in silence: it pages to its end by a cursor, says that there is more, or is whole by a rule."""

from __future__ import annotations

import re
from typing import Any

from mall.app import registry
from mall.app.actions import Action
from mall.domains.catalog.rules import MAX_CATEGORIES
from mall.domains.pricing.freight_store import MAX_TEMPLATES
from mall.domains.stock.warehouses import MOST_WAREHOUSES
from mall.domains.settlements.rules import MOST_RECEIVERS
from mall.domains.staff.rules import ROLE_LIMIT, STAFF_LIMIT

ACTIONS = registry.load()
LISTS = {name: action for name, action in ACTIONS.items()
         if action.kind == "query" and re.match(r"(list|search)_", name.split(".")[1])}
SAYS_MORE = ("next_cursor", "has_more")
WHOLE = {  # shown from end to end, because there are never more
    "catalog.list_categories": MAX_CATEGORIES,
    "catalog.list_own_categories": MAX_CATEGORIES,
    "fulfilment.list_carriers": "a constant",
    "members.list_addresses": "address_limit",
    "messaging.list_own_templates": "a constant",
    "messaging.list_templates": "a constant",
    "pricing.list_freight_templates": MAX_TEMPLATES,
    "settlements.list_receivers": MOST_RECEIVERS,
    "staff.list_roles": ROLE_LIMIT,
    "stock.list_warehouses": MOST_WAREHOUSES,
    "staff.list_staff": STAFF_LIMIT,
}


def says_more(action: Action) -> bool:
    return any(name in action.output.model_fields for name in SAYS_MORE)


def test_every_list_pages_to_its_end_or_says_that_there_is_more_or_is_whole():
    assert sorted(name for name, action in LISTS.items() if not says_more(action) and name not in WHOLE) == []
    assert sorted(name for name in WHOLE if says_more(ACTIONS[name]) or name not in LISTS) == []


def test_who_may_ask_for_a_part_is_told_whether_it_was_one():
    """A limit in the input, of a list or of any other page, has its counterpart in the output."""
    asked: dict[str, Any] = {name: action for name, action in ACTIONS.items()
                             if action.kind == "query" and action.input and "limit" in action.input.model_fields}
    assert sorted(name for name, action in asked.items() if not says_more(action)) == []


def test_a_cursor_that_goes_out_comes_in():
    for name, action in ACTIONS.items():
        if action.output and "next_cursor" in action.output.model_fields:
            assert "cursor" in action.input.model_fields, name
