"""CloudBase's invoke rules: closed but for what a mini program calls."""

from __future__ import annotations

import json

import pytest
from mall.app import registry

from infra.package import __main__ as package
from infra.package.invoke_rules import invoke_rules

pytestmark = pytest.mark.spec("L2")


def test_the_rules_open_exactly_what_a_mini_program_calls_and_to_nobody_without_a_sign_in():
    rules = invoke_rules()
    assert rules["*"] == {"invoke": False}
    opened = {name for name, rule in rules.items() if rule["invoke"] is not False}
    assert all(rules[name] == {"invoke": "auth != null"} for name in opened)
    for action in registry.load().values():
        called = action.allow in ("anyone", "member") and not action.over_http_only
        assert (action.function_name in opened) is called, action.name
    assert {"members-sign_in", "orders-place_order"} <= opened
    assert not opened & {"staff-sign_in_staff", "members-sign_in_web", "members-begin_web_sign_in", "ops-relay_outbox",
                         "staff-save_role", "payments-receive_payment_notice"}


def test_the_packager_writes_them(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(package, "DIST", tmp_path / "dist")
    monkeypatch.setattr(package, "REPOSITORY", tmp_path)
    assert package.main(["rules"]) == 0
    assert json.loads((tmp_path / "dist" / "cloudbase" / "invoke_rules.json").read_text("utf-8")) == invoke_rules()
