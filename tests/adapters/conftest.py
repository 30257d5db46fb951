"""A raw HTTP server that answers from a script and remembers what it was sent."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest


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
