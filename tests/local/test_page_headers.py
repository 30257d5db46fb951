"""The gateway's pages run their own script only, sit in nobody's frame, and tell nobody where one came from."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest
from mall.app import registry

from infra.local import pages
from infra.local.settings import read_settings
from infra.local.wire import as_page

pytestmark = pytest.mark.spec("L1")

PAGES = {
    "/docs": pages.api_page(),
    "/": pages.landing_page(read_settings(), registry.load().values(), {"shop_time": "now", "ahead_minutes": 0.0},
                              {"console": "built", "shop": "built"}),
}


def policy(text: str) -> dict[str, str]:
    parts = as_page(text).headers["Content-Security-Policy"].split("; ")
    return {name: rest for name, _, rest in (part.partition(" ") for part in parts)}


@pytest.mark.parametrize("text", PAGES.values(), ids=PAGES)
def test_a_page_runs_exactly_its_own_scripts_and_reaches_only_the_gateway(text: str):
    scripts = re.findall(r"<script[^>]*>(.*?)</script>", text, re.DOTALL)
    own = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    said = policy(text)
    assert said["script-src"] == " ".join(f"'sha256-{each}'" for each in own) and len(own) == 1
    assert (said["default-src"], said["connect-src"], said["frame-ancestors"], said["base-uri"],
            said["form-action"]) == ("'none'", "'self'", "'none'", "'none'", "'none'")
    assert "unsafe-eval" not in str(said) and "unsafe-inline" not in said["script-src"]


@pytest.mark.parametrize("text", PAGES.values(), ids=PAGES)
def test_a_page_needs_nothing_that_its_policy_forbids(text: str):
    assert re.findall(r"<script [^>]*>|<link\b|<iframe\b|<base\b|<form [^>]*action", text) == []
    without = re.sub(r"<script>.*?</script>", "", text, flags=re.DOTALL)
    assert re.findall(r"<[^>]*\son\w+\s*=", without) == []
