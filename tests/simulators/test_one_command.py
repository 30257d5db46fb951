"""Both simulators from one command, with one clock, for a backend that is not ours."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from starlette.testclient import TestClient

from infra.local.simulators import __main__ as command
from infra.local.simulators import clocks
from infra.local.simulators.wechat_api import create_app
from tests.support.pay import free_port

pytestmark = pytest.mark.spec("E14", "L1")

ROOT = Path(__file__).resolve().parents[2]
NOWHERE = "http://127.0.0.1:9"


@contextmanager
def started(tmp_path, *arguments):
    """The command, where the mall cannot be imported; (pay's address, the API's, the folder)."""
    port, api_port = free_port(), free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "infra.local.simulators", "--data", str(tmp_path), "--port", str(port), "--api-port",
         str(api_port), "--keys", "public-key", "--time-scale", "0.01", *arguments],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True)
    try:
        assert any("Ctrl-C" in line for line in process.stdout), process.stderr.read()
        yield f"http://127.0.0.1:{port}", f"http://127.0.0.1:{api_port}", tmp_path
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
        assert "CLOCKS" not in process.stderr.read()
    finally:
        process.kill()


@pytest.fixture
def both(tmp_path):
    with started(tmp_path, "--appid", "wxofanother00001", "--people", "simulated") as told:
        yield told


HTTP = httpx.Client(trust_env=False, timeout=60)


def ahead(*urls):
    return [HTTP.get(f"{url}/_sim/clock").json()["ahead_s"] for url in urls]


def test_both_start_with_the_same_apps_and_whichever_clock_is_moved_the_other_follows(both):
    pay, api, folder = both
    merchant = json.loads((folder / "wechat_pay" / "merchant" / "merchant.json").read_text())
    app = json.loads((folder / "wechat_api" / "app.json").read_text())
    assert merchant["appids"] == [app["appid"], app["web_appid"], "wxofanother00001"]
    assert (merchant["gateway_url"], app["gateway_url"]) == (pay, api)
    assert HTTP.get(f"{pay}/_sim/keys").json()["mode"] == "public-key"
    moved = HTTP.post(f"{pay}/_sim/clock", json={"ahead_s": 7200}).json()
    assert (moved["told"], ahead(pay, api)) == (api, [7200, 7200])
    moved = HTTP.post(f"{api}/_sim/clock", json={"ahead_s": 60}).json()
    assert (moved["told"], ahead(pay, api)) == (pay, [60, 60])
    HTTP.post(f"{api}/_sim/clock", json={"ahead_s": 5, "told": True})
    assert ahead(pay, api) == [60, 5]


def test_both_listen_for_other_machines_under_the_names_that_they_were_given(tmp_path):
    """As in a container: each at every address, reached by its name, and by no other one."""
    named = ("--host", "0.0.0.0", "--pay-url", "http://pay.sim:8201", "--api-url", "http://api.sim:8202")
    with started(tmp_path, *named) as (pay, api, folder):
        assert HTTP.post(f"{pay}/_sim/clock", json={"ahead_s": 60}).json()["told"] == api
        for url, name in ((pay, "pay.sim:8201"), (api, "api.sim:8202")):
            assert [HTTP.get(f"{url}/_sim/clock", headers={"Host": host}).status_code
                    for host in (name, "other.sim", "0.0.0.0")] == [200, 403, 403]
        merchant = json.loads((folder / "wechat_pay" / "merchant" / "merchant.json").read_text())
        assert merchant["gateway_url"] == "http://pay.sim:8201"


def test_clocks_that_stood_apart_are_brought_together_loudly(monkeypatch, capfd):
    stand = {"http://pay": 60, "http://api": 5}

    def ask(url, body=None):
        if body:
            stand[url] = body["ahead_s"]
        return {"ahead_s": stand[url]}

    monkeypatch.setattr(clocks, "_ask", ask)
    clocks.agree("http://pay", "http://api")
    said = capfd.readouterr().err
    assert "!!! CLOCKS: the clocks were apart (60 s and 5 s ahead); both are at 60 s now" in said
    clocks.agree("http://pay", "http://api")
    assert (stand, capfd.readouterr().err) == ({"http://pay": 60, "http://api": 60}, "")


def test_a_clock_that_cannot_tell_the_other_says_so_loudly_and_moves(tmp_path, capfd):
    with TestClient(create_app(tmp_path, public_url=NOWHERE, clock_with=NOWHERE)) as client:
        moved = client.post("/_sim/clock", json={"ahead_s": 3600}).json()
        assert (moved["ahead_s"], "the two clocks are APART now" in moved["apart"]) == (3600, True)
        assert f"!!! CLOCKS: {moved['apart']}" in capfd.readouterr().err
        assert abs(client.get("/_sim/clock").json()["now"] - time.time() - 3600) < 60
        assert client.post("/_sim/clock", json={"ahead_s": "soon"}).status_code == 400


def test_a_simulator_alone_tells_nobody():
    assert clocks.tell(None, 60) == {}


def test_a_port_that_is_taken_ends_the_command_with_one_sentence(tmp_path, monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setattr(sys, "argv", ["simulators", "--data", str(tmp_path), "--port", str(port)])
        with pytest.raises(SystemExit, match=f"port {port} of 127.0.0.1 is taken"):
            command.main()
    assert list(tmp_path.iterdir()) == []
