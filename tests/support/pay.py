"""WeChat Pay for tests: the simulator in its own process, and a door through which its notices come in.

    def test_...(paying):                      # a Shop whose payments are real
        started = member.call("payments.start_payment", order_no=...)
        paying.pay(started["payment_no"]); paying.until(lambda: ...)
        paying.faults({"at": "notice", "do": "lose", "order": "*", "times": None})
"""

from __future__ import annotations

import copy
import dataclasses
import functools
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from infra.local.simulators.wechat_pay import ensure_merchant
from mall.adapters.wechat_pay import WeChatPay, WeChatPayConfig

from tests.support.shop import APPID, WEB_APPID, Shop

PATIENCE_S = 60  # how long a test waits for what is bound to come: a busy machine is no failure
CLOSES_WITHIN_S = 0.01  # the entrance of each test looks so often whether it is over; half a second if nobody says
REPOSITORY = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def pay_simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """The simulator's process; its merchant.json with `url`."""
    folder, port = tmp_path_factory.mktemp("wechat_pay"), free_port()
    url = f"http://127.0.0.1:{port}"
    merchant = ensure_merchant(folder, appids=[APPID, WEB_APPID], gateway_url=url)
    process = subprocess.Popen(
        [sys.executable, "-m", "infra.local.simulators.wechat_pay", "--data", str(folder), "--port", str(port),
         "--time-scale", "0.02"],
        cwd=REPOSITORY, env={**os.environ, "PYTHONPATH": str(REPOSITORY)}, stdout=subprocess.DEVNULL)
    try:
        _wait_for(url)
        yield {**merchant, "url": url}
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(url: str) -> None:
    ends = time.monotonic() + PATIENCE_S
    while time.monotonic() < ends:
        try:
            httpx.get(f"{url}/_sim/books", timeout=5)
            return
        except httpx.HTTPError:
            time.sleep(0.05)
    raise RuntimeError("the payment simulator does not start")


def _adapter(simulator: dict[str, Any]) -> WeChatPay:
    """One of its own for each test, which may alter it; the merchant's key is read once for all (40 ms)."""
    adapter = copy.copy(_first_adapter(*(simulator[name] for name in (
        "url", "mchid", "cert_serial_no", "apiv3_key", "private_key_file", "public_key_id", "public_key_file"))))
    adapter._wire = copy.copy(adapter._wire)
    return adapter


@functools.cache
def _first_adapter(url: str, mchid: str, serial: str, apiv3_key: str, private_key_file: str, public_key_id: str,
                   public_key_file: str) -> WeChatPay:
    return WeChatPay(WeChatPayConfig(
        mchid=mchid, appid=APPID, private_key=Path(private_key_file).read_text(), cert_serial_no=serial,
        apiv3_key=apiv3_key, public_key_id=public_key_id, public_key=Path(public_key_file).read_text(),
        gateway_url=url, timeout=(5, 20)))


class Paying:
    """A shop whose payments go to the simulator, and whose notices come back over HTTP."""

    def __init__(self, shop: Shop, simulator: dict[str, Any], notify_url: str):
        self.shop, self.simulator = shop, simulator
        self.client = httpx.Client(base_url=simulator["url"], timeout=PATIENCE_S, trust_env=False, verify=False)
        self.answers: list[int] = []  # how we answered each notice
        deployment = dataclasses.replace(shop.house.deployment, notify_url=notify_url, wechat_web_appid=WEB_APPID,
                                         wechat_pay_mchid=simulator["mchid"])
        shop.house.deployment = shop.house.world.deployment = deployment
        self.adapter = _adapter(simulator)
        shop.house.world.put("wechat_pay", self.adapter)

    def pay(self, payment_no: str) -> dict[str, Any]:
        """The buyer's thumb."""
        answer = self.client.post(f"/_sim/pay/{payment_no}", json={})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def faults(self, *rules: dict[str, Any]) -> None:
        self.client.put("/_sim/faults", json={"rules": list(rules)}).raise_for_status()

    def tell_of_sharing(self, event_type: str = "PROFITSHARING") -> None:
        """WeChat tells how sharing went, under this name."""
        self.client.put("/_sim/sharing-notices", json={"event_type": event_type}).raise_for_status()

    def move(self, **delta: float) -> None:
        """Move the shop's clock and the simulator's."""
        self.shop.move(**delta)
        self.client.post("/_sim/clock", json={"ahead_s": self.shop.now_ahead.total_seconds()}).raise_for_status()

    def order(self, payment_no: str) -> dict[str, Any]:
        """WeChat's own book of one payment."""
        return self.books(payment_no)["orders"][0]

    def books(self, *payment_nos: str) -> dict[str, Any]:
        """Of these payments; of all that were ever made where none is named, and the simulator outlives a test."""
        return self.client.get("/_sim/books", params={"out_trade_no": payment_nos}).json()

    def until(self, holds: Callable[[], Any], seconds: float = PATIENCE_S) -> Any:
        """Wait until it holds; its value."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            found = holds()
            if found:
                return found
            time.sleep(0.02)
        raise AssertionError("did not come to hold")

    def send_refunds(self) -> None:
        """Send what is due and wait until WeChat has told the end of each."""
        self.shop.tick("refunds.send_due_refunds")


@pytest.fixture
def paying(shop: Shop, pay_simulator: dict[str, Any]) -> Iterator[Paying]:
    holder: dict[str, Paying] = {}

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
            event = {"body": body, "headers": dict(self.headers.items()), "httpMethod": "POST", "path": self.path,
                     "queryString": {}}
            actions = {"/webhooks/wechat-pay/payment": "payments.receive_payment_notice",
                       "/webhooks/wechat-pay/refund": "refunds.receive_refund_notice"}
            answer = shop.send(actions[self.path], event)
            holder["paying"].answers.append(answer["statusCode"])
            self.send_response(answer["statusCode"])
            self.end_headers()
            self.wfile.write(answer["body"].encode())

        def log_message(self, *_: Any) -> None:
            return

    class Entrance(ThreadingHTTPServer):
        request_queue_size = 128  # twenty notices may knock at the same moment
        daemon_threads = False  # the end of the test waits for a notice that is being answered

    server = Entrance(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, args=(CLOSES_WITHIN_S,), daemon=True).start()
    paying = holder["paying"] = Paying(shop, pay_simulator, f"http://127.0.0.1:{server.server_port}")
    paying.client.delete("/_sim/faults")
    paying.client.post("/_sim/clock", json={"ahead_s": 0})
    yield paying
    paying.client.delete("/_sim/faults")
    paying.client.put("/_sim/sharing-notices", json={"event_type": ""})
    paying.client.post("/_sim/clock", json={"ahead_s": 0})
    server.shutdown()
    server.server_close()
    paying.client.close()
