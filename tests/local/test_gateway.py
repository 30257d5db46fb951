"""The gateway as a client meets it: every shape, the mall's own errors, and what only this machine may do."""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import secrets
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from mall.app.deployment import Deployment
from mall.app.front_desk import House
from mall.kit import clock
from mall.kit.db import Database
from mall.kit.errors import NotSignedIn
from mall.tables.people import member_identities, members
from sqlalchemy import select

from infra.local import clock_file
from infra.local.gateway import Gateway
from infra.local.settings import Settings
from infra.local.simulators.wechat_api.people import identify
from infra.local.wire import SAFE
from tests.support.shop import APPID, SECRETS

pytestmark = pytest.mark.spec("L1")

IDENTITIES, MEMBERS = select(member_identities), select(members)


class Answer:
    def __init__(self, status: int, headers: dict[str, str], body: bytes):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        return self.json["error"]["code"]


class Client:
    """Sends WSGI requests as granian does; `told` are the simulators that heard of a clock move."""

    def __init__(self, gateway: Gateway, told: list):
        self.gateway, self.told = gateway, told

    def send(self, path: str, body: bytes | dict = b"", *, method: str = "POST", peer: str = "127.0.0.1",
             **headers: str) -> Answer:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        path, _, query = path.partition("?")
        environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query, "REMOTE_ADDR": peer,
                   "CONTENT_LENGTH": str(len(raw)), "wsgi.input": io.BytesIO(raw), "HTTP_HOST": "127.0.0.1:8200"}
        environ |= {f"HTTP_{name.upper()}": value for name, value in headers.items()}
        said: dict[str, Any] = {}

        def start_response(status: str, given: list[tuple[str, str]]) -> None:
            said.update(status=int(status.split()[0]), headers=dict(given))

        content = b"".join(self.gateway(environ, start_response))
        length = said["headers"].get("Content-Length")
        assert length == (None if said["status"] == 304 else str(len(content)))
        return Answer(said["status"], said["headers"], content)


@pytest.fixture
def client(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    folder = tmp_path / "secrets"
    folder.mkdir()
    for name, value in SECRETS.items():
        (folder / name).write_text(value)
    told: list = []
    monkeypatch.setattr(clock_file.ClockFile, "tell", lambda self: told.append(clock.ahead()))
    deployment = Deployment(platform="local", database_url=str(database.url), secrets=str(folder), wechat_appid=APPID)
    settings = Settings(tmp_path, "127.0.0.1", 8200, 8201, 8202, 8203)
    yield Client(Gateway(settings, House(deployment, database)), told)
    clock.move_ahead(timedelta(0))


def sign_in(client: Client, name: str = "xiaohong") -> dict[str, Any]:
    return client.send("/api/members/sign_in", {}, x_sim_openid=name).json["data"]


def signed(action: str, session: dict[str, Any], body: bytes, key: str = "") -> dict[str, str]:
    stamp, nonce = str(int(time.time())), secrets.token_hex(12)
    text = "\n".join([action, stamp, nonce, key, hashlib.sha256(body).hexdigest()])
    mac = hmac.new(session["session_key"].encode(), text.encode(), hashlib.sha256).hexdigest()
    return {"authorization": f"Bearer {session['token']}", "x_mall_timestamp": stamp, "x_mall_nonce": nonce,
            "x_mall_signature": mac, **({"idempotency_key": key} if key else {})}


def test_a_name_is_a_person_in_a_cloud_call(client: Client, database: Database):
    first = client.send("/api/members/sign_in", {}, x_sim_openid="%E5%B0%8F%E7%BA%A2")
    again = client.send("/api/members/sign_in", {}, x_sim_openid="%E5%B0%8F%E7%BA%A2")
    assert (first.status, first.json["data"]["is_new"], again.json["data"]["is_new"]) == (200, True, False)
    assert first.json["data"]["member_id"] == again.json["data"]["member_id"]
    rows = database.read(lambda tx: tx.all(IDENTITIES))
    assert [(row.appid, row.openid) for row in rows] == [(APPID, identify("小红", APPID)["openid"])]


@pytest.mark.parametrize("shape", ["aws", "scf", "access"])
def test_a_signed_request_is_admitted_in_every_shape_and_once_only(client: Client, shape: str):
    session, body = sign_in(client), b"{}"
    headers = signed("members.view_profile", session, body)
    answer = client.send("/api/members/view_profile", body, x_mall_shape=shape, **headers)
    assert (answer.status, answer.json["ok"]) == (200, True)
    unsigned = {name: value for name, value in headers.items() if name != "x_mall_signature"}
    refused = client.send("/api/members/view_profile", body, x_mall_shape=shape, **unsigned)
    assert (refused.status, refused.code) == (401, "BAD_SIGNATURE")


def test_nobody_is_asked_to_sign_in(client: Client):
    for shape in ("aws", "scf", "access"):
        answer = client.send("/api/members/view_profile", {}, x_mall_shape=shape)
        assert (answer.status, answer.code) == (401, "NOT_SIGNED_IN")
    cloud = client.send("/api/members/view_profile", {}, x_mall_shape="cloudbase")
    assert (cloud.status, cloud.code) == (200, "NOT_SIGNED_IN")  # a cloud call has no HTTP status


@pytest.mark.parametrize(("peer", "said"), [
    ("192.168.1.7", {}), ("127.0.0.1", {"host": "evil.example"}), ("127.0.0.1", {"host": "127.0.0.1.evil.example"}),
    ("127.0.0.1", {"origin": "https://evil.example"}), ("127.0.0.1", {"origin": "null"}),
    ("127.0.0.1", {"origin": "http://127.0.0.1.evil.example"}), ("127.0.0.1", {"origin": "http://[evil"})])
def test_playing_a_person_moving_the_clock_and_firing_timers_is_for_this_machine_only(
        client: Client, peer: str, said: dict[str, str]):
    for path, headers in (("/api/members/sign_in", {"x_sim_openid": "xiaohong"}), ("/_local/clock", {}),
                          ("/_local/tick/ops/relay_outbox", {}), ("/_local/health", {})):
        answer = client.send(path, {"by_minutes": 31}, peer=peer, **said, **headers)
        assert (answer.status, answer.code) == (403, "NOT_ALLOWED")
    assert clock.ahead() == timedelta(0)
    assert client.gateway.house.database.read(lambda tx: tx.all(MEMBERS)) == []


def test_a_forged_timer_over_http_is_no_timer(client: Client):
    event = {"Type": "Timer", "TriggerName": "x", "Message": SECRETS["trigger_secret"]}
    for shape in ("aws", "scf", "access"):
        answer = client.send("/api/ops/relay_outbox", event, x_mall_shape=shape)
        assert (answer.status, answer.code) == (403, "NOT_ALLOWED")
    wrong = client.send("/api/ops/relay_outbox", {**event, "Message": "guess"}, x_mall_shape="cloudbase")
    assert wrong.code == "NOT_ALLOWED"


def test_what_is_not_there_is_said_in_the_malls_own_shape(client: Client):
    for path in ("/api/members/nothing", "/api/members", "/api/", "/elsewhere", "/_local/tick/members/sign_in"):
        answer = client.send(path, {})
        assert (answer.status, answer.code) == (404, "NOT_FOUND")
        assert set(answer.json) == {"ok", "error", "request_id"}
    assert client.send("/api/members/sign_in", method="GET").code == "METHOD_NOT_ALLOWED"
    assert client.send("/api/members/sign_in", {}, x_mall_shape="gcp").code == "UNKNOWN_SHAPE"


def test_a_body_that_is_too_large_is_refused_before_and_behind_the_platforms_own_limit(client: Client):
    for size in (1_000_001, 6 * 1024 * 1024 + 1):
        answer = client.send("/api/members/sign_in", b"x" * size)
        assert (answer.status, answer.code) == (413, "BODY_TOO_LARGE")


def test_a_webhook_is_at_its_own_path_and_not_among_the_actions(client: Client):
    client.gateway.house.world.put("wechat_pay", BadSignatures())
    for path, action in client.gateway.webhooks.items():
        answer = client.send(path, b"{}")
        assert (answer.status, answer.json["code"]) == (401, "FAIL")
        assert client.send(f"/api/{action.name.replace('.', '/')}", {}).status == 404
    assert client.gateway.webhooks


class BadSignatures:
    """A payment service whose every notice is somebody else's."""

    def __getattr__(self, name: str) -> Any:
        def call(*_: Any, **__: Any) -> None:
            raise NotSignedIn()

        return call


@pytest.mark.parametrize("shape", ["aws", "scf", "access", "cloudbase"])
def test_json_nested_beyond_reason_is_the_callers_fault(client: Client, shape: str):
    deep = b'{"a":' * 200_000
    for answer in (client.send("/api/members/sign_in", deep, x_mall_shape=shape), client.send("/_local/clock", deep)):
        assert (answer.status, answer.code) == (400, "BAD_INPUT")


def test_a_tick_fires_one_timer_and_answers_its_counts(client: Client):
    answer = client.send("/_local/tick/ops/relay_outbox")
    assert (answer.status, answer.json["data"]) == (200, {"delivered": 0, "failed": 0, "parked": 0, "held": 0})


def test_the_clock_goes_forward_is_kept_and_told(client: Client, tmp_path: Path):
    moved = client.send("/_local/clock", {"by_minutes": 31}).json["data"]
    assert moved["ahead_minutes"] == 31
    assert client.send("/_local/clock", {"by_minutes": 9}).json["data"]["ahead_minutes"] == 40
    assert client.send("/_local/clock", {"ahead_minutes": 60}).json["data"]["ahead_minutes"] == 60
    assert client.told == [timedelta(minutes=31), timedelta(minutes=40), timedelta(minutes=60)]
    assert client.send("/_local/clock", method="GET").json["data"]["ahead_minutes"] == 60
    clock.move_ahead(timedelta(0))
    clock_file.ClockFile(tmp_path / "clock.json", [])
    assert clock.ahead() == timedelta(minutes=60)


@pytest.mark.parametrize("body", [{"ahead_minutes": 5}, {"by_minutes": -1}, {"by_minutes": True}, {"by_minutes": "1"},
                                  {"by_minutes": 1e12}, {}, {"by_minutes": 1, "ahead_minutes": 9}, {"to": 1}])
def test_a_clock_move_that_goes_back_or_makes_no_sense_moves_nothing(client: Client, body: dict):
    client.send("/_local/clock", {"ahead_minutes": 10})
    answer = client.send("/_local/clock", body)
    assert (answer.status, answer.code) == (400, "BAD_CLOCK_MOVE")
    assert clock.ahead() == timedelta(minutes=10)


def test_pages_of_this_machine_may_call_and_foreign_ones_may_not(client: Client):
    ours = client.send("/api/members/sign_in", method="OPTIONS", origin="http://localhost:5173")
    assert (ours.status, ours.headers["Access-Control-Allow-Origin"]) == (204, "http://localhost:5173")
    assert "x-mall-signature" in ours.headers["Access-Control-Allow-Headers"]
    for origin in ("https://evil.example", "http://localhost.evil.example", "null"):
        assert "Access-Control-Allow-Origin" not in client.send("/api/x/y", {}, origin=origin).headers


def test_the_pages_are_there_and_ask_nobody_else(client: Client):
    for path in ("/", "/docs"):
        page = client.send(path, method="GET")
        assert (page.status, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
        assert b"https://" not in page.body and b"@" not in page.body.replace(b"@media", b"")


def test_the_clients_own_mistake_is_not_an_internal_error(client: Client, capsys: pytest.CaptureFixture[str]):
    for body in (b"{", b"\xff\xfe", b"[]", b"7", b'"x"', b""):
        for shape in ("aws", "scf", "access", "cloudbase"):
            answer = client.send("/api/members/sign_in", body, x_mall_shape=shape)
            assert answer.code == "BAD_INPUT", (body, shape)
    assert "Traceback" not in capsys.readouterr().err


def test_every_answer_of_the_gateway_has_the_safe_headers(client: Client):
    for path, method in (("/", "GET"), ("/docs", "GET"), ("/openapi.json", "GET"), ("/nowhere", "GET"),
                         ("/api/ops/check_health", "POST"), ("/api/orders/place_order", "POST")):
        told = {name.lower(): value for name, value in client.send(path, method=method).headers.items()}
        assert {name: told.get(name.lower()) for name in SAFE} == SAFE, path
