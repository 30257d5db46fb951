"""A body that comes slowly, or never, takes nobody else's turn."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from granian.constants import Interfaces
from granian.server.embed import Server
from mall.app.triggers import BodyTooLarge

from infra.local.patience import Patient
from infra.local.wire import Response, TooSlow, answer, read_request, refuse
from tests.object_store.server import _free_port, _wait_until_listening

pytestmark = pytest.mark.spec("L1")

WITHIN_S, MOST = 3.0, 100_000
BEGUN = (b"POST /x HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n", b"{")


def echo(environ: dict[str, Any], start_response: Any) -> Any:
    """What the gateway would see of a request."""
    request = read_request(environ)
    seen = {"method": request.method, "path": request.path, "query": request.query, "body": request.body.decode(),
            "peer": request.client_ip, "header": request.headers.get("x-name"), "type": request.headers["content-type"]}
    return answer(Response(200, json.dumps(seen).encode(), {"X-Seen": "yes"}))(environ, start_response)


class _Alive:
    def poll(self) -> None:
        return None


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Two threads, and the server that the gateway has."""
    port = _free_port()
    app = Patient(echo, threads=2, most_bytes=MOST, within_s=WITHIN_S, refuse_slow=answer(refuse(TooSlow())),
                  refuse_large=answer(refuse(BodyTooLarge())))
    server = Server(app, "127.0.0.1", port, interface=Interfaces.ASGINL, websockets=False)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=lambda: loop.run_until_complete(server.serve()), daemon=True)
    thread.start()
    _wait_until_listening(port, _Alive())
    yield port
    loop.call_soon_threadsafe(server.stop)
    thread.join(5)


def begin(port: int) -> socket.socket:
    link = socket.create_connection(("127.0.0.1", port))
    for part in BEGUN:
        link.sendall(part)
    return link


def read_all(link: socket.socket) -> bytes:
    link.settimeout(10)
    found = b""
    while part := link.recv(4096):
        found += part
    return found


def test_twenty_bodies_that_dribble_hold_up_nobody_and_are_given_up_in_time(port: int):
    begun = time.monotonic()
    slow = [begin(port) for _ in range(20)]
    stop = threading.Event()

    def dribble() -> None:
        while not stop.wait(0.2):
            for link in slow:
                try:
                    link.send(b" ")
                except OSError:
                    pass

    threading.Thread(target=dribble, daemon=True).start()
    asked = time.monotonic()
    assert httpx.post(f"http://127.0.0.1:{port}/y", content=b"{}", headers={"content-type": "a/b"}).status_code == 200
    assert time.monotonic() - asked < WITHIN_S / 2
    answers = [read_all(link) for link in slow]
    stop.set()
    assert all(text.startswith(b"HTTP/1.1 408 ") and b'"REQUEST_TOO_SLOW"' in text for text in answers)
    assert WITHIN_S * 0.8 < time.monotonic() - begun < WITHIN_S + 4


def test_a_body_of_which_nothing_comes_is_given_up_too(port: int):
    link = socket.create_connection(("127.0.0.1", port))
    link.sendall(BEGUN[0])
    assert read_all(link).startswith(b"HTTP/1.1 408 ")


def test_a_body_that_says_or_turns_out_to_be_too_large_is_refused(port: int):
    def parts() -> Iterator[bytes]:
        for _ in range(11):
            yield b"x" * 10_000

    for content in (b"x" * (MOST + 1), parts()):
        said = httpx.post(f"http://127.0.0.1:{port}/x", content=content, headers={"content-type": "a/b"})
        assert (said.status_code, said.json()["error"]["code"]) == (413, "BODY_TOO_LARGE")


def test_a_whole_request_arrives_to_the_letter(port: int):
    said = httpx.post(f"http://127.0.0.1:{port}/%E7%BA%A2/x", params={"a": "1 2"}, content='{"名":"红"}'.encode(),
                      headers=[("content-type", "application/json"), ("x-name", "a"), ("x-name", "b")])
    assert said.json() == {"method": "POST", "path": "/红/x", "query": "a=1+2", "body": '{"名":"红"}',
                           "peer": "127.0.0.1", "header": "a,b", "type": "application/json"}
    assert said.headers["x-seen"] == "yes"
    head = httpx.head(f"http://127.0.0.1:{port}/x", headers={"content-type": "a/b"})
    assert (head.status_code, head.content) == (200, b"")
