"""Start the simulator as a program of its own."""

from __future__ import annotations

import argparse
from pathlib import Path

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from infra.local.loopback import LoopbackOnly, by_own_name
from infra.local.ports import require_free
from infra.local.simulators.wechat_api.server import create_app


def main() -> None:
    given = read_arguments()
    require_free("WeChat API simulator", given.host, given.port)
    public_url = given.public_url or by_own_name(given.host, given.port)

    def load(_target: str):
        app = create_app(
            given.data,
            public_url=public_url,
            pay_url=given.pay_url,
            clock_with=given.pay_url,
            shipping_lag_s=given.shipping_lag,
            time_scale=given.time_scale,
        )
        return LoopbackOnly(app, given.host, given.public_url)

    server = Granian(
        "wechat_api",
        address=given.host,
        port=given.port,
        interface=Interfaces.ASGI,
        workers=1,
        log_level=LogLevels.warning,
    )
    print(f"WeChat API simulator at {public_url}; the app's id and secret in {given.data}/app.json", flush=True)
    server.serve(target_loader=load)


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="wechat_api", description="WeChat's server interface, simulated.")
    parser.add_argument("--port", type=int, default=8202)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--data", type=Path, required=True, help="folder of the state: app.json and one SQLite file")
    parser.add_argument("--public-url", help="address under which clients reach this server")
    parser.add_argument("--pay-url", help="the WeChat Pay simulator: asked about paid orders, keeps the same time")
    parser.add_argument("--shipping-lag", type=float, help="seconds after paying in which shipping answers 10060001")
    parser.add_argument("--time-scale", type=float, default=1, help="0.01 makes waits a hundred times shorter")
    return parser.parse_args()


if __name__ == "__main__":
    main()
