"""Every staff action has its screen, and each is what the functions say now. Needs no Node."""

from __future__ import annotations

import json
from typing import Any

import pytest
from mall.app import registry
from mall.app.identity import EVERY_STAFF_MAY

from infra.web import console, drawn, screens

pytestmark = pytest.mark.spec("L8")

FILES = console.files()  # drawn once
SCREENS = screens.screens()
STAFF = {action.name: action for action in drawn.staff_actions()}
DRAWN: dict[str, Any] = {name: page for path, text in FILES.items() if path.parent.name == "actions"
                         for name, page in json.loads(text).items()}


@pytest.mark.parametrize("path", sorted(FILES), ids=lambda path: path.stem)
def test_a_page_is_drawn_from_what_the_functions_say_now(path):
    assert path.read_text("utf-8") == FILES[path], "run `make generate`"


def test_no_page_is_left_of_a_domain_that_is_gone():
    assert set((console.FOLDER / "actions").iterdir()) == {path for path in FILES if path.parent.name == "actions"}


def test_no_staff_action_is_without_a_screen():
    assert set(DRAWN) == set(STAFF)


def test_a_page_asks_for_every_field_of_the_input_and_shows_every_field_of_the_answer():
    for name, action in STAFF.items():
        for model, side in ((action.input, "asks"), (action.output, "gives")):
            assert [field["name"] for field in DRAWN[name][side]] == list(model.model_fields if model else ()), name


def test_what_can_wait_for_a_second_person_asks_once_more_and_so_does_what_else_moves_money():
    asked = {name for name, page in DRAWN.items() if page.get("money")}
    assert asked == {name for name, action in STAFF.items() if action.two_people} | set(console.MOVES_MONEY)


def test_an_amount_is_typed_in_yuan():
    def fields(page: list[dict[str, Any]]):
        for field in page:
            yield field
            yield from fields(field.get("fields") or (field.get("of") or {}).get("fields") or [])

    typed = {field["name"]: field["as"] for page in DRAWN.values() for field in fields(page["asks"])}
    assert {name: kind for name, kind in typed.items() if name.endswith("_fen") and kind != "money"} == {}


def test_a_screen_serves_actions_that_there_are():
    everything = registry.load()
    assert {name for screen in SCREENS for name in screen.serves} <= {
        name for name, action in everything.items() if action.allow == "staff"}


def test_a_page_calls_only_what_it_says_that_it_serves():
    """So that whoever lacks the first action does not see it, and docs/screens.md is true."""
    for folder in {screen.folder for screen in SCREENS}:
        served = {name for screen in SCREENS if screen.folder == folder for name in screen.serves}
        assert screens.called(folder) & set(STAFF) <= served | set(EVERY_STAFF_MAY), folder


def test_no_two_screens_have_one_path():
    paths = [screen.path for screen in SCREENS]
    assert len(set(paths)) == len(paths)
