"""schemathesis over the generated OpenAPI document, against a gateway of this process: `make fuzz` runs it.

    python -m tests.security.over_http SCHEMATHESIS EXAMPLES

`SCHEMATHESIS` is the program, which lives in an environment of its own. Every call comes as a member by a cloud
call, so that it passes the door and meets the code behind it. Ends with 1 when anything answers 5xx (503 apart:
the outside world is down here on purpose).
"""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from socketserver import ThreadingMixIn
from types import SimpleNamespace
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from mall.app.world import DOORS
from mall.kit.db import Database
from mall.tables import load_all
from sqlalchemy import create_engine

from infra.local.gateway import Gateway
from infra.local.settings import Settings
from tests.security.town import NobodyAnswers
from tests.support.shop import open_shop

CHECKS = "not_a_server_error,response_schema_conformance"


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        return


def main(program: str, examples: str) -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server = make_server("127.0.0.1", 0, None, server_class=Server, handler_class=Quiet)
        server.set_app(_Refusals503(_gateway(folder, server.server_port)))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        done = subprocess.run([
            program, "--no-color", "run", f"http://127.0.0.1:{server.server_port}/openapi.json", "--checks", CHECKS,
            "--max-examples", examples, "--phases", "examples,coverage,fuzzing", "--seed", "1", "-H",
            "X-Sim-Openid: fuzz", "--request-timeout", "10"], cwd=folder, stdout=sys.stderr)
        server.shutdown()
        return done.returncode


def _gateway(folder: Path, port: int) -> Gateway:
    engine = create_engine(f"sqlite:///{folder / 'mall.db'}")
    load_all().create_all(engine)
    engine.dispose()
    (folder / "secrets").mkdir()
    shop = open_shop(Database(f"sqlite:///{folder / 'mall.db'}"), folder / "secrets")
    gateway = Gateway(Settings(folder, "127.0.0.1", port, 1, 1, 1), shop.house)
    for door in set(DOORS) - {"key_service"}:
        shop.house.world.put(door, NobodyAnswers())
    shop.house.world.put("event_bus", SimpleNamespace(nudge=lambda: None))
    person = gateway._person("fuzz")
    shop.send("members.sign_in", {}, _context(person))
    return gateway


def _context(person: dict[str, str]) -> dict[str, str]:
    import json

    world = {"TCB_SOURCE": "wx_client", "WX_APPID": person["appid"], "WX_OPENID": person["openid"]}
    return {"request_id": "r", "environment": json.dumps(world)}


class _Refusals503:
    """Nobody answers outside, so a 503 is right here; schemathesis would take it for a fault."""

    def __init__(self, gateway: Gateway):
        self.gateway = gateway

    def __call__(self, environ: dict, start_response: object) -> object:
        if not environ.get("CONTENT_LENGTH"):
            environ["wsgi.input"] = io.BytesIO()  # wsgiref's own waits for a body that never comes

        def start(status: str, headers: list) -> object:
            return start_response("429 Nobody Answers" if status.startswith("503") else status, headers)

        return self.gateway(environ, start)


if __name__ == "__main__":
    sys.stdout = open("/dev/null", "w", encoding="utf-8")
    sys.exit(main(*sys.argv[1:]))
