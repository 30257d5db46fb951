"""No action that takes something guessable, or that asks WeChat for a client, is without its limit."""

from __future__ import annotations

import re
import typing
from collections.abc import Iterator
from typing import Any

import pytest
from mall.app import registry
from mall.app.actions import Action
from mall.app.fields import Chosen, Guessable
from mall.app.limits import BOUNDS, FREE
from mall.app.settings import ShopSettings
from pydantic import BaseModel

pytestmark = pytest.mark.spec("J2")

ACTIONS = [action for action in registry.load().values() if action.allow]
# A field that is named like a secret is of a kind that says so, or stands here with why it is none.
SECRET_NAME = re.compile(r"(?:^|_)(?:codes?|passwords?|passwd|secrets?|tokens?|pin|otp|captcha|ticket|states?)$")
NO_SECRETS = {
    "sku_code": "the merchant's own number of an article",
    "seen_state": "what the caller saw, to be refused when it changed",
}
OF_ACTIONS = {
    ("catalog.save_virtual_codes", "codes"): "put in by staff, to be handed out",
    ("members.sign_in_web", "state"): "our own, with a MAC over it; a kind that says so all the same",
}


def fields(model: type[BaseModel]) -> Iterator[tuple[str, list[Any], Any]]:
    """(name, marks, annotation) of every field, those of the models within too."""
    for name, field in model.model_fields.items():
        yield name, [*field.metadata, *_marks(field.annotation)], field.annotation
        for inner in _models(field.annotation):
            yield from fields(inner)


def _marks(hint: Any) -> list[Any]:
    found = list(getattr(hint, "__metadata__", ()))
    return found + [mark for inner in typing.get_args(hint) for mark in _marks(inner)]


def _models(hint: Any) -> list[type[BaseModel]]:
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return [hint]
    return [model for inner in typing.get_args(hint) for model in _models(inner)]


def takes(action: Action, mark: type) -> list[str]:
    return [name for name, marks, _ in fields(action.input) if mark in marks] if action.input else []


def needs_a_limit(action: Action) -> list[str]:
    """Why: what is guessable in its input; what it asks of the world for a client; what it writes for a stranger."""
    why = [f"takes {name}" for name in takes(action, Guessable)]
    if action.allow != "staff" and action.uses:
        why.append(f"asks {', '.join(action.uses)}")
    if action.name.endswith(".issue_upload_url"):
        why.append("fills the store")
    if action.allow == "anyone" and action.kind != "query":
        why.append("writes for a stranger")
    return why


def test_every_action_of_that_kind_is_in_the_table_and_nothing_else_is():
    missing = {action.name: needs_a_limit(action) for action in ACTIONS
               if needs_a_limit(action) and action.name not in BOUNDS and action.name not in FREE}
    assert missing == {}
    known = {action.name: needs_a_limit(action) for action in ACTIONS}
    assert [name for name in (*BOUNDS, *FREE) if not known[name]] == []
    assert set(BOUNDS) & set(FREE) == set()


@pytest.mark.parametrize("name", BOUNDS)
def test_a_bound_names_a_setting_and_counts_by_what_the_action_has(name: str):
    action = registry.load()[name]
    assert action.kind in ("command", "remote")  # a query writes nothing, and so cannot count
    for bound in BOUNDS[name]:
        assert bound.most in ShopSettings.model_fields
        assert bound.by in ("address", "person") or bound.by in action.input.model_fields
        assert bound.by != "address" or action.allow == "anyone"  # whoever is signed in is counted as a person
    if action.allow != "anyone":
        assert "person" in {bound.by for bound in BOUNDS[name]}


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)
def test_a_field_that_is_named_like_a_secret_is_of_a_kind_that_says_so(action: Action):
    if action.input is None:
        return
    for name, marks, hint in fields(action.input):
        if not SECRET_NAME.search(name) or name in NO_SECRETS or (action.name, name) in OF_ACTIONS:
            continue
        chosen_from = typing.get_origin(hint) is typing.Literal or "Literal" in str(hint)  # a word of a closed list
        assert chosen_from or {Guessable, Chosen} & {mark for mark in marks if isinstance(mark, type)}, name


def test_the_exceptions_are_all_in_use():
    seen = {(action.name, name) for action in ACTIONS if action.input for name, _, _ in fields(action.input)}
    assert {name for _, name in seen} >= set(NO_SECRETS) and seen >= set(OF_ACTIONS)
