"""The page that people read names what the simulator serves."""

import re
from pathlib import Path

import pytest

from infra.local.simulators.wechat_api.interfaces import INTERFACES

pytestmark = pytest.mark.spec("E14", "L1")

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "simulators-wechat-api.md").read_text("utf-8")


def test_every_interface_is_on_the_page_and_every_path_of_the_page_is_served(wechat):
    routes = {route.path for route in wechat.client.app.routes}
    assert [one.path for one in INTERFACES if not re.search(re.escape(one.path) + r"(?![\w/])", PAGE)] == []
    told = set(re.findall(r"/(?:cgi-bin|wxa|wxaapi|sns|connect)/[\w/]+", PAGE))
    assert sorted(told - routes) == []


def test_every_control_is_on_the_page(wechat):
    controls = {route.path for route in wechat.client.app.routes if route.path.startswith("/_sim/")}
    assert len(controls) > 20
    assert [path for path in sorted(controls) if not re.search(re.escape(path) + r"(?![\w/])", PAGE)] == []


def test_every_code_that_an_interface_can_answer_is_on_the_page():
    folder = Path(__file__).resolve().parents[3] / "infra" / "local" / "simulators" / "wechat_api"
    raised = {code for path in folder.glob("*.py") for code in re.findall(r"Refused\((\d{5,9}),", path.read_text())}
    ranges = {str(code) for low, high in ((10060005, 10060009), (268485194, 268485197), (268485226, 268485228))
              for code in range(low, high + 1)}  # fmt: skip
    assert sorted(code for code in raised - ranges if code not in PAGE) == []
