"""A raw HTTP server that answers from a script and remembers what it was sent; and WeChat's simulators, each in a
process of its own."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests
from mall.adapters.wechat_pay import WeChatPay, WeChatPayConfig

from infra.local.simulators.wechat_pay import ensure_merchant

ROOT = Path(__file__).parents[2]


@dataclass
class Received:
    method: str
    path: str
    headers: dict[str, str]  # names in lower case
    body: bytes
    connection: tuple[str, int]


@dataclass
class ScriptedServer:
    """`script` takes each request and gives what differs from an empty 200: `status`, `body`, `headers`,
    `delay` in seconds, or `hang_up` to close the connection without a word."""

    url: str
    received: list[Received] = field(default_factory=list)
    script: Callable[[Received], dict[str, Any]] = lambda request: {}

    def answers(self, *, status: int = 200, body: bytes = b"", **how: Any) -> None:
        self.script = lambda request: {"status": status, "body": body, **how}


def _handler(scripted: ScriptedServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Received(self.command, self.path, headers, body, self.client_address)
            scripted.received.append(request)
            reply = {"status": 200, "body": b"", "headers": {}} | scripted.script(request)
            time.sleep(reply.get("delay", 0))
            if reply.get("hang_up"):
                self.close_connection = True
                return
            self.send_response(reply["status"])
            for name, value in reply["headers"].items():
                self.send_header(name, value)
            if reply["status"] != 204:
                self.send_header("Content-Length", str(len(reply["body"])))
            self.end_headers()
            self.wfile.write(reply["body"])

        do_GET = do_POST = answer

        def log_message(self, *args: object) -> None: ...

        def handle_one_request(self) -> None:
            try:
                super().handle_one_request()
            except ConnectionError:  # the client lost patience: that is what some tests are about
                self.close_connection = True

    return Handler


@pytest.fixture(scope="module")
def scripted() -> Iterator[ScriptedServer]:
    fake = ScriptedServer(url="")
    http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(fake))
    http.daemon_threads = True
    http.block_on_close = False
    fake.url = f"http://127.0.0.1:{http.server_address[1]}"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield fake
    http.shutdown()
    http.server_close()
    thread.join()


@pytest.fixture
def server(scripted: ScriptedServer) -> ScriptedServer:
    scripted.received.clear()
    scripted.answers()
    return scripted


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def launch(tmp_path_factory):
    """Starts one simulator in a process of its own and waits until it answers."""
    running = []

    def start(name, *options):
        folder, port = tmp_path_factory.mktemp(name), free_port()
        module = f"infra.local.simulators.{name}"
        command = [sys.executable, "-m", module, "--port", str(port), "--data", str(folder), *options]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
        running.append(process)
        url, patience = f"http://127.0.0.1:{port}", time.monotonic() + 30
        while True:
            try:
                requests.get(f"{url}/_sim/clock", timeout=5).raise_for_status()
                return url, folder
            except requests.ConnectionError:
                assert process.poll() is None, f"{name} ended with {process.returncode}"
                assert time.monotonic() < patience, f"{name} does not answer"
                time.sleep(0.05)

    yield start
    for process in running:
        process.terminate()
        process.wait(timeout=10)


@pytest.fixture(scope="module")
def pay_process(launch):
    return launch("wechat_pay", "--time-scale", "0.02", "--min-refund-gap-s", "0")


@pytest.fixture(scope="module")
def pay(pay_process):
    url, folder = pay_process
    merchant = ensure_merchant(folder)
    return WeChatPay(
        WeChatPayConfig(
            mchid=merchant["mchid"],
            appid=merchant["appids"][0],
            private_key=Path(merchant["private_key_file"]).read_text(),
            cert_serial_no=merchant["cert_serial_no"],
            apiv3_key=merchant["apiv3_key"],
            public_key_id=merchant["public_key_id"],
            public_key=Path(merchant["public_key_file"]).read_text(),
            gateway_url=url,
            timeout=(2, 5),
        )
    )


@pytest.fixture
def faults(pay_process):
    """Sets the pay simulator's fault plan for one test."""
    url = f"{pay_process[0]}/_sim/faults"
    yield lambda *rules: requests.put(url, json={"rules": list(rules)}, timeout=5).raise_for_status()
    requests.delete(url, timeout=5)


@pytest.fixture
def buyer(pay_process):
    """The buyer's thumb: pays by prepay id, code or our number."""

    def thumb(key, **asked):
        answer = requests.post(f"{pay_process[0]}/_sim/pay/{key}", json=asked, timeout=5)
        answer.raise_for_status()
        return answer.json()

    return thumb
