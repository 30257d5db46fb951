"""The scenes of web/e2e, played in one browser against one running mall, as many at once as there are hands for.

A scene's name stands in its file, so that pytest knows each before anything runs.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from mall.kit.db import Database
from PIL import Image

from infra.local.client import Mall
from infra.local.owner import make_owner
from infra.local.settings import Settings
from infra.web import workspace
from infra.web.chromium import Chromium
from infra.web.node import Node
from tests.web.hosted import hosted

E2E = workspace.WEB / "e2e"
TESTS = E2E / "tests"
BUILT = E2E / "node_modules" / ".scenes"  # beside the packages, so that Node finds them
PICTURES = workspace.REPOSITORY / "docs" / "pictures"
TROUBLE = workspace.OWN / "scenes"  # what everybody saw when a scene went wrong
AT_ONCE = 3
SECONDS = 900  # of a busy machine; a free one needs a minute
LICENCE = {"number": "310106DAC0001", "issuer": "上海市商务委员会", "valid_until": "2099-12-31"}  # to take stored value
_SCENE = re.compile(r'(?m)^scene\(\s*"((?:[^"\\]|\\.)+)"')


class Played(NamedTuple):
    """`told`: of one that went wrong."""

    told: str | None
    seconds: float


def scenes() -> list[tuple[str, str]]:
    """(file, what it says) of each; when pictures are taken, of those that take them."""
    return [(path.name, json.loads(f'"{says}"')) for path in sorted(TESTS.glob("*.test.ts"))
            if (path.name == "pictures.test.ts") is _taking() for says in _SCENE.findall(path.read_text("utf-8"))]


def check_types(node: Node) -> None:
    workspace.compile_types(node, E2E)


def play(node: Node, chromium: Chromium, mall: Settings, wanted: Iterable[tuple[str, str]]) -> dict[tuple, Played]:
    """Those that are wanted, and whatever else stands in their files when all of one file are."""
    wanted = set(wanted)
    node.run("build.mjs", str(BUILT), folder=E2E)
    owner, second = _staff(mall)
    with _browser(node, chromium) as address, hosted(mall) as hosts:
        stage = BUILT / f"stage-{mall.gateway_port}.json"
        stage.write_text(json.dumps({
            "gateway": mall.gateway_url, "pay": mall.pay_url, "wechat": mall.api_url, "owner": owner,
            "second": second, "browser": address, "hosted": hosts, "trouble": str(TROUBLE),
            "pictures": str(PICTURES) if _taking() else None}))
        found = _run(node, stage, wanted)
    for path in PICTURES.glob("*.png") if _taking() else ():
        _make_small(path)
    return found


def _taking() -> bool:
    return bool(os.environ.get("MALL_PICTURES"))


def _make_small(path: Path) -> None:
    """Of 256 colours, so that a page of the docs stays light."""
    with Image.open(path) as picture:
        picture.convert("RGB").quantize(256).save(path, optimize=True)


def _staff(mall: Settings) -> tuple[dict[str, str], dict[str, str]]:
    """The owner, and the second person without whom nobody gives away more than 1000 yuan of an order."""
    database = Database(mall.database_url)
    owner, second = ({"username": name, "password": make_owner(database, name, reset=True)}
                     for name in ("owner", "second"))
    database.close()
    desk = Mall(mall.gateway_url).sign_in_staff(**owner)
    shown = desk.call("staff.show_settings")
    if not shown["settings"]["second_person"]:
        desk.call("staff.save_settings", version=shown["version"], reason="演示", changes={
            "staff_name_tries": 1_000, "refund_approval_limit_fen": 100_000, "refund_day_limit_fen": 100_000_000,
            "second_person": True, "stored_value_licence": LICENCE})
    return owner, second


def _run(node: Node, stage: Path, wanted: set[tuple[str, str]]) -> dict[tuple, Played]:
    files = sorted({file for file, _ in wanted})
    named = [f"--test-name-pattern=/^{re.escape(says)}$/" for _, says in wanted] if wanted != set(scenes()) else []
    command = [str(node.program), "--test", f"--test-concurrency={AT_ONCE}", "--test-reporter=./report.mjs", *named,
               *(str(BUILT / "tests" / file.replace(".ts", ".mjs")) for file in files)]
    out, problems = _all_of_it(command, node.environment({"MALL_E2E_STAGE": str(stage)}))
    found, said = {}, []
    for line in out.splitlines():
        told = json.loads(line)
        if "name" not in told:
            said.append(told["said"])
            continue
        file = Path(told["file"]).name.replace(".mjs", ".ts")
        found[file, told["name"]] = Played(told["told"], told["seconds"])
    why = f"not played; the runner said:\n{''.join(said)[-3000:]}\n{problems[-3000:]}"
    return {scene: found.get(scene, Played(why, 0)) for scene in wanted}


def _all_of_it(command: list[str], environment: dict[str, str]) -> tuple[str, str]:
    """What it printed, or has printed when its time is over, which ends it with all that it has started."""
    runner = subprocess.Popen(command, cwd=E2E, env=environment, text=True, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
    try:
        return runner.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(runner.pid, signal.SIGKILL)
        return runner.communicate()


@contextmanager
def _browser(node: Node, chromium: Chromium) -> Iterator[str]:
    """Its address, until the block ends."""
    server = subprocess.Popen(
        [str(node.program), str(BUILT / "src" / "browser.mjs"), chromium.program], cwd=E2E, text=True,
        env={**node.environment(), **chromium.environment}, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        address = server.stdout.readline().strip()
        if not address.startswith("ws://"):
            raise AssertionError(f"{chromium.program} does not start")
        yield address
    finally:
        server.stdin.close()
        server.wait(20)
