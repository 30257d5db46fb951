"""`python -m infra.local.object_store --port 8203 --data DIR [--bucket mall]`: serve until stopped.

The key pair is the one of the folder (`DIR/keys.json`, made on first use).
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.embed import Server

from infra.local.loopback import LoopbackOnly
from infra.local.ports import require_free

from . import create_app, local_keys


def main() -> None:
    options = _options()
    require_free("object store", options.host, options.port)
    keys = local_keys(options.data)
    app = create_app(options.data, keys.access_key, keys.secret_key, options.bucket)
    guarded = LoopbackOnly(app, options.host)
    server = Server(guarded, options.host, options.port, interface=Interfaces.ASGI, log_level=LogLevels.error)
    print(f"object store on http://{options.host}:{options.port}, objects in {options.data}", flush=True)
    asyncio.run(_serve(server))
    # Every stored object is on the disk already, and the embedded server's threads now and then panic
    # while the interpreter winds down (granian 2.8): leave without winding down.
    sys.stdout.flush()
    os._exit(0)


async def _serve(server: Server) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, server.stop)
    await server.serve()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="infra.local.object_store", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8203)
    parser.add_argument("--data", required=True, help="folder that holds the objects and the key pair")
    parser.add_argument("--bucket", action="append", default=[], help="bucket to make where it is not there yet")
    return parser.parse_args()


if __name__ == "__main__":
    main()
