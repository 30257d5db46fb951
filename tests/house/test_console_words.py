"""Each field and value of a staff action has its Chinese word, and each word is of something. Needs no Node."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import mall
import pytest
from mall.app.settings import ShopSettings
from mall.domains.ledger import rules as ledger
from mall.domains.messaging.tells import TOLD
from mall.kit.state import Words

from infra.web import drawn, words, words_json
from infra.web.words import settings

pytestmark = pytest.mark.spec("L8")

ACTIONS = drawn.staff_actions()
PLACES = [place for action in ACTIONS for place in words.places(action)]
FILES = words_json.files()  # drawn once
TABLES = {"labels": words.LABELS, "hints": words.HINTS, "values": words.VALUES}
HANZI = re.compile(r"[\u4e00-\u9fff]")
PLAIN = {"OpenID"}  # which is called so in Chinese too
CODES = {"state", "delivery", "channel", "cause", "outcome", "template", "refund_state", "order_state", "close_reason"}
DOMAINS = Path(mall.__file__).parent / "domains"


def source(name: str) -> str:
    return (DOMAINS / name).read_text("utf-8")


@pytest.mark.parametrize("path", sorted(FILES), ids=lambda path: path.stem)
def test_a_generated_file_has_the_words_of_now(path):
    assert path.read_text("utf-8") == FILES[path], "run `make generate`"


def test_no_field_is_without_its_word():
    missing = sorted({f"{place.action} {place.model}.{place.field}" for place in PLACES
                      if place.found_in(words.LABELS) is None})
    assert missing == [], "add them in infra/web/words"


def test_no_value_that_a_model_lists_is_without_its_word():
    for place in PLACES:
        name = place.found_in(words.VALUES)
        assert place.values <= set(words.VALUES[name] if name else ()), f"{place.action}: {place.model}.{place.field}"


def test_no_state_is_shown_as_it_is_stored():
    assert [place for place in PLACES if place.field in CODES and place.found_in(words.VALUES) is None] == []


@pytest.mark.parametrize("kind", TABLES)
def test_no_word_names_nothing(kind: str):
    used = {place.found_in(TABLES[kind]) for place in PLACES}
    assert [name for name in TABLES[kind] if name not in used] == []


def test_no_longer_name_says_what_is_read_without_it():
    by_name: dict[str | None, list[words.Place]] = {}
    for place in PLACES:
        by_name.setdefault(place.found_in(words.LABELS), []).append(place)
    for name, word in words.LABELS.items():
        rest = {other: said for other, said in words.LABELS.items() if other != name} if "." in name else {}
        else_read = {rest.get(place.found_in(rest) or "") for place in by_name[name]}
        assert else_read != {word}, f"{name} says nothing of its own"


def test_no_name_stands_twice():
    for part in ("LABELS", "OWN", "HINTS", "VALUES"):
        counted = Counter(name for file in words.FILES for name in vars(file).get(part, {}))
        assert [name for name, times in counted.items() if times > 1] == []
    assert not set.union(*(set(file.LABELS) for file in words.FILES)) & {
        name for file in words.FILES for name in vars(file).get("OWN", {})}


def test_every_word_is_chinese_and_short():
    said = {**words.LABELS, **{f"{name}: {value}": word for name, table in words.VALUES.items()
                               for value, word in table.items()}}
    for name, word in said.items():
        assert HANZI.search(word) or word in PLAIN or not word, name
        assert len(word) <= 24 and word == word.strip(), name
    assert all(HANZI.search(hint) or hint == "%" for hint in words.HINTS.values())


def test_every_action_has_a_title_of_its_own_and_every_domain_its_place():
    titles = [words.title(action) for action in ACTIONS]
    assert [title for title, times in Counter(titles).items() if times > 1 or len(title) > 10] == []
    for domain in {action.domain for action in ACTIONS}:
        assert HANZI.search(words.DOMAINS[domain]) and words.chapter_of(domain) in words.CHAPTERS
    with pytest.raises(LookupError):
        words.chapter_of("nowhere")


def test_every_reason_and_account_of_the_ledger_and_every_movement_of_stock_has_its_word():
    reasons = set(re.findall(r'(?:Movement\([^"]+?, |_given\([^"]+?, )"([A-Z_]+)"', source("ledger/rules.py")))
    assert len(reasons) > 15 and reasons <= set(words.VALUES["ledger.reason"])
    accounts = {ledger.WECHAT, ledger.UNSPENT, ledger.REFUNDS_PAYABLE, ledger.SHARES_PAYABLE, ledger.STORED_VALUE,
                ledger.POINTS, ledger.POINTS_DEBT, *ledger.OF_SELLERS}
    assert set(words.VALUES["ledger.account"]) == accounts
    moved = set(re.findall(r'move\(tx, [a-z_., ]+ "([A-Z]+)"', source("stock/store.py")))
    assert set(words.VALUES["StockEntry.kind"]) == moved


def test_everything_that_a_message_can_tell_has_its_word():
    assert set(words.VALUES["messaging.value"]) == {name for told in TOLD.values() for name in told}


def test_a_table_of_an_enum_has_a_word_for_each_of_its_values():
    assert sum(isinstance(table, Words) for table in words.VALUES.values()) > 20  # which say so themselves


def test_the_names_of_fields_read_as_english():
    told = {"order_no": "Order no.", "pay_fen": "Pay", "sku_ids": "SKU IDs", "TO_SHIP": "To ship", "picture_url":
            "Picture URL", "fen": "Fen", "full_reduction": "Full reduction"}
    assert {name: words.english(name) for name in told} == told


def test_the_console_is_told_both_words_of_each_name_and_value():
    written = json.loads(FILES[words_json.FOLDER / "words.json"])
    assert written["labels"]["order_no"] == ["订单号", "Order no."]
    assert written["labels"]["orders.search_orders.name"] == ["收货人姓名", "Name"]
    assert written["values"]["orders.state"]["TO_SHIP"] == ["待发货", "To ship"]
    assert {kind: set(written[kind]) for kind in TABLES} == {kind: set(table) for kind, table in TABLES.items()}


def test_what_one_action_means_is_read_before_what_all_mean():
    said = {(place.action, place.path): words.LABELS[place.found_in(words.LABELS)] for place in PLACES}
    assert said["orders.search_orders", "name"] == "收货人姓名"
    assert said["orders.search_orders", "items.address.name"] == "收货人"
    assert said["orders.view_order", "order.lines.title"] == "商品"
    assert said["stock.list_stock", "items.available"] == "可售库存"


def test_the_settings_are_told_with_meaning_unit_default_and_bounds():
    told = {each["name"]: each for each in json.loads(FILES[words_json.FOLDER / "settings.json"])["settings"]}
    assert set(told) == set(ShopSettings.model_fields)
    assert told["pay_within_minutes"] == {
        "name": "pay_within_minutes", "chapter": ["订单", "Orders"],
        "label": ["未付款订单保留时间", "Pay within minutes"], "unit": ["分钟", "minutes"], "default": 30,
        "meaning": ["超时未付款自动关闭", "Minutes an unpaid order is kept."],
        "risky": False, "sellers": False, "schema": {"maximum": 1440, "minimum": 5, "type": "integer"}}
    assert told["member_levels"]["schema"]["items"]["properties"]["percent"]["maximum"] == 100
    numbers = [each for each in told.values() if each["schema"].get("type") == "integer"]
    assert [each["name"] for each in numbers if each["unit"] is None] == []
    assert {ending for ending, *_ in settings.UNITS} == {
        next(ending for ending, *_ in settings.UNITS if name.endswith(ending))
        for name, each in told.items() if each["unit"]}
