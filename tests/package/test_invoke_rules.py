"""CloudBase's invoke rules: closed but for what a mini program calls."""

from __future__ import annotations

import json

import pytest
from infra.package import __main__ as package
from infra.package.invoke_rules import invoke_rules
from infra.package.plan import units
from infra.package.platforms import PLATFORMS

pytestmark = pytest.mark.spec("L2")


def test_the_rules_open_exactly_what_a_mini_program_calls_and_to_nobody_without_a_sign_in():
    rules = invoke_rules()
    assert rules["*"] == {"invoke": False}
    opened = {name for name, rule in rules.items() if rule["invoke"] is not False}
    assert all(rules[name] == {"invoke": "auth != null"} for name in opened)
    for unit in units(PLATFORMS["cloudbase"]):
        called = {action.allow in ("anyone", "member") and not action.over_http_only for action in unit.actions}
        assert called == {unit.name in opened}, f"{unit.name} is open with all its actions or with none"
    assert {"members-sign_in", "orders-place_order", "orders_counter"} <= opened
    assert not opened & {"staff-sign_in_staff", "members-sign_in_web", "members-begin_web_sign_in", "ops-relay_outbox",
                         "staff_desk", "payments-receive_payment_notice", "messaging_listeners"}


def test_the_packager_writes_them(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(package, "DIST", tmp_path / "dist")
    monkeypatch.setattr(package, "REPOSITORY", tmp_path)
    assert package.main(["rules"]) == 0
    assert json.loads((tmp_path / "dist" / "cloudbase" / "invoke_rules.json").read_text("utf-8")) == invoke_rules()
