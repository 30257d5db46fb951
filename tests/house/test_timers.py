"""Every timer says what it works through, and works off ten days of the design within one (docs/growth.md)."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from mall.app import registry
from mall.app.actions import CATCH_UP, DESIGN_DAY, Action

pytestmark = pytest.mark.spec("L3")

ROOT = Path(__file__).resolve().parents[2]
TIMERS = [action for action in registry.load().values() if action.kind == "timer"]
LAST_ITEM_S = 40  # two calls to WeChat that hang, and a database that has to be asked again
OF_ITS_OWN = {  # what bounds the time of those that do not work through items of their own
    "ops.relay_outbox": "flows/ops/relay.py hands back what it has no time for",
    "staff.chain_audit_log": "flows/ops/chain_audit_log.py by flows/each.py",
    "privacy.rotate_data_key": "flows/ops/rotate_data_key.py by flows/each.py"}

every = pytest.mark.parametrize("action", TIMERS, ids=lambda action: action.name)


@every
def test_a_timer_catches_up_ten_design_days_within_a_day(action: Action):
    load = action.load
    assert load is not None and load.what
    if load.few:
        return
    assert load.a_day(action.schedule) >= CATCH_UP * DESIGN_DAY
    assert load.item_ms >= 200 or not {"wechat_pay", "wechat_api"} & set(action.uses), "a call to WeChat takes its time"


@every
def test_a_fire_ends_before_the_platform_ends_it(action: Action):
    assert action.load.enough_s + LAST_ITEM_S <= action.timeout_s


@every
def test_a_timer_is_bounded_by_time_and_goes_on_after_a_bad_item(action: Action):
    """By the loops of flows/each.py, and by no loop of its own."""
    if action.load.few or action.name in OF_ITS_OWN:
        return
    domain, name = action.name.split(".")
    tree = ast.parse((ROOT / "functions" / domain / f"{name}.py").read_text("utf-8"))
    body = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name)
    called = {node.func.id for node in ast.walk(body) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert called & {"work_through", "in_batches", "in_turns"}
    assert not any(isinstance(node, (ast.For, ast.While)) for node in ast.walk(body))
