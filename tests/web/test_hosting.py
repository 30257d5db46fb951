"""With what each file of a page is sent, wherever it is hosted."""

from __future__ import annotations

import pytest

from infra.web import hosting

pytestmark = pytest.mark.spec("L8", "L5")


def parts(policy: str) -> dict[str, str]:
    return {name: rest for name, _, rest in (part.partition(" ") for part in policy.split("; "))}


def test_what_carries_its_content_in_its_name_is_kept_and_the_rest_is_asked_for_anew():
    kept = hosting.headers("assets/index-8cUo7spY.js")
    assert (kept["Cache-Control"], kept["Content-Type"]) == (
        "public, max-age=31536000, immutable", "text/javascript; charset=utf-8")
    for name in ("index.html", "config.json", "icon.svg"):
        assert hosting.headers(name)["Cache-Control"] == "no-cache"


def test_every_file_is_taken_for_what_it_is_and_tells_nobody_where_one_came_from():
    for name in ("index.html", "assets/a-12345678.css", "config.json"):
        sent = hosting.headers(name)
        assert (sent["X-Content-Type-Options"], sent["Referrer-Policy"]) == ("nosniff", "no-referrer")
        assert "Content-Security-Policy" in sent


def test_a_page_runs_its_own_scripts_and_speaks_to_itself_the_mall_and_the_store_only():
    said = parts(hosting.policy(["https://api.mall.cn/base", "https://api2.mall.cn"], ["https://p.cos.cn/mall",
                                                                                       "https://p.cos.cn/", ""]))
    assert (said["default-src"], said["script-src"], said["style-src-elem"]) == ("'none'", "'self'", "'self'")
    assert said["connect-src"] == "'self' https://api.mall.cn https://api2.mall.cn https://p.cos.cn"
    assert (said["img-src"], said["media-src"]) == (
        "'self' data: blob: https://p.cos.cn", "'self' blob: https://p.cos.cn")
    assert (said["frame-ancestors"], said["base-uri"], said["form-action"]) == ("'none'", "'none'", "'self'")
    assert "unsafe-eval" not in str(said) and "unsafe-inline" not in said["script-src"]


def test_config_names_the_addresses_in_their_order():
    assert hosting.config() == b'{"api": []}'
    assert hosting.config(["https://a.cn", "https://b.cn"]) == b'{"api": ["https://a.cn", "https://b.cn"]}'
