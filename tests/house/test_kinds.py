"""An order kind is one file: outside it, its domain and its actions no code names a kind (`flows/kinds`)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from mall.flows import kinds

from tests.kinds.examples import EXAMPLES

ROOT = Path(__file__).resolve().parents[2]
MALL = ROOT / "layers" / "common" / "python" / "mall"
DEPLOYED = sorted([*MALL.rglob("*.py"), *(ROOT / "functions").rglob("*.py")])
NAMES = {  # what gives a kind away; the state GROUPING is every waiting order's
    "GROUP": (r"\"GROUP\"|\bGROUP_[A-Z]+|\bgroup_buys?(?:_id)?\b|\bgroup_id|\bgroup_seats|\bgroup_price\w*|GroupBuy\w*"
              r"|拼团|成团"),
}
OWN = {"GROUP": ("flows/kinds/group*.py", "domains/group_buys/*.py", "functions/group_buys/*.py")}
ALLOWED = {  # elsewhere: which words, and why
    "flows/kinds/__init__.py": ('"GROUP" group_buy_id group_id', "the look-up, and how clients say it"),
    "app/kind_fields.py": ("group_buy_id group_id", "how clients say it"),
    "tables/trade.py": ("group_id", "a column"),
    "tables/marketing.py": (
        "group_buys group_buy_id group_id group_seats 拼团", "its tables"),
    "app/namespaces.py": ("group_buys", "where every domain is deployed"),
    "app/units.py": ("group_buys", "the same"),
    "domains/messaging/tells.py": (
        "GROUP_PROGRESS GROUP_SUCCESS GROUP_FAILED 拼团 成团", "names of WeChat's templates and their words"),
    "flows/trade/place_order.py": ("group_id", "the order's column, told on the wire"),
    "flows/trade/order_pages.py": ("group_id", "the same"),
    "functions/orders/place_order.py": ("group_id", "the same"),
    "functions/ops/trace_order.py": ("group_id", "the same"),
    "functions/catalog/get_product.py": ("GroupBuy group_buys group_buy_id", "the page's own shape of its activities"),
    "domains/pricing/quote.py": ("group_price", "what documents say of a kind's price"),
}


def place_of(path: Path) -> str:
    return str(path.relative_to(MALL if MALL in path.parents else ROOT))


def is_own(path: Path, kind: str) -> bool:
    return any(path.match(pattern) for pattern in OWN[kind])


@pytest.mark.parametrize("kind", sorted(set(kinds.MODULES) - {kinds.NORMAL}))
def test_no_code_names_a_kind_outside_its_own_places(kind: str):
    found = []
    for path in DEPLOYED:
        if is_own(path, kind):
            continue
        place = place_of(path)
        allowed = next((words.split() for name, (words, _) in ALLOWED.items() if place.startswith(name)), [])
        said = set(re.findall(NAMES[kind], path.read_text("utf-8")))
        found += [f"{place}: {word}" for word in sorted(said.difference(allowed))]
    assert found == []


def test_every_place_that_may_name_one_is_there():
    places = {place_of(path) for path in DEPLOYED}
    assert [name for name in ALLOWED if not any(place.startswith(name) for place in places)] == []


def test_a_kind_is_named_as_its_module_has_it_and_is_known_by_the_house():
    assert [name for name in kinds.MODULES if kinds.of(name).name != name] == []
    assert sorted(set(kinds.MODULES) - {kinds.NORMAL}) == sorted(NAMES) == sorted(OWN)
    assert set(kinds.ACTIVITIES.values()) <= set(kinds.MODULES)


def test_every_kind_is_killed_interleaved_and_lived_through():
    assert sorted(EXAMPLES) == sorted(set(kinds.MODULES) - {kinds.NORMAL})


def test_the_words_of_a_kind_are_found_where_they_stand():
    assert re.findall(NAMES["GROUP"], 'if order.kind == "GROUP": group_buys.pay_seat(order.group_id)  # 拼团') == [
        '"GROUP"', "group_buys", "group_id", "拼团"]
    assert re.findall(NAMES["GROUP"], '"GROUPING" OrderState.WAITING GROUPS groups') == []
