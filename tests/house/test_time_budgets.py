"""What an action uses fits into its timeout: the table of budgets in mall.kit.deadline against the declarations."""

from __future__ import annotations

from pathlib import Path

import pytest
from mall.app import registry
from mall.app.actions import Action
from mall.app.world import DOORS
from mall.kit.deadline import BUDGETS, DATABASE, NUDGE, SAVE_S, SECRETS

pytestmark = pytest.mark.spec("L3")

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reliability.md"

ACTIONS = list(registry.load().values())
SIGNS_ONLY = {  # no call is made
    **{name: "storage" for name in (
        "catalog.issue_upload_url", "members.issue_upload_url", "refunds.list_requests", "refunds.view_refundable",
        "invoices.list_invoices", "invoices.list_my_invoices", "sellers.list_my_applications", "sellers.show_seller")},
    "members.begin_web_sign_in": "wechat_api"}


def test_every_door_has_a_budget():
    assert sorted(BUDGETS) == sorted(DOORS)


@pytest.mark.parametrize("action", [each for each in ACTIONS if each.uses], ids=lambda action: action.name)
def test_one_call_of_each_client_and_the_database_afterwards_fit_into_the_timeout(action: Action):
    used = [name for name in action.uses if SIGNS_ONLY.get(action.name) != name]
    assert sum(BUDGETS[name].all_s for name in used) + SAVE_S <= action.timeout_s


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)
def test_a_call_without_a_client_has_time_for_a_new_connection_and_its_secret(action: Action):
    assert DATABASE.connect_s + SECRETS.all_s + NUDGE.all_s <= action.timeout_s - SAVE_S


def test_the_page_has_the_table():
    every = {**BUDGETS, "secrets": SECRETS, "nudge": NUDGE, "database": DATABASE}
    rows = [f"| {name} | {each.connect_s}, {each.read_s} | {each.tries} | {each.all_s} |"
            for name, each in every.items() if each.all_s]
    text = PAGE.read_text("utf-8")
    assert [row for row in rows if row not in text] == []
