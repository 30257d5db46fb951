"""One HTTP request and one HTTP answer as plain values, between the server and the gateway."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, quote

from mall.app.triggers import BodyTooLarge
from mall.kit.errors import BadInput, MallError, NotFound
from mall.kit.ids import new_id

from infra.local.loopback import LOOPBACK, SAFE, asks_this_machine

MAX_PAYLOAD_BYTES = 6 * 1024 * 1024  # what SCF and Lambda take in one synchronous call


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: str
    headers: dict[str, str]  # lower-case names
    body: bytes
    client_ip: str

    @property
    def parameters(self) -> dict[str, str]:
        """Values of a repeated name joined with commas, as Lambda does."""
        found: dict[str, str] = {}
        for name, value in parse_qsl(self.query, keep_blank_values=True):
            found[name] = f"{found[name]},{value}" if name in found else value
        return found

    @property
    def asks_this_machine(self) -> bool:
        """By a name of this machine, from a page of it, through no proxy: for the pages."""
        return asks_this_machine(self.headers)

    @property
    def is_from_this_machine(self) -> bool:
        """And the peer is this machine: for what moves something."""
        return self.client_ip in LOOPBACK and self.asks_this_machine


@dataclass(frozen=True)
class Response:
    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


class UnknownPath(NotFound):
    code, message = "NOT_FOUND", "没有这个地址"


class TooSlow(BadInput):
    status, code, message = 408, "REQUEST_TOO_SLOW", "请求发送太慢，请重试"


def read_request(environ: dict[str, Any]) -> Request:
    """From a WSGI environment. Raises BodyTooLarge before it reads what is too much."""
    headers = {name[5:].lower().replace("_", "-"): _text(value) for name, value in environ.items()
               if name.startswith("HTTP_")}
    headers |= {name: _text(environ[key]) for name, key in (("content-type", "CONTENT_TYPE"),
                ("content-length", "CONTENT_LENGTH")) if environ.get(key)}
    length = headers.get("content-length", "")
    if length.isdigit() and int(length) > MAX_PAYLOAD_BYTES:
        raise BodyTooLarge()
    body = environ["wsgi.input"].read(MAX_PAYLOAD_BYTES + 1)
    if len(body) > MAX_PAYLOAD_BYTES:
        raise BodyTooLarge()
    return Request(environ["REQUEST_METHOD"], _text(environ.get("PATH_INFO", "/")), environ.get("QUERY_STRING", ""),
                   headers, body, environ.get("REMOTE_ADDR", ""))


def refuse(refusal: MallError) -> Response:
    """The mall's error shape, for what never reaches a function."""
    error = {"code": refusal.code, "message": refusal.message, "field": refusal.field, "data": refusal.data,
             "retryable": refusal.retryable}
    return as_json({"ok": False, "error": error, "request_id": new_id("req")}, refusal.status)


def as_json(value: Any, status: int = 200) -> Response:
    body = json.dumps(value, ensure_ascii=False, default=str).encode()
    return Response(status, body, {"Content-Type": "application/json; charset=utf-8"})


def as_page(text: str) -> Response:
    """A page that runs its own script and nothing else, and talks to this gateway only."""
    scripts = " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
                       for script in re.findall(r"<script>(.*?)</script>", text, re.DOTALL))
    policy = (f"default-src 'none'; script-src {scripts}; style-src 'unsafe-inline'; img-src 'self' https: data:; "
              "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
    return Response(200, text.encode(), {"Content-Type": "text/html; charset=utf-8",
                                         "Content-Security-Policy": policy})


def answer(response: Response) -> Any:
    """A WSGI application that says this and nothing else."""
    safe = Response(response.status, response.body, {**SAFE, **response.headers})
    return lambda environ, start_response: send(safe, start_response)


def send(response: Response, start_response: Any) -> Iterable[bytes]:
    phrase = HTTPStatus(response.status).phrase if response.status in HTTPStatus._value2member_map_ else "Unknown"
    headers = [(name, value if _PLAIN.fullmatch(value) else quote(value, safe=_SAFE_IN_HEADERS))
               for name, value in response.headers.items()]
    if response.status != HTTPStatus.NOT_MODIFIED:  # which would have to tell the length of what it leaves out
        headers.append(("Content-Length", str(len(response.body))))
    start_response(f"{response.status} {phrase}", headers)
    return [response.body]


_SAFE_IN_HEADERS = "\x20!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
_PLAIN = re.compile(r"[ -~]*")


def _text(value: str) -> str:
    """WSGI hands bytes over as Latin-1."""
    return value if value.isascii() else value.encode("latin-1", "replace").decode("utf-8", "replace")
