"""What is only for this machine, asked by strangers: by another name, from another's page, through a tunnel."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra.local.loopback import FORWARDED, SAFE, LoopbackOnly, asks_this_machine
from tests.local.test_gateway import Client, client  # noqa: F401  (a fixture)
from tests.object_store.server import REPOSITORY, _free_port, running_store

pytestmark = pytest.mark.spec("L1")

STRANGERS = [{"host": "evil.example"}, {"host": "127.0.0.1.evil.example"}, {"host": "localhost.evil.example"},
             {"host": ""}, {"host": "169.254.169.254"}, {"host": "[::2]:8201"}, {"origin": "https://evil.example"},
             {"origin": "null"}, {"origin": "http://127.0.0.1.evil.example"}, {"host": "x.ngrok-free.app"},
             *({name: "203.0.113.9"} for name in FORWARDED)]
HERE = [{"host": "127.0.0.1:8201"}, {"host": "localhost:8201"}, {"host": "[::1]:8201"}, {"host": "LOCALHOST"},
        {"host": "mall.localhost:8203"}, {"host": "127.0.0.1", "origin": "http://localhost:5173"}]


@pytest.mark.parametrize("headers", STRANGERS, ids=str)
def test_a_stranger_is_told_by_name_page_or_proxy(headers: dict[str, str]):
    assert not asks_this_machine({"host": "127.0.0.1:8201", **headers})


@pytest.mark.parametrize("headers", HERE, ids=str)
def test_this_machine_is_known_by_its_loopback_names(headers: dict[str, str]):
    assert asks_this_machine(headers)


def asked(guarded: LoopbackOnly, headers: dict[str, str]) -> tuple[int, dict[str, str]]:
    said: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        said.append(message)

    scope = {"type": "http", "headers": [(name.encode(), value.encode()) for name, value in headers.items()]}
    asyncio.run(guarded(scope, None, send))
    return said[0]["status"], {name.decode(): value.decode() for name, value in said[0]["headers"]}


async def fine(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"x-frame-options", b"SAMEORIGIN")]})
    await send({"type": "http.response.body", "body": b""})


def test_a_name_that_the_operator_gave_is_let_in_with_its_proxy_and_no_other():
    guarded = LoopbackOnly(fine, "0.0.0.0", "https://pay.dev.example/base", None)
    assert asked(guarded, {"host": "pay.dev.example", "x-forwarded-for": "203.0.113.9"})[0] == 200
    for headers in ({"host": "0.0.0.0"}, {"host": "evil.example"}, {"host": "127.0.0.1", "x-forwarded-for": "1.2.3.4"},
                    {"host": "pay.dev.example", "origin": "https://evil.example"}):
        assert asked(guarded, headers)[0] == 403
    assert asked(LoopbackOnly(fine, "127.0.0.1"), {"host": "127.0.0.1", "via": "1.1 tunnel"})[0] == 403


def test_every_answer_may_be_framed_by_nobody_and_keeps_what_it_says_itself():
    status, headers = asked(LoopbackOnly(fine), {"host": "localhost"})
    assert (status, headers["x-frame-options"], headers["x-content-type-options"]) == (200, "SAMEORIGIN", "nosniff")
    assert asked(LoopbackOnly(fine), {"host": "evil.example"})[1]["x-frame-options"] == "DENY"


@pytest.fixture(scope="module", params=["wechat_pay", "wechat_api", "object_store"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Each server as `make run` starts it, in a process of its own."""
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "object_store":
        with running_store(folder) as store:
            yield store.url
        return
    port = _free_port()
    command = [sys.executable, "-m", f"infra.local.simulators.{request.param}", "--port", str(port)]
    process = subprocess.Popen([*command, "--data", str(folder)], cwd=REPOSITORY, stdout=subprocess.DEVNULL,
                               env={"PYTHONPATH": "."})
    try:
        _wait(f"http://127.0.0.1:{port}/", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def _wait(url: str, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx.get(url, trust_env=False)
            return
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError(f"nothing answers at {url}")


@pytest.mark.parametrize("headers", STRANGERS, ids=str)
def test_a_simulator_and_the_object_store_obey_no_stranger(server: str, headers: dict[str, str]):
    for method, path in (("GET", "/"), ("POST", "/_sim/clock"), ("PUT", "/_sim/faults"), ("PUT", "/mall/public/x.png"),
                         ("OPTIONS", "/mall/public/x.png")):
        answer = httpx.request(method, server + path, headers=headers, content=b"{}", trust_env=False)
        assert answer.status_code in (400, 403), (method, path)  # 400: a host that is no host, by the server beneath
        assert "access-control-allow-origin" not in answer.headers


def test_what_they_answer_to_this_machine_may_be_framed_by_nobody(server: str):
    told = httpx.get(f"{server}/", trust_env=False).headers
    assert {name: told.get(name) for name in SAFE} == SAFE


@pytest.mark.parametrize("headers", [each for each in STRANGERS if "host" not in each or each["host"]], ids=str)
def test_the_gateways_pages_and_controls_obey_no_stranger(client: Client, headers: dict[str, str]):  # noqa: F811
    given = {name.replace("-", "_"): value for name, value in headers.items()}
    for path, method in (("/", "GET"), ("/docs", "GET"), ("/openapi.json", "GET"), ("/_local/clock", "GET"),
                         ("/_local/clock", "POST"), ("/_local/tick/ops/relay_outbox", "POST"),
                         ("/_local/health", "GET")):
        answer = client.send(path, {"by_minutes": 31}, method=method, **given)
        assert (answer.status, answer.code) == (403, "NOT_ALLOWED"), path
    played = client.send("/api/members/sign_in", {}, x_sim_openid="xiaohong", **given)
    assert (played.status, played.code) == (403, "NOT_ALLOWED")
    open_to_all = client.send("/api/catalog/list_products", {}, **given)  # the shop itself is no secret
    assert open_to_all.status == 200


def test_the_servers_that_are_started_alone_are_guarded_at_their_own_door():
    for module in ("simulators/wechat_pay", "simulators/wechat_api", "object_store"):
        text = (Path(REPOSITORY) / "infra" / "local" / module / "__main__.py").read_text("utf-8")
        assert "LoopbackOnly(app" in text
