"""For an SDK's file in Python (standard library only): steps, settings, controls, an address for notices. It is
copied beside the file: `from steps import ...`."""

from __future__ import annotations

import json
import os
import threading
import time
import urllib.request
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PAY, API = os.environ["SIM_PAY_URL"], os.environ["SIM_API_URL"]
with open(os.environ["SIM_SETTINGS"], encoding="utf-8") as _file:
    SETTINGS: dict[str, Any] = json.load(_file)
_LOCAL = urllib.request.build_opener(urllib.request.ProxyHandler({}))
PATIENCE_S = 20


def step(name: str, act: Callable[[], Any]) -> Any:
    """Do it and say how it went; what it returns, when it is a text, is the note. Its value, or None when it failed."""
    try:
        value = act()
    except Exception as error:
        say(name, False, f"{type(error).__name__}: {error}"[:200])
        return None
    say(name, True)
    return value


def say(name: str, ok: bool, note: str = "") -> None:
    print(json.dumps({"step": name, "ok": ok, "note": note}, ensure_ascii=False), flush=True)


def same(found: Any, expected: Any) -> None:
    if found != expected:
        raise AssertionError(f"{found!r}, where {expected!r} was due")


def control(url: str, body: dict[str, Any] | None = None, method: str | None = None) -> dict[str, Any]:
    """Something of a simulator that is not WeChat's: `control(f"{PAY}/_sim/pay/NO", {})`."""
    sent = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, sent, {"Content-Type": "application/json"}, method=method)
    with _LOCAL.open(request, timeout=10) as answer:
        return json.load(answer)


def until(holds: Callable[[], Any]) -> Any:
    """Its value, once it has one that is true."""
    ends = time.monotonic() + PATIENCE_S
    while time.monotonic() < ends:
        found = holds()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError("it did not come in time")


class Site:
    """Where notices come to: `url`, and each as (headers, body); it answers 204."""

    def __init__(self) -> None:
        self.received: list[tuple[dict[str, str], bytes]] = []
        self._taken: set[str] = set()
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                site.received.append((dict(self.headers), body))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *args: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{server.server_port}/notice"
        threading.Thread(target=server.serve_forever, daemon=True).start()

    def next(self) -> tuple[dict[str, str], bytes]:
        """The oldest notice that was not taken yet; the same one may come again (a slow answer), and is taken once."""
        while True:
            until(lambda: self.received)
            headers, body = self.received.pop(0)
            notice_id = json.loads(body)["id"]
            if notice_id not in self._taken:
                self._taken.add(notice_id)
                return headers, body
