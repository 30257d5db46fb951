"""The console and the shop on this machine (商家后台与商城页面): handed out by the gateway.

What `infra.web.pages` has built last is served, with the headers of `infra.web.hosting`. Where a page is not there yet,
its address says whether it is being built, or why it cannot be, and asks again by itself.
"""

from __future__ import annotations

import hashlib
import json
import re
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import NamedTuple

from mall.app.deployment import Deployment

from infra.local.settings import Settings
from infra.local.wire import Request, Response, UnknownPath
from infra.web import hosting, pages

TOLD = "web.json"  # in the mall's folder: what the build says of itself
BY_HAND = "not built: `make web` builds it"
_PATH = re.compile(rf"/({'|'.join(hosting.PAGES)})(/.*)?")
_WAIT = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta http-equiv="refresh" content="2">
<title>{page}</title><body style="font: 16px/1.6 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto">
<h1>{page}</h1><p style="white-space: pre-wrap">{said}</p>
<p>This page asks again by itself. 本页会自动刷新。</p></html>"""


class File(NamedTuple):
    content: bytes
    packed: bytes | None
    tag: str


class Faces:
    """Asked for a path of a page, its answer; for every other, None."""

    def __init__(self, settings: Settings, deployment: Deployment):
        self.told_in = settings.folder / TOLD
        self.store = (deployment.storage_public_url, deployment.storage_url)

    def answer(self, request: Request) -> Response | None:
        found = _PATH.fullmatch(request.path)
        if found is None:
            return None
        if request.method not in ("GET", "HEAD"):
            raise UnknownPath()
        page, name = found[1], (found[2] or "")[1:] or hosting.INDEX
        if found[2] is None:
            return Response(308, b"", {"Location": f"/{page}/" + (f"?{request.query}" if request.query else "")})
        built = (pages.BUILT / page).resolve()
        if not built.is_dir():
            return self._not_there(page)
        return self._file(request, built, name)

    def told(self) -> dict[str, str]:
        """For people: of each page, that it is built, or what its build says."""
        return {page: "built" if (pages.BUILT / page).is_dir() else self._said() for page in hosting.PAGES}

    def _said(self) -> str:
        try:
            return json.loads(self.told_in.read_text("utf-8"))["said"]
        except (OSError, ValueError):
            return BY_HAND

    def _not_there(self, page: str) -> Response:
        body = _WAIT.format(page=page, said=escape(self._said())).encode()
        return Response(503, body, {**hosting.headers(hosting.INDEX), "Retry-After": "2",
                                    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"})

    def _file(self, request: Request, built: Path, name: str) -> Response:
        file = _read(built).get(name)
        if name == hosting.CONFIG:
            file = _as_file(hosting.config())
        if file is None:
            raise UnknownPath()
        headers = {**hosting.headers(name, store=self.store), "Vary": "Accept-Encoding"}
        content, tag = file.content, file.tag
        if file.packed and "gzip" in request.headers.get("accept-encoding", ""):
            content, tag = file.packed, f"{file.tag}-gz"
            headers["Content-Encoding"] = "gzip"
        headers["ETag"] = f'"{tag}"'
        if headers["ETag"] in request.headers.get("if-none-match", ""):
            return Response(304, b"", {**headers})
        return Response(200, content, headers)


@lru_cache(4)
def _read(built: Path) -> dict[str, File]:
    """A build never changes. What is asked for is looked up here and nowhere else, so that no path leads out of it."""
    paths = {str(path.relative_to(built)): path for path in built.rglob("*") if path.is_file()}
    return {name: _as_file(path.read_bytes(), paths.get(f"{name}.gz")) for name, path in paths.items()
            if not name.endswith(".gz")}


def _as_file(content: bytes, packed: Path | None = None) -> File:
    return File(content, packed.read_bytes() if packed else None, hashlib.sha256(content).hexdigest()[:20])
