"""A synchronous application behind a server that waits for nobody (慢请求).

Bodies are read beside each other, without a thread, within a time and a size; only a request that is there as a whole
gets one of the threads.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

BODY_WITHIN_S = 10.0  # from the end of the headers to the end of the body


class GaveUp(Exception):
    """The client went away, or was too slow."""


class Patient:
    """An ASGI application over a WSGI one. `threads`: how many requests are worked on at a time; `refuse_slow` and
    `refuse_large` answer (as WSGI applications) what was not read to its end."""

    def __init__(self, app: Callable[..., Iterable[bytes]], *, threads: int, most_bytes: int,
                 refuse_slow: Callable[..., Iterable[bytes]], refuse_large: Callable[..., Iterable[bytes]],
                 within_s: float = BODY_WITHIN_S):
        self._app, self._slow, self._large = app, refuse_slow, refuse_large
        self._most_bytes, self._within_s = most_bytes, within_s
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="request")

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        app, body = self._app, b""
        try:
            body = await asyncio.wait_for(self._read(scope, receive), self._within_s)
        except asyncio.TimeoutError:
            app = self._slow
        except OverflowError:
            app = self._large
        except GaveUp:
            return
        environ = _environ(scope, body)
        status, headers, content = await asyncio.get_running_loop().run_in_executor(self._pool, _call, app, environ)
        if app is not self._app:
            headers.append((b"connection", b"close"))  # what it has not sent yet is not waited for
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else content})

    async def _read(self, scope: dict[str, Any], receive: Any) -> bytes:
        length = dict(scope["headers"]).get(b"content-length", b"0")
        if length.isdigit() and int(length) > self._most_bytes:
            raise OverflowError
        parts, size = [], 0
        while True:
            message = await receive()
            if message["type"] != "http.request":
                raise GaveUp
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > self._most_bytes:
                raise OverflowError
            if not message.get("more_body"):
                return b"".join(parts)


def _call(app: Callable[..., Iterable[bytes]], environ: dict[str, Any]) -> tuple[int, list, bytes]:
    said: dict[str, Any] = {}

    def start_response(status: str, headers: list[tuple[str, str]]) -> None:
        said.update(status=int(status.split()[0]),
                    headers=[(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers])

    content = b"".join(app(environ, start_response))
    return said["status"], said["headers"], content


def _environ(scope: dict[str, Any], body: bytes) -> dict[str, Any]:
    """WSGI's view of the request: texts are bytes as Latin-1."""
    environ = {
        "REQUEST_METHOD": scope["method"], "PATH_INFO": scope["path"].encode().decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"), "REMOTE_ADDR": (scope.get("client") or ("",))[0],
        "wsgi.input": io.BytesIO(body),
    }
    for name, value in scope["headers"]:
        text = name.decode("latin-1").upper().replace("-", "_")
        key = text if text in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{text}"
        given = value.decode("latin-1")
        environ[key] = f"{environ[key]},{given}" if key in environ else given
    return environ
