"""Both simulators from one command (一条命令启动两个模拟器), for the tests of any backend in any language:

    python -m infra.local.simulators --data .simulators --keys both

They know nothing of this mall. Their keys, accounts and state are in the folder, and they keep one clock: whichever is
moved tells the other.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path

from infra.local.loopback import by_own_name
from infra.local.ports import require_free
from infra.local.processes import Child, ChildFailed, stop, wait_until_ready, watch
from infra.local.settings import REPOSITORY
from infra.local.simulators.clocks import agree
from infra.local.simulators.wechat_api.account import ensure_app
from infra.local.simulators.wechat_pay.keys import MODES, ensure_merchant

PAY, API = "wechat_pay", "wechat_api"


def main() -> int:
    asked = _parser().parse_args()
    asked.api_port = asked.api_port or asked.port + 1
    require_free("WeChat Pay simulator", asked.host, asked.port)
    require_free("WeChat API simulator", asked.host, asked.api_port)
    signal.signal(signal.SIGTERM, _interrupt)
    pay_url, api_url = (by_own_name(asked.host, port) for port in (asked.port, asked.api_port))
    folder = asked.data.resolve()
    app = ensure_app(folder / API, gateway_url=asked.api_url or api_url)
    merchant = ensure_merchant(folder / PAY, mchid=asked.mchid, gateway_url=asked.pay_url or pay_url,
                               appids=[app["appid"], app["web_appid"], *asked.appid])
    children = _children(asked, folder, merchant["appids"], pay_url, api_url)
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "PYTHONUNBUFFERED": "1"}
    try:
        for child in children:
            child.start(environment)
        wait_until_ready(children)
        agree(pay_url, api_url)
        print(_welcome(asked, folder, pay_url, api_url), flush=True)
        watch(children)
    except ChildFailed as failed:
        print(f"\n{failed}\nBoth are stopped.", file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        return 0
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        stop(children)


def _children(asked: argparse.Namespace, folder: Path, appids: list[str], pay_url: str, api_url: str) -> list[Child]:
    def child(name: str, port: int, url: str, *arguments: str) -> Child:
        given = ["-m", f"infra.local.simulators.{name}", "--data", str(folder / name), "--host", asked.host,
                 "--port", str(port), "--time-scale", str(asked.time_scale), *arguments]
        return Child(name, given, f"{url}/_sim/clock", folder / "logs" / f"{name}.log")

    pay = ["--keys", asked.keys, "--api-url", api_url, "--refund-delay-s", str(asked.refund_delay_s),
           "--min-refund-gap-s", str(asked.min_refund_gap_s)]
    if asked.notices_by_public_key is not None:
        pay += ["--notices-by-public-key", str(asked.notices_by_public_key)]
    if asked.people:
        pay += ["--people", asked.people]
    for appid in appids:
        pay += ["--appid", appid]
    if asked.pay_url:
        pay += ["--public-url", asked.pay_url]
    api = ["--pay-url", pay_url]
    if asked.api_url:
        api += ["--public-url", asked.api_url]
    return [child(PAY, asked.port, pay_url, *pay), child(API, asked.api_port, api_url, *api)]


def _welcome(asked: argparse.Namespace, folder: Path, pay_url: str, api_url: str) -> str:
    return f"""
Both simulators are up. 两个模拟器已启动。

  WeChat Pay   {pay_url}/   in the place of https://api.mch.weixin.qq.com   keys: {asked.keys}
  WeChat API   {api_url}/   in the place of https://api.weixin.qq.com
  credentials  {folder / PAY / 'merchant' / 'merchant.json'}
               {folder / API / 'app.json'}
  one clock    curl -d '{{"ahead_s": 7200}}' {pay_url}/_sim/clock

Ctrl-C stops both; their state stays in {folder}.
"""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m infra.local.simulators", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(".simulators"), help="folder of keys and state")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8201, help="WeChat Pay")
    parser.add_argument("--api-port", type=int, help="WeChat API; the next one unless said")
    parser.add_argument("--pay-url", help="where others reach WeChat Pay, when that is not http://HOST:PORT")
    parser.add_argument("--api-url", help="where others reach the WeChat API, when that is not http://HOST:PORT")
    parser.add_argument("--keys", choices=MODES, default="both", help="with which of its keys the platform signs")
    parser.add_argument("--notices-by-public-key", type=int, metavar="PERCENT",
                        help="with --keys both: so many of a hundred notices; unless said, each as its call was")
    parser.add_argument("--time-scale", type=float, default=1.0, help="0.01 makes every wait a hundred times shorter")
    parser.add_argument("--refund-delay-s", type=float, default=3.0, help="until a refund settles (scaled)")
    parser.add_argument("--min-refund-gap-s", type=float, default=60.0, help="between refunds of one order (scaled)")
    parser.add_argument("--mchid", help="the merchant number")
    parser.add_argument("--people", choices=["simulated", "any"],
                        help="whose openids pay: only the WeChat API simulator's, or any; default any, or the folder's")
    parser.add_argument("--appid", action="append", default=[], help="one more bound to the merchant; repeatable")
    return parser


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
