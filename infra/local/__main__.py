"""`make run`: the whole mall on this machine (本地云), until Ctrl-C.

Keys and secrets are made where they are missing, the database is brought up to date, the gateway, the two
simulators and the object store start side by side, and a first start fills a demo shop.
"""

from __future__ import annotations

import fcntl
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from typing import IO

from infra.local import building
from infra.local.ports import is_free
from infra.local.processes import Child, ChildFailed, stop, wait_until_ready, watch
from infra.local.settings import PYTHON_PATH, REPOSITORY, Settings, prepare, read_settings

BEING_BUILT = "\nIts console and its shop are being built; their addresses say how far it is."


def main() -> int:
    started = time.monotonic()
    signal.signal(signal.SIGTERM, _interrupt)
    settings = read_settings()
    lock = _lock(settings)
    _check_ports(settings)
    variables = prepare(settings)
    environment = {**os.environ, **variables, **_for_children(settings)}
    children, beside = _children(settings), None
    try:
        for child in children[1:]:  # the simulators and the store need no database
            child.start(environment)
        beside = building.start(settings, environment)
        _migrate(settings, environment)
        children[0].start(environment)
        wait_until_ready(children)
        _fill_once(settings, environment)
        print(_welcome(settings, time.monotonic() - started, beside is not None), flush=True)
        if beside is not None:
            threading.Thread(target=lambda: print(building.outcome(settings, beside), flush=True), daemon=True).start()
        watch(children)
    except ChildFailed as failed:
        print(f"\n{failed}\nEverything is stopped.", file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        print("\nstopping ...", flush=True)
        return 0
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        stop([*children, *filter(None, [beside])])
        lock.close()


def _children(settings: Settings) -> list[Child]:
    def child(name: str, url: str, port: int, *arguments: str) -> Child:
        given = ["-m", f"infra.local.{name}", *arguments]
        if arguments:
            given += ["--host", settings.host, "--port", str(port)]
        return Child(name.split(".")[-1], given, url, settings.folder / "logs" / f"{name.split('.')[-1]}.log")

    pay, wechat = settings.folder / "wechat_pay", settings.folder / "wechat_api"
    return [
        child("gateway", f"{settings.gateway_url}/_local/health", settings.gateway_port),
        child("simulators.wechat_pay", f"{settings.pay_url}/_sim/clock", settings.pay_port, "--data", str(pay),
              "--api-url", settings.api_url),
        child("simulators.wechat_api", f"{settings.api_url}/_sim/clock", settings.api_port, "--data", str(wechat),
              "--pay-url", settings.pay_url),
        child("object_store", f"{settings.store_url}/", settings.store_port,
              "--data", str(settings.folder / "objects"), "--bucket", "mall"),
    ]


def _for_children(settings: Settings) -> dict[str, str]:
    return {
        "PYTHONPATH": os.pathsep.join(PYTHON_PATH), "PYTHONUNBUFFERED": "1",
        "MALL_WEB_ORIGINS": os.environ.get("MALL_WEB_ORIGINS") or os.environ.get("MALL_LOCAL_ORIGINS", ""),
        "MALL_LOCAL_FOLDER": str(settings.folder), "MALL_LOCAL_HOST": settings.host,
        "MALL_LOCAL_PORT": str(settings.gateway_port), "MALL_LOCAL_PAY_PORT": str(settings.pay_port),
        "MALL_LOCAL_API_PORT": str(settings.api_port), "MALL_LOCAL_STORE_PORT": str(settings.store_port),
    }


def _lock(settings: Settings) -> IO[str]:
    """One mall over one folder; the system frees the lock of a mall that dies."""
    settings.folder.mkdir(parents=True, exist_ok=True)
    lock = (settings.folder / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise SystemExit(f"a mall is running in {settings.folder} already; another one: "
                         "make run PORT=9000 MALL_LOCAL_FOLDER=.local-2") from None
    return lock


def _check_ports(settings: Settings) -> None:
    ports = {"PORT": settings.gateway_port, "PAY_PORT": settings.pay_port, "API_PORT": settings.api_port,
             "STORE_PORT": settings.store_port}
    for variable, port in ports.items():
        if not is_free(settings.host, port):
            raise SystemExit(f"port {port} is taken. Is the mall running already? Another port: "
                             f"make run {variable}={port % 60_000 + 1000}")


def _migrate(settings: Settings, environment: dict[str, str]) -> None:
    if _is_current(settings):
        return
    print("bringing the database up to date ...", flush=True)
    done = subprocess.run([sys.executable, "-m", "infra.migrations", "upgrade", settings.database_url],
                          cwd=REPOSITORY, env=environment, check=False)
    if done.returncode:
        raise ChildFailed("the database could not be brought up to date (see above)")


def _is_current(settings: Settings) -> bool:
    """A look into a SQLite file is a hundred times quicker than loading the migration tool to be told."""
    from infra.migrations.steps import newest

    path = settings.folder / "mall.db"
    if not settings.database_url.startswith("sqlite") or not path.is_file():
        return False
    try:
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as link:
            return link.execute("SELECT version_num FROM alembic_version").fetchone() == (newest(),)
    except sqlite3.Error:
        return False


def _fill_once(settings: Settings, environment: dict[str, str]) -> None:
    done = settings.folder / "demo_shop.done"
    if done.exists():
        return
    print("filling the demo shop ...", flush=True)
    filled = subprocess.run([sys.executable, "-m", "infra.local.demo_shop"], cwd=REPOSITORY, env=environment,
                            check=False)
    if filled.returncode:
        raise ChildFailed("the demo shop could not be filled (see above)")
    done.touch()


def _welcome(settings: Settings, seconds: float, building_pages: bool) -> str:
    return f"""
The mall is up after {seconds:.1f} s. 商城已启动。{BEING_BUILT if building_pages else ''}

  start here            {settings.gateway_url}/
  shop 商城             {settings.gateway_url}/shop/
  console 商家后台      {settings.gateway_url}/console/   as owner; a new password: make owner ARGS=--reset
  API, to read and try  {settings.gateway_url}/docs
  WeChat Pay simulator  {settings.pay_url}/
  WeChat API simulator  {settings.api_url}/      messages: {settings.api_url}/inbox
  state and logs        {settings.folder}

  make demo             the whole purchase over HTTP, with every amount (in a second terminal)
  curl -s {settings.gateway_url}/api/members/sign_in -H 'X-Sim-Openid: xiaohong' -d '{{}}'

Ctrl-C stops everything; `make reset` forgets everything.
"""


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
