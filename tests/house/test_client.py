"""The client's generated half is what the functions say now, and its workspace asks for little. Needs no Node."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from mall.app import registry
from pydantic import BaseModel

from infra.local.openapi import KINDS
from infra.web import client
from infra.web.shapes import interfaces
from infra.web.workspace import CLIENT, WEB

pytestmark = pytest.mark.spec("L9")

LOCK = json.loads((WEB / "package-lock.json").read_text("utf-8"))["packages"]
FREE = {"MIT", "ISC", "0BSD", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0"}
OF_TOOLS = {"MPL-2.0"}  # what builds and tests, and is in no page


@pytest.fixture(scope="module")
def drawn() -> dict[Path, str]:
    """Once, and not before it is asked for."""
    return client.files()


def test_every_generated_file_is_what_the_functions_say_now(drawn):
    stale = [path.name for path, text in drawn.items() if path.read_text("utf-8") != text]
    assert stale == [], "run `make generate`"


def test_no_generated_file_is_left_of_a_domain_that_is_gone(drawn):
    assert set(client.FOLDER.iterdir()) == set(drawn)


def test_every_action_that_a_client_may_call_can_be_called_and_no_other(drawn):
    text = drawn[client.FOLDER / "actions.ts"]
    shown = {name for name, action in registry.load().items() if action.kind in KINDS}
    assert set(re.findall(r'(?m)^  "([a-z_.]+)": \{$', text)) == shown


def test_every_refusal_and_every_event_has_its_type(drawn):
    refused, told = (drawn[client.FOLDER / f"{name}.ts"] for name in ("refusals", "events"))
    assert set(re.findall(r"(?m)^  ([A-Z_]+): \{ status", refused)) == set(client.refusals())
    assert '"orders.order_paid": {\n    order_no: string;' in told


def test_a_field_says_what_its_own_line_says_its_bounds_and_its_default(drawn):
    text = drawn[client.FOLDER / "pricing.ts"] + drawn[client.FOLDER / "orders.ts"]
    assert "of the price, from the buyer's stored value; WeChat collects the rest · from 0, to " in text
    assert "coupon_ids?: string[] | null;" in text
    assert 'delivery?: "EXPRESS" | "PICKUP" | "VIRTUAL";' in text
    assert '/** default "EXPRESS" */' in text


class Part(BaseModel):
    count: int = 1


class Whole(BaseModel):
    parts: list[Part]


def test_what_is_one_thing_when_sent_and_another_when_answered_has_two_names():
    sent = interfaces(Whole, "validation")
    answered = interfaces(Whole, "serialization", frozenset({"Part"}))
    assert "  count?: number;" in sent["Part"] and "parts: Part[];" in sent["Whole"]
    assert "  count: number;" in answered["PartAnswered"] and "parts: PartAnswered[];" in answered["Whole"]


def test_what_is_installed_is_exact_hashed_free_and_of_no_named_registry():
    asked = json.loads((WEB / "package.json").read_text("utf-8"))
    assert LOCK[""]["devDependencies"] == asked["devDependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in asked["devDependencies"].values())
    for name, each in LOCK.items():
        if not name.startswith("node_modules/") or each.get("link"):
            continue
        assert each["integrity"].startswith("sha512-") and "resolved" not in each, name
        assert each["license"] in (FREE | OF_TOOLS if each.get("dev") else FREE), f"{name}: {each['license']}"


def test_the_client_depends_on_nothing():
    about = json.loads((CLIENT / "package.json").read_text("utf-8"))
    assert not {name for name in about if name.lower().endswith("dependencies")}
    code = "\n".join(path.read_text("utf-8") for path in (CLIENT / "src").glob("*.ts"))
    assert set(re.findall(r'from "([^."][^"]*)"', code)) == set()
