"""A running simulator, a merchant's site that receives notices, and two clients: the real library and bare HTTP."""

import asyncio
import base64
import functools
import http.client
import itertools
import json
import shutil
import socket
import threading
import time
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
import requests
import wechatpayv3.core
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from granian.constants import Interfaces
from granian.server.embed import Server
from wechatpayv3 import WeChatPay, WeChatPayType

from infra.local.simulators.wechat_pay import create_app, ensure_merchant

TIME_SCALE = 0.01


def unused_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


class Running:
    """One simulator on a thread of its own."""

    def __init__(self, data_dir: Path, **options) -> None:
        port = unused_port()
        self.url = f"http://127.0.0.1:{port}"
        self.data_dir = data_dir
        app = create_app(data_dir, public_url=self.url, **{"time_scale": TIME_SCALE, **options})
        self.merchant = ensure_merchant(data_dir)
        self._server = Server(app, port=port, interface=Interfaces.ASGI, websockets=False, log_level="error")
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        self.http = httpx.Client(base_url=self.url, trust_env=False, timeout=10)
        for _ in range(3_000):
            try:
                self.http.get("/_sim/clock")
                return
            except httpx.HTTPError:
                time.sleep(0.01)
        raise RuntimeError("the simulator did not start")

    def _serve(self) -> None:
        self._loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._server.serve())

    def stop(self) -> None:
        self.http.close()
        self._loop.call_soon_threadsafe(self._server.stop)
        self._thread.join(10)
        assert not self._thread.is_alive()

    def faults(self, *rules) -> None:
        answer = self.http.put("/_sim/faults", json={"rules": list(rules)})
        assert answer.status_code == 200, answer.text

    def pay(self, key: str, **body):
        return self.http.post(f"/_sim/pay/{key}", json=body)

    def order(self, out_trade_no: str) -> dict:
        return self.http.get(f"/_sim/orders/{out_trade_no}").json()

    def move_clock(self, ahead_s: float) -> None:
        assert self.http.post("/_sim/clock", json={"ahead_s": ahead_s}).status_code == 200


class Site:
    """The merchant's notice address: records every request, answers what ``answers`` says, else 204."""

    def __init__(self) -> None:
        self.received: list[tuple[dict, bytes]] = []
        self.answers: deque[int] = deque()
        self.pause_s = 0.0
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                site.received.append((dict(self.headers), body))
                status = site.answers.popleft() if site.answers else 204
                time.sleep(site.pause_s)
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args) -> None:
                pass

        class Listening(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

        self._server = Listening(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/notice"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def wait_for(self, count: int) -> list[tuple[dict, bytes]]:
        until(lambda: len(self.received) >= count)
        return self.received

    def open(self, merchant: dict, number: int) -> dict:
        """The notice received as this number (from 0), verified and opened by the real library; None when refused."""
        headers, body = self.wait_for(number + 1)[number]
        return library_of(merchant).callback(headers, body)

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def until(true, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.005)


class Bare:
    """A merchant without a library: signs by hand, and can do each part wrong."""

    def __init__(self, running: Running) -> None:
        self.merchant = running.merchant
        self._host = running.url.removeprefix("http://")
        pem = Path(self.merchant["private_key_file"]).read_bytes()
        self._key = serialization.load_pem_private_key(pem, None, unsafe_skip_rsa_key_validation=True)
        self.timeout = 10

    def authorization(self, method, url, body, *, timestamp=None, signature=None, serial=None, mchid=None) -> str:
        timestamp = timestamp or int(time.time())
        signed = f"{method}\n{url}\n{timestamp}\nNONCE\n".encode() + body + b"\n"
        signature = signature or base64.b64encode(
            self._key.sign(signed, padding.PKCS1v15(), hashes.SHA256())
        ).decode()
        return (
            f'WECHATPAY2-SHA256-RSA2048 mchid="{mchid or self.merchant["mchid"]}",nonce_str="NONCE",'
            f'signature="{signature}",timestamp="{timestamp}",serial_no="{serial or self.merchant["cert_serial_no"]}"'
        )

    def __call__(self, method, url, message=None, *, headers=None, body=None, **wrongly):
        """(status, headers, body); a header of None is left out."""
        body = (b"" if message is None else json.dumps(message).encode()) if body is None else body
        sent = {
            "Accept": "application/json",
            "User-Agent": "bare",
            "Content-Type": "application/json",
            "Authorization": self.authorization(method, url, body, **wrongly),
            "Wechatpay-Serial": self.merchant["public_key_id"],
            **(headers or {}),
        }
        connection = http.client.HTTPConnection(self._host, timeout=self.timeout)
        try:
            connection.request(
                method, url, body or None, {name: value for name, value in sent.items() if value is not None}
            )
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()


@pytest.fixture(scope="session")
def merchant_keys(tmp_path_factory):
    """Keys made once; each simulator gets its copy."""
    folder = tmp_path_factory.mktemp("merchant-keys")
    ensure_merchant(folder)
    return folder / "merchant"


@pytest.fixture
def data_dir(tmp_path, merchant_keys):
    shutil.copytree(merchant_keys, tmp_path / "pay" / "merchant")
    return tmp_path / "pay"


@pytest.fixture(scope="session")
def _shared(tmp_path_factory, merchant_keys):
    folder = tmp_path_factory.mktemp("pay")
    shutil.copytree(merchant_keys, folder / "merchant")
    running = Running(folder, min_refund_gap_s=0)
    yield running
    running.stop()


@pytest.fixture
def simulator(_shared):
    yield _shared
    _shared.faults()
    _shared.move_clock(0)


@pytest.fixture
def start():
    """Start a simulator of one's own: ``start(data_dir, min_refund_gap_s=0)``."""
    started = []

    def start_one(data_dir, **options):
        started.append(Running(data_dir, **options))
        return started[-1]

    yield start_one
    for running in started:
        if running._thread.is_alive():
            running.stop()


@pytest.fixture
def site():
    site = Site()
    yield site
    site.stop()


@pytest.fixture
def bare(simulator):
    return Bare(simulator)


@pytest.fixture
def bare_for():
    """A bare client of any simulator: ``bare_for(running)``."""
    return Bare


@functools.cache
def _library_of(merchant_json: str) -> WeChatPay:
    return library_client(json.loads(merchant_json))


def library_of(merchant: dict) -> WeChatPay:
    return _library_of(json.dumps(merchant))


def library_client(merchant: dict, *, public_key_mode: bool = True, pay_type=WeChatPayType.JSAPI) -> WeChatPay:
    modes = {
        "public_key": Path(merchant["public_key_file"]).read_text(),
        "public_key_id": merchant["public_key_id"],
    }
    return WeChatPay(
        wechatpay_type=pay_type,
        mchid=merchant["mchid"],
        private_key=Path(merchant["private_key_file"]).read_text(),
        cert_serial_no=merchant["cert_serial_no"],
        appid=merchant["appids"][0],
        apiv3_key=merchant["apiv3_key"],
        timeout=(3, 8),
        **(modes if public_key_mode else {}),
    )


@pytest.fixture
def open_library(simulator, monkeypatch):
    """The real library against the simulator: ``open_library(public_key_mode=False, pay_type=...)``."""

    def open_client(**choices):
        # In certificate mode the constructor already calls, before its gateway could be replaced.
        monkeypatch.setattr(wechatpayv3.core, "requests", Redirected(simulator.url))
        return library_client(simulator.merchant, **choices)

    return open_client


class Redirected(requests.Session):
    """Sends to the simulator what was meant for the real host."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url
        self.trust_env = False

    def request(self, method, url, **rest):
        return super().request(method, url.replace("https://api.mch.weixin.qq.com", self._url), **rest)


_numbers = itertools.count(1)


@pytest.fixture
def new_order(simulator, site):
    """The body of a create call for a number never used before."""

    def make(**changes):
        return {
            "appid": simulator.merchant["appids"][0],
            "mchid": simulator.merchant["mchid"],
            "description": "搪瓷杯",
            "out_trade_no": f"ORDER{next(_numbers):06d}",
            "notify_url": site.url,
            "amount": {"total": 1999, "currency": "CNY"},
            "payer": {"openid": "oBuyer1"},
            **changes,
        }

    return make


@pytest.fixture
def create(bare):
    """Create an order, by default JSAPI; (status, answer)."""

    def send(order, product="jsapi"):
        status, _, body = bare("POST", f"/v3/pay/transactions/{product}", order)
        return status, json.loads(body)

    return send


@pytest.fixture
def paid_order(simulator, site, new_order, create):
    """An order that was paid and whose notice has arrived."""

    def make(**changes):
        order = new_order(**changes)
        assert create(order)[0] == 200
        noticed = len(site.received)
        answer = simulator.pay(order["out_trade_no"])
        assert answer.status_code == 200, answer.text
        site.wait_for(noticed + 1)
        return {**order, "transaction_id": answer.json()["transaction_id"]}

    return make


@pytest.fixture
def query(bare, simulator):
    def ask(out_trade_no):
        url = f"/v3/pay/transactions/out-trade-no/{out_trade_no}?mchid={simulator.merchant['mchid']}"
        status, _, body = bare("GET", url)
        return status, json.loads(body)

    return ask


@pytest.fixture
def refund(bare):
    """Ask for a refund of a paid order; (status, answer)."""

    def ask(order, refund_fen, number=None, **changes):
        message = {
            "out_trade_no": order["out_trade_no"],
            "out_refund_no": number or f"{order['out_trade_no']}-R1",
            "amount": {"refund": refund_fen, "total": order["amount"]["total"], "currency": "CNY"},
            "notify_url": order["notify_url"],
            **changes,
        }
        status, _, body = bare("POST", "/v3/refund/domestic/refunds", message)
        return status, json.loads(body)

    return ask


@pytest.fixture
def wait():
    return until


@pytest.fixture
def query_refund(bare):
    def ask(out_refund_no):
        status, _, body = bare("GET", f"/v3/refund/domestic/refunds/{out_refund_no}")
        return status, json.loads(body)

    return ask


@pytest.fixture
def free_port():
    return unused_port()
