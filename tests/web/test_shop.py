"""What the shop decides without a browser, in Node; its types. Skipped loudly where there is no Node."""

from __future__ import annotations

import re

import pytest

from infra.web import workspace
from infra.web.node import Node

pytestmark = pytest.mark.spec("L5")


def test_what_needs_no_browser_holds(node: Node):
    built = workspace.WEB / "node_modules" / ".tests" / "shop.mjs"
    node.run("test.mjs", "shop", str(built), folder=workspace.WEB)
    told = node.run("--test", "--test-reporter=tap", str(built), folder=workspace.WEB)
    assert int(re.search(r"(?m)^# pass (\d+)$", told)[1]) >= 20
    assert re.search(r"(?m)^# (fail|skipped) [1-9]", told) is None


def test_the_shop_holds_to_the_types(node: Node):
    workspace.build_client(node)
    node.run(str(workspace.WEB / "node_modules" / "vue-tsc" / "bin" / "vue-tsc.js"), "--noEmit",
             folder=workspace.WEB / "shop")
