"""Start the simulator alone: ``python -m infra.local.simulators.wechat_pay --port 8201 --data DIR``."""

from __future__ import annotations

import argparse
import asyncio
import signal

from granian.constants import Interfaces
from granian.server.embed import Server

from infra.local.loopback import LoopbackOnly, by_own_name
from infra.local.ports import require_free
from infra.local.simulators.wechat_pay.keys import BOTH, DEFAULT_APPID, DEFAULT_MCHID, MODES
from infra.local.simulators.wechat_pay.server import create_app


def main() -> None:
    asked = _parser().parse_args()
    require_free("WeChat Pay simulator", asked.host, asked.port)
    public_url = asked.public_url or by_own_name(asked.host, asked.port)
    app = create_app(
        asked.data,
        public_url=public_url,
        time_scale=asked.time_scale,
        mchid=asked.mchid,
        appids=asked.appid,
        keys=asked.keys,
        notices_by_public_key=asked.notices_by_public_key,
        clock_with=asked.api_url,
        people=asked.people,
        refund_delay_s=asked.refund_delay_s,
        min_refund_gap_s=asked.min_refund_gap_s,
    )
    print(f"WeChat Pay simulator at {public_url}; credentials in {asked.data}/merchant/merchant.json", flush=True)
    asyncio.run(serve(LoopbackOnly(app, asked.host, asked.public_url), asked.host, asked.port))


async def serve(app: object, host: str, port: int) -> None:
    """Serve until SIGINT or SIGTERM."""
    server = Server(app, address=host, port=port, interface=Interfaces.ASGI, websockets=False, log_level="error")
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, server.stop)
    await server.serve()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m infra.local.simulators.wechat_pay", description=__doc__)
    parser.add_argument("--data", required=True, help="folder for the keys and the state; made when missing")
    parser.add_argument("--port", type=int, default=8201)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--public-url", help="where others reach it, when that is not http://HOST:PORT")
    parser.add_argument("--time-scale", type=float, default=1.0, help="0.01 makes every wait a hundred times shorter")
    parser.add_argument("--refund-delay-s", type=float, default=3.0, help="until a refund settles (scaled)")
    parser.add_argument("--min-refund-gap-s", type=float, default=60.0, help="between refunds of one order (scaled)")
    parser.add_argument("--mchid", help=f"default {DEFAULT_MCHID}, or what the folder has")
    parser.add_argument("--appid", action="append", help=f"repeatable; default {DEFAULT_APPID}, or what the folder has")
    parser.add_argument("--keys", choices=MODES, default=BOTH, help="with which of its keys the platform signs")
    parser.add_argument("--notices-by-public-key", type=_percent, metavar="PERCENT",
                        help="with --keys both: so many of a hundred notices; unless said, each as its call was")
    parser.add_argument("--api-url", help="the WeChat API simulator, which keeps the same time")
    parser.add_argument("--people", choices=["simulated", "any"],
                        help="whose openids pay: only the WeChat API simulator's, or any; default any, or the folder's")
    return parser


def _percent(text: str) -> int:
    if not text.isdigit() or int(text) > 100:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 to 100")
    return int(text)


if __name__ == "__main__":
    main()
