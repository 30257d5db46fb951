"""Both simulators for a while, on free ports (启动模拟器)."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.local.settings import REPOSITORY
from infra.local.simulators.wechat_api.account import ensure_app
from infra.local.simulators.wechat_pay.keys import CERTIFICATE, PUBLIC_KEY, ensure_merchant

PATIENCE_S = 180
FILES = {"private_key_file": "private_key", "certificate_file": "certificate", "public_key_file": "public_key",
         "platform_certificate_file": "platform_certificate"}
_LOCAL = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class NotStarted(Exception):
    """Within the time that they are given."""


@dataclass(frozen=True)
class Servers:
    """Where they are, and the file with what a backend is configured with."""

    pay_url: str
    api_url: str
    settings: Path

    def variables(self) -> dict[str, str]:
        return {"SIM_PAY_URL": self.pay_url, "SIM_API_URL": self.api_url, "SIM_SETTINGS": str(self.settings)}

    def calls(self) -> dict[str, Any]:
        """Which interfaces of WeChat Pay were called, and how often (`GET /_sim/calls`)."""
        with _LOCAL.open(f"{self.pay_url}/_sim/calls", timeout=10) as answer:
            return json.load(answer)["calls"]


@contextmanager
def running(folder: Path, mode: str, *arguments: str) -> Iterator[Servers]:
    """Both, signing in this key mode; waits are a hundred times shorter."""
    pay_port, api_port = _free_port(), _free_port()
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "infra.local.simulators", "--data", str(folder), "--port", str(pay_port),
               "--api-port", str(api_port), "--keys", mode, "--time-scale", "0.01", "--min-refund-gap-s", "0",
               *arguments]
    with (folder / "simulators.log").open("w") as log:
        process = subprocess.Popen(command, cwd=REPOSITORY, env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
                                   stdout=log, stderr=log)
    try:
        servers = Servers(f"http://127.0.0.1:{pay_port}", f"http://127.0.0.1:{api_port}", folder / "settings.json")
        _wait_for(servers, process, folder / "simulators.log")
        servers.settings.write_text(json.dumps(settings(folder, mode), ensure_ascii=False, indent=2))
        yield servers
    finally:
        process.terminate()
        process.wait(20)


def settings(folder: Path, mode: str) -> dict[str, Any]:
    """SIM_SETTINGS: `keys`, the mode; `pay`, what merchant.json has (mchid, appids, cert_serial_no, apiv3_key), with
    the keys themselves (`private_key`, `certificate`, and what there is in this mode of `public_key_id`, `public_key`,
    `platform_certificate_serial`, `platform_certificate`); `api`, what app.json has (appid, secret, web_appid,
    web_secret, templates)."""
    merchant = ensure_merchant(folder / "wechat_pay")
    pay = {FILES.get(name, name): Path(value).read_text() if name in FILES else value
           for name, value in merchant.items()}
    missing = {PUBLIC_KEY: ("platform_certificate_serial", "platform_certificate"),
               CERTIFICATE: ("public_key_id", "public_key")}.get(mode, ())
    return {"keys": mode, "pay": {name: value for name, value in pay.items() if name not in missing},
            "api": ensure_app(folder / "wechat_api")}


def _wait_for(servers: Servers, process: subprocess.Popen, log: Path) -> None:
    ends = time.monotonic() + PATIENCE_S
    while time.monotonic() < ends and process.poll() is None:
        if "are up" in log.read_text():
            return
        time.sleep(0.05)
    raise NotStarted(f"the simulators do not start: {log.read_text()[-2000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
