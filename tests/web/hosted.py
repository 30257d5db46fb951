"""The pages as they are deployed, on plain static hosts with other addresses than the mall's."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from infra.local.settings import Settings
from infra.web import hosting
from infra.web.site import Site, files


@contextmanager
def hosted(mall: Settings) -> Iterator[dict[str, str]]:
    """The address of each by its platform: AWS's sends the headers of every file, CloudBase's knows of none."""
    with ExitStack() as stack:
        yield {platform: stack.enter_context(_served(Site(platform, "", (), (mall.gateway_url,), (mall.store_url,))))
               for platform in ("aws", "cloudbase")}


@contextmanager
def _served(site: Site) -> Iterator[str]:
    found = files(site)

    class Host(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.partition("?")[0].removeprefix("/")
            name += hosting.INDEX if not name or name.endswith("/") else ""
            self.send_response(200 if name in found else 404)
            more = site.headers if site.platform == "aws" else {}
            for header, value in {"Content-Type": hosting.media_type(name), **more}.items():
                self.send_header(header, value)
            self.end_headers()
            self.wfile.write(found.get(name, b""))

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Host)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
