"""The generated pages say what the code says now."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from mall.app import registry
from mall.app.deployment import Deployment
from mall.app.fields import Input, Line, Quantity
from mall.app.settings import ShopSettings
from pydantic import Field

from infra.docs import errors, settings, states
from infra.docs.pages import DOCS, pages
from infra.docs.words import fields_of, table


@pytest.fixture(scope="module")
def written() -> dict[Path, str]:
    """Once, and not before it is asked for: all pages are made of the same actions."""
    return pages()


def test_every_page_is_what_the_code_says_now(written: dict[Path, str]):
    stale = [path.name for path, text in written.items() if path.read_text("utf-8") != text]
    assert stale == [], "run `python -m infra.docs`"


def test_every_action_has_its_section_with_its_summary_on_its_domains_page_and_its_line_in_the_list():
    listed = (DOCS / "actions" / "README.md").read_text("utf-8")
    for action in registry.load().values():
        text = (DOCS / "actions" / f"{action.domain}.md").read_text("utf-8")
        assert f"\n## {action.name}\n\n{action.summary}\n" in text
        assert f"| [`{action.name}`]({action.domain}.md#{action.name.replace('.', '')}) |" in listed


def test_no_page_of_a_domain_that_is_gone_is_left():
    domains = {action.domain for action in registry.load().values()}
    assert {path.stem for path in (DOCS / "actions").iterdir()} == {"README", *domains}


def test_the_links_of_generated_pages_lead_somewhere(written: dict[Path, str]):
    for path, text in written.items():
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text) if path.suffix == ".md" else ():
            assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_every_setting_variable_and_secret_is_explained():
    text = (DOCS / "settings.md").read_text("utf-8")
    for name in (*ShopSettings.model_fields, *settings.secret_names(),
                 *(field.metadata["variable"] for field in Deployment.__dataclass_fields__.values())):
        assert f"| `{name}` |" in text, name
    assert {"session_secret", "trigger_secret", "wechat_pay_private_key"} <= set(settings.secret_names())


def test_each_code_belongs_to_one_sentence_or_to_one_status():
    """A client decides by code: the same code never stands for two statuses."""
    status_of: dict[str, int] = {}
    for error in errors.all_errors():
        assert status_of.setdefault(error.code, error.status) == error.status, error.code


def test_every_state_machine_is_drawn_whole():
    text = (DOCS / "states.md").read_text("utf-8")
    flows = states.all_flows()
    assert len(flows) >= 5
    for where, name, flow in flows:
        section = text.split(f"`{where}.{name}`", 1)[1].split("\n## ", 1)[0]
        for move, (sources, target) in flow.moves.items():
            for source in sources:
                assert f"    {source.value} --> {target.value}: {move}\n" in section


def test_fields_are_said_with_their_bounds_and_their_nested_fields():
    class Part(Input):
        quantity: Quantity
        parts: list[Part] = Field(default_factory=list, max_length=2)

    class Whole(Input):
        parts: list[Part] = Field(min_length=1, max_length=50)
        note: Line = ""
        kind: str | None = None

    assert fields_of(Whole) == [
        ["`parts`", "list of object, at least 1, at most 50", "required"],
        ["`parts[].quantity`", "integer, from 1, to 9999", "required"],
        ["`parts[].parts`", "list of object, at most 2", "optional"],
        ["`note`", "text, at most 255 letters", "empty"],
        ["`kind`", "text or nothing", "optional"],
    ]


def test_a_bar_in_a_cell_does_not_break_the_table():
    rows: list[Any] = [["a|b", "one\ntwo"]]
    assert table(["x", "y"], rows) == "| x | y |\n| --- | --- |\n| a\\|b | one two |\n"
