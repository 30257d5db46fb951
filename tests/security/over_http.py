"""schemathesis over the generated OpenAPI document, against a gateway of this process: `make fuzz` runs it.

    python -m tests.security.over_http SCHEMATHESIS EXAMPLES

`SCHEMATHESIS` is the program, which lives in an environment of its own. Every call is signed on its way in, as a
member or as the owner of the shop, so that it passes the door and meets the code behind it. Ends with 1 when
anything answers 5xx (503 apart: the outside world is down here on purpose), or otherwise than the document says;
when a call takes longer than SLOWEST_S of the processor or the gateway grows by more than GROWTH_MB; and when
it is not through after MINUTES.
"""

from __future__ import annotations

import io
import resource
import secrets
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from mall.app import identity, registry
from mall.app.actions import Action
from mall.app.world import DOORS
from mall.kit import clock
from mall.kit.db import Database
from mall.tables import load_all
from sqlalchemy import create_engine

from infra.local.gateway import Gateway
from infra.local.settings import Settings
from tests.security.town import NobodyAnswers
from tests.support import seed
from tests.support.shop import Caller, Shop, open_shop

CHECKS = "not_a_server_error,response_schema_conformance,content_type_conformance"
MINUTES, SLOWEST_S, GROWTH_MB, WORKERS = 30, 2.0, 300, 2


class Server(WSGIServer):
    """A fixed number of threads, as the true server has: each keeps a connection of its own to the database."""

    request_queue_size = 64
    pool = ThreadPoolExecutor(WORKERS)

    def process_request(self, request: Any, client_address: Any) -> None:
        self.pool.submit(self._answer, request, client_address)

    def _answer(self, request: Any, client_address: Any) -> None:
        self.finish_request(request, client_address)
        self.shutdown_request(request)


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        return


def main(program: str, examples: str) -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server = make_server("127.0.0.1", 0, None, server_class=Server, handler_class=Quiet)
        entrance = _entrance(folder, server.server_port)
        server.set_app(entrance)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        before_mb = _memory_mb()
        done = subprocess.run([
            program, "--no-color", "run", f"http://127.0.0.1:{server.server_port}/openapi.json", "--checks", CHECKS,
            "--max-examples", examples, "--phases", "examples,coverage,fuzzing", "--workers", str(WORKERS),
            "--no-shrink", "--generation-database", "none", "--seed", "1", "--request-timeout", "10",
            "--warnings", "off"], cwd=folder, stdout=sys.stderr, timeout=MINUTES * 60)
        server.shutdown()
        grown_mb = _memory_mb() - before_mb
        print(f"{sum(entrance.statuses.values())} calls over HTTP: {dict(sorted(entrance.statuses.items()))}; "
              f"the slowest took {entrance.slowest_s:.2f} s of the processor; the gateway grew by "
              f"{grown_mb:.0f} MB", file=sys.stderr)
        return done.returncode or int(entrance.slowest_s > SLOWEST_S or grown_mb > GROWTH_MB)


def _memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


class Entrance:
    """Signs what comes in, as who may call it; counts what goes out."""

    def __init__(self, gateway: Gateway, shop: Shop):
        self.gateway, self.shop = gateway, shop
        self.member, self.owner = shop.member(), shop.staff()
        self.statuses: Counter[str] = Counter()
        self.slowest_s = 0.0

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        length = environ.get("CONTENT_LENGTH") or "0"
        body = environ["wsgi.input"].read(int(length) if length.isdigit() else 0)
        environ["wsgi.input"] = io.BytesIO(body)  # wsgiref's own waits for more than the body
        action = registry.load().get(environ["PATH_INFO"].removeprefix("/api/").replace("/", "."))
        if action is not None:
            self._sign(environ, action, body)

        def start(status: str, headers: list) -> Any:
            self.statuses[status[:3]] += 1  # 503 is right here, and schemathesis would take it for a fault
            return start_response("429 Nobody Answers" if status.startswith("503") else status, headers)

        started = time.thread_time()
        answer = self.gateway(environ, start)
        self.slowest_s = max(self.slowest_s, time.thread_time() - started)
        return answer

    def _sign(self, environ: dict[str, Any], action: Action, body: bytes) -> None:
        caller = self._caller(action)
        stamp, nonce = str(int(clock.wall().timestamp())), secrets.token_hex(12)
        key = environ.get("HTTP_IDEMPOTENCY_KEY", "").encode("latin-1", "replace").decode("utf-8", "replace")
        environ |= {
            "HTTP_AUTHORIZATION": f"Bearer {caller.token}", "HTTP_X_MALL_TIMESTAMP": stamp,
            "HTTP_X_MALL_NONCE": nonce, "HTTP_X_MALL_SIGNATURE": identity.signature(
                caller.session_key, action.name, stamp, nonce, key, body)}

    def _caller(self, action: Action) -> Caller:
        if "sign_out" in action.name:  # it ends the session that it comes with
            return self.shop.staff() if action.allow == "staff" else self.shop.member()
        return self.owner if action.allow == "staff" else self.member


def _entrance(folder: Path, port: int) -> Entrance:
    engine = create_engine(f"sqlite:///{folder / 'mall.db'}")
    load_all().create_all(engine)
    engine.dispose()
    (folder / "secrets").mkdir()
    shop = open_shop(Database(f"sqlite:///{folder / 'mall.db'}"), folder / "secrets")
    gateway = Gateway(Settings(folder, "127.0.0.1", port, 1, 1, 1), shop.house)
    for door in set(DOORS) - {"key_service"}:
        shop.house.world.put(door, NobodyAnswers())
    shop.house.world.put("event_bus", SimpleNamespace(nudge=lambda: None))
    seed.product(shop)
    return Entrance(gateway, shop)


if __name__ == "__main__":
    sys.stdout = open("/dev/null", "w", encoding="utf-8")
    sys.exit(main(*sys.argv[1:]))
