"""Who may reach what is only for this machine (仅限本机): by a loopback name, from a page of it, through no proxy.

A foreign page that had its own name resolved to 127.0.0.1 fails by the name it asks for, one that just sends its
visitor's browser here by its origin, and the world behind a tunnel by what every tunnel adds or by the tunnel's name.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from infra.web.hosting import SAFE

LOOPBACK = ("127.0.0.1", "::1", "localhost")
EVERYWHERE = ("0.0.0.0", "::")  # where a server listens that other machines reach too
FORWARDED = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-server",
             "x-real-ip", "x-original-host", "x-client-ip", "true-client-ip", "cf-connecting-ip", "cf-ray",
             "cdn-loop")  # by which a request tells that somebody passed it on
REFUSED = '{"error": "only for this machine: ask 127.0.0.1 or localhost, from a page of it, through no proxy"}'


def is_own_page(origin: str) -> bool:
    """A page of this machine, on whatever port, or one that MALL_LOCAL_ORIGINS names."""
    return _host_of(origin) in LOOPBACK or origin in os.environ.get("MALL_LOCAL_ORIGINS", "").split()


def asks_this_machine(headers: Mapping[str, str], names: Iterable[str] = ()) -> bool:
    """Whether a request (lower-case header names) came to this machine by a name of its own, straight, and from no
    foreign page. `names`: further names by which whoever started the server said that it is reached."""
    host = _host_of(f"//{headers.get('host', '')}")
    page = headers.get("origin")
    if page is not None and not is_own_page(page) and _host_of(page) not in names:
        return False
    if host in names:
        return True
    return (host in LOOPBACK or host.endswith(".localhost")) and not any(name in headers for name in FORWARDED)


def by_own_name(host: str, port: int) -> str:
    """The address by which this machine itself asks a server that listens there."""
    return f"http://{LOOPBACK[0] if host in EVERYWHERE else host}:{port}"


def _host_of(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


class LoopbackOnly:
    """An ASGI application behind this rule; what it answers sits in nobody's frame. `reached_at`: the addresses that
    whoever started it has named."""

    def __init__(self, app: Callable[..., Any], *reached_at: str | None):
        self.app = app
        hosts = {_host_of(url if "//" in url else f"//{url}") for url in reached_at if url}
        self.names = hosts - {"", *EVERYWHERE, *LOOPBACK}

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        safe = [(name.lower().encode(), value.encode()) for name, value in SAFE.items()]

        async def send_safely(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                theirs = {name.lower() for name, _ in message.get("headers", ())}
                added = [pair for pair in safe if pair[0] not in theirs]
                message = {**message, "headers": [*message.get("headers", ()), *added]}
            await send(message)

        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        if asks_this_machine(headers, self.names):
            await self.app(scope, receive, send_safely)
            return
        await send_safely({"type": "http.response.start", "status": 403,
                           "headers": [(b"content-type", b"application/json")]})
        await send_safely({"type": "http.response.body", "body": REFUSED.encode()})
