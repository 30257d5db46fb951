"""The page that people read says what the simulator does."""

import json
import re
from pathlib import Path

import pytest

from infra.local.simulators.faults import FaultPlan
from infra.local.simulators.wechat_pay.catalogue import CATALOGUE
from infra.local.simulators.wechat_pay.controls import ROUTES

pytestmark = pytest.mark.spec("E14", "L1")

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "simulators-wechat-pay.md").read_text()


def test_every_rule_on_the_page_is_obeyed_and_every_fault_is_on_it():
    rules = [json.loads(rule) for rule in re.findall(r'`(\{"at".*?\})`', PAGE)]
    FaultPlan(CATALOGUE).add(rules)
    told = set(re.findall(r"`(\w+)`", PAGE))
    assert {fault for faults in CATALOGUE.values() for fault in faults} <= told
    assert {point for point in CATALOGUE if "." not in point} <= told
    assert {rule["do"] for rule in rules} >= {fault for point in CATALOGUE for fault in CATALOGUE[point]} - {
        "202", "500", "502", "closed",
    }


def test_every_control_is_on_the_page():
    paths = {route.path for route in ROUTES} - {"/"}
    assert [path for path in sorted(paths) if path not in PAGE] == []


def test_the_curl_on_the_page_is_a_plan():
    body = re.search(r"-d '(.*?)'\n```", PAGE, re.DOTALL)[1]
    plan = FaultPlan(CATALOGUE)
    plan.replace(json.loads(body)["rules"])
    assert [rule.do for rule in plan.rules] == ["lose", "500"]
