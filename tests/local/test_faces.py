"""The console and the shop at the gateway: what is sent, to whom, and what is said while they are not there."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from infra.local.faces import TOLD
from infra.web import pages
from tests.local.test_gateway import Client, client  # noqa: F401  (a fixture)

pytestmark = pytest.mark.spec("L1", "L8", "L5")

HTML, SCRIPT = b"<!doctype html><title>console</title>" * 9, b"export const here = 1;" * 99
ASSET = "assets/index-8cUo7spY.js"


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The console, as its build leaves it; the shop is not there."""
    folder = tmp_path / "dist" / "web"
    whole = folder / "console.0123456789abcdef"
    (whole / "assets").mkdir(parents=True)
    (whole / "index.html").write_bytes(HTML)
    (whole / ASSET).write_bytes(SCRIPT)
    (whole / f"{ASSET}.gz").write_bytes(gzip.compress(SCRIPT))
    (folder / "secret.txt").write_text("not a page")
    (folder / "console").symlink_to(whole.name)
    monkeypatch.setattr(pages, "BUILT", folder)
    return folder


def test_the_page_is_sent_with_what_keeps_it_and_what_guards_it(client: Client, built: Path):  # noqa: F811
    got = client.send("/console/", method="GET")
    assert (got.status, got.body, got.headers["Content-Type"]) == (200, HTML, "text/html; charset=utf-8")
    assert (got.headers["Cache-Control"], got.headers["X-Content-Type-Options"]) == ("no-cache", "nosniff")
    assert "script-src 'self';" in got.headers["Content-Security-Policy"]
    script = client.send(f"/console/{ASSET}", method="GET")
    assert (script.body, script.headers["Cache-Control"]) == (SCRIPT, "public, max-age=31536000, immutable")


def test_its_address_without_the_stroke_leads_there_with_what_came_after_it(client: Client, built: Path):  # noqa: F811
    got = client.send("/console?code=a&state=b", method="GET")
    assert (got.status, got.headers["Location"]) == (308, "/console/?code=a&state=b")


def test_config_says_that_the_api_is_where_the_page_is(client: Client, built: Path):  # noqa: F811
    got = client.send("/console/config.json", method="GET")
    assert (got.json, got.headers["Cache-Control"]) == ({"api": []}, "no-cache")


def test_who_takes_gzip_gets_what_was_packed_at_the_build(client: Client, built: Path):  # noqa: F811
    got = client.send(f"/console/{ASSET}", method="GET", accept_encoding="gzip, br")
    assert (gzip.decompress(got.body), got.headers["Content-Encoding"]) == (SCRIPT, "gzip")
    assert got.headers["Vary"] == "Accept-Encoding"
    assert got.headers["ETag"] != client.send(f"/console/{ASSET}", method="GET").headers["ETag"]


def test_what_the_browser_has_is_not_sent_again(client: Client, built: Path):  # noqa: F811
    tag = client.send("/console/", method="GET").headers["ETag"]
    again = client.send("/console/", method="GET", if_none_match=tag)
    assert (again.status, again.body, again.headers["ETag"]) == (304, b"", tag)
    assert client.send("/console/", method="GET", if_none_match='"another"').status == 200


@pytest.mark.parametrize("path", ["nothing.js", "../secret.txt", "../../web/secret.txt", "//etc/passwd", "assets",
                                  f"{ASSET}.gz", "assets/../index.html", "..", "\0"])
def test_what_is_not_of_the_page_is_not_found(client: Client, built: Path, path: str):  # noqa: F811
    got = client.send(f"/console/{path}", method="GET")
    assert (got.status, got.code) == (404, "NOT_FOUND")


def test_a_page_is_read_and_nothing_else(client: Client, built: Path):  # noqa: F811
    assert client.send("/console/", method="POST").status == 404
    assert client.send("/console/", method="HEAD").status == 200


def test_it_is_reached_through_a_tunnel_as_the_api_is(client: Client, built: Path):  # noqa: F811
    far = {"host": "x.ngrok.app", "x_forwarded_for": "203.0.113.9", "origin": "https://x.ngrok.app"}
    assert client.send("/console/", method="GET", **far).status == 200
    assert client.send("/docs", method="GET", **far).status == 403


def test_a_page_that_is_not_there_says_how_far_it_is_and_asks_again(client: Client, built: Path):  # noqa: F811
    got = client.send("/shop/", method="GET")
    assert (got.status, "make web" in got.body.decode()) == (503, True)
    told = client.gateway.settings.folder / TOLD
    told.write_text(json.dumps({"said": "being built: the <client>"}))
    page = client.send("/shop/", method="GET").body.decode()
    assert "being built: the &lt;client&gt;" in page and 'http-equiv="refresh"' in page
    assert "being built: the &lt;client&gt;" in client.send("/", method="GET").body.decode()


def test_a_new_build_is_served_from_the_next_request_on(client: Client, built: Path):  # noqa: F811
    client.send("/console/", method="GET")
    newer = built / "console.fedcba9876543210"
    newer.mkdir()
    (newer / "index.html").write_bytes(b"newer")
    pages._point(built / "console", newer)
    assert client.send("/console/", method="GET").body == b"newer"
