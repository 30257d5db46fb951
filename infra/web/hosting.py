"""How the pages are handed out (静态托管): by the gateway of this machine and by every host that they are deployed to.

What changes under its own name is asked for anew each time; what carries its content in its name is kept for a year.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import PurePosixPath
from urllib.parse import urlsplit

PAGES = ("console", "shop")
INDEX, CONFIG = "index.html", "config.json"
HASHED = "assets/"  # below it every name changes with the content (Vite's own folder)
KEPT, ASKED_ANEW = "public, max-age=31536000, immutable", "no-cache"
SAFE = {"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin"}  # with every file
TYPES = {
    ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
    ".json": "application/json; charset=utf-8", ".svg": "image/svg+xml", ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json", ".map": "application/json; charset=utf-8", ".ico": "image/x-icon",
    ".png": "image/png", ".jpg": "image/jpeg", ".webp": "image/webp", ".woff2": "font/woff2", ".woff": "font/woff",
    ".ttf": "font/ttf",
}
PACKED = (".html", ".js", ".css", ".json", ".svg", ".txt", ".webmanifest", ".map", ".ttf")  # what gzip makes smaller
_OTHER = "application/octet-stream"
_NOT_IN_A_PAGE = "frame-ancestors 'none'"
_CHARSET = re.compile(r"<meta charset=[^>]+>")


def headers(name: str, *, api: Iterable[str] = (), store: Iterable[str] = ()) -> dict[str, str]:
    """Of one file of a page, by its path below the page's address. `api`: the addresses of config.json. `store`: where
    pictures are read and uploaded to."""
    return {"Content-Type": media_type(name), "Cache-Control": KEPT if name.startswith(HASHED) else ASKED_ANEW,
            "Content-Security-Policy": policy(api, store), **SAFE}


def policy(api: Iterable[str], store: Iterable[str]) -> str:
    """Content-Security-Policy: the page's own scripts only, sent to nobody but the mall; styles of a single element
    may stand in the page, since charts and pictures are placed by them."""
    stores = _origins(store)
    parts = {
        "default-src": ["'none'"], "script-src": ["'self'"], "style-src": ["'self'", "'unsafe-inline'"],
        "style-src-elem": ["'self'"], "img-src": ["'self'", "data:", "blob:", *stores],
        "media-src": ["'self'", "blob:", *stores], "font-src": ["'self'", "data:"],
        "connect-src": ["'self'", *_origins(api), *stores], "manifest-src": ["'self'"], "form-action": ["'self'"],
        "base-uri": ["'none'"], "frame-ancestors": ["'none'"],
    }
    return "; ".join(f"{name} {' '.join(values)}" for name, values in parts.items())


def with_policy(page: bytes, api: Iterable[str], store: Iterable[str]) -> bytes:
    """An index.html that holds its policy itself, for a host that can set no header. A browser passes over
    frame-ancestors there."""
    said = policy(api, store).removesuffix(f"; {_NOT_IN_A_PAGE}")
    tag = f'<meta http-equiv="Content-Security-Policy" content="{said}">'
    text, found = _CHARSET.subn(rf"\g<0>\n    {tag}", page.decode(), count=1)
    if not found:
        raise ValueError("a page names its charset before all else")
    return text.encode()


def config(api: Iterable[str] = ()) -> bytes:
    """config.json: the addresses of the API in the order in which they are tried; none: the page's own."""
    return json.dumps({"api": list(api)}).encode()


def media_type(name: str) -> str:
    return TYPES.get(PurePosixPath(name).suffix, _OTHER)


def _origins(urls: Iterable[str]) -> list[str]:
    """Each once, as a policy names them."""
    found = [f"{parts.scheme}://{parts.netloc}" for url in urls if (parts := urlsplit(url)).netloc]
    return list(dict.fromkeys(found))
