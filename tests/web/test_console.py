"""What the console decides without a browser, in Node; its types. Skipped loudly where there is no Node."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from mall.app import registry
from mall.app.identity import Staff

from infra.web import pages, weights, workspace
from infra.web.node import Node

pytestmark = pytest.mark.spec("L8")

FIRST_KB, FURTHER_KB, CHARTS_KB = 350, 120, 190
CHARTS = "src/kit/drawing.ts"
ROLES = ([], ["*"], ["orders.*"], ["orders.close_order"], ["order.*"], ["orders"], ["refunds.start_refund", "staff.*"])


def permits() -> list[tuple[list[str], str, bool]]:
    """Of every role and staff action: may it, by the mall's own reading."""
    names = [name for name, action in registry.load().items() if action.allow == "staff"]
    return [(role, name, Staff("stf_1", "sel_1", "", tuple(role), "ses_1").may(name))
            for role in ROLES for name in names]


@pytest.mark.parametrize("part", ["common", "console"])
def test_what_needs_no_browser_holds(node: Node, part: str, tmp_path: Path):
    cases = tmp_path / "permits.json"
    cases.write_text(json.dumps(permits()))
    built = workspace.WEB / "node_modules" / ".tests" / f"{part}.mjs"
    workspace.build_client(node)
    node.run("test.mjs", part, str(built), folder=workspace.WEB)
    told = node.run("--test", "--test-reporter=tap", str(built), folder=workspace.WEB,
                    more={"MALL_CONSOLE_PERMITS": str(cases)})
    assert int(re.search(r"(?m)^# pass (\d+)$", told)[1]) >= 2
    assert re.search(r"(?m)^# (fail|skipped) [1-9]", told) is None


def test_the_console_holds_to_the_types(node: Node):
    workspace.build_client(node)
    node.run(str(workspace.WEB / "node_modules" / "vue-tsc" / "bin" / "vue-tsc.js"), "--noEmit",
             folder=workspace.WEB / "console")


def test_no_page_is_heavier_than_people_wait_for_and_charts_come_only_where_one_is_shown(node: Node):
    pages.build(node)
    print(weights.table("console", most=100))
    first, *further = weights.weigh("console")
    charts = {weight.name: weight.all for weight in further}.get(CHARTS, 0)
    assert first.all <= FIRST_KB * weights.KB
    assert [weight for weight in further if weight.name != CHARTS and weight.all > FURTHER_KB * weights.KB] == []
    assert charts <= CHARTS_KB * weights.KB
