"""The client in Node against the running mall: each test of web/client/tests, the code of docs/client.md, the package.

Skipped loudly where neither Node nor npm's packages can be had.
"""

from __future__ import annotations

import json
import re
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from mall.app import registry
from mall.app.units import unit_of
from mall.kit.db import Database

from infra.local.owner import make_owner
from infra.local.settings import Settings
from infra.web import workspace
from infra.web.node import Node
from tests.support.running import a_running_mall

pytestmark = pytest.mark.spec("L9", "L5")

PAGE = workspace.REPOSITORY / "docs" / "client.md"
BUILT = workspace.CLIENT / "node_modules" / ".tests"  # beside the packages, so that Node finds them
MOST_LINES = 60  # of an example in the page


@pytest.fixture(scope="module")
def built(node: Node) -> Node:
    workspace.build_client(node)
    return node


@pytest.fixture(scope="module")
def running() -> Iterator[Settings]:
    with a_running_mall(demo_shop=False) as settings:
        yield settings


@pytest.fixture(scope="module")
def stage(running: Settings) -> Path:
    """What the tests in Node are told of the mall."""
    database = Database(running.database_url)
    owner = {"username": "owner", "password": make_owner(database, "owner", reset=True)}
    database.close()
    app = json.loads((running.folder / "wechat_api" / "app.json").read_text("utf-8"))
    BUILT.mkdir(parents=True, exist_ok=True)
    found = {
        "gateway": running.gateway_url, "pay": running.pay_url, "owner": owner,
        "templates": {each["name"]: each["template_id"] for each in app["templates"]},
        "units": {name: unit_of(action) for name, action in registry.load().items()},
        "examples": write_examples(BUILT, running.gateway_url)}
    path = BUILT / "stage.json"
    path.write_text(json.dumps(found))
    return path


def examples() -> list[str]:
    """The code of docs/client.md that is run: for mini programs, for browsers."""
    return re.findall(r"(?ms)^```js\n(.*?)^```$", PAGE.read_text("utf-8"))


def write_examples(folder: Path, gateway_url: str) -> dict[str, str]:
    """As they stand in the page, with the running mall's address."""
    found = {}
    for name, suffix, code in zip(("mini", "page"), ("cjs", "mjs"), examples(), strict=True):
        path = folder / f"{name}.{suffix}"
        path.write_text(re.sub(r"https://api2?\.example\.com", gateway_url, code), encoding="utf-8")
        found[name] = str(path)
    return found


def test_the_examples_are_short():
    assert [len(code.splitlines()) <= MOST_LINES for code in examples()] == [True, True]


def test_the_tests_hold_to_the_types(built: Node):
    workspace.compile_types(built, workspace.CLIENT / "tests")


def test_the_client_does_against_the_running_mall_what_its_tests_say(built: Node, stage: Path):
    built.run("build.mjs", "tests", str(BUILT / "all.mjs"), folder=workspace.CLIENT)
    told = built.run("--test", "--test-reporter=tap", str(BUILT / "all.mjs"), folder=workspace.CLIENT,
                     more={"MALL_CLIENT_STAGE": str(stage)})
    assert int(re.search(r"(?m)^# pass (\d+)$", told)[1]) >= 41
    assert re.search(r"(?m)^# (fail|skipped) [1-9]", told) is None


def test_the_package_holds_the_scripts_and_the_types_and_needs_nothing(built: Node):
    path = workspace.pack_client(built)
    with tarfile.open(path) as packed:
        names = {name.removeprefix("package/") for name in packed.getnames()}
        about = json.load(packed.extractfile("package/package.json"))
    assert {about["main"], about["module"], about["types"]} <= names
    assert {name.split("/")[0] for name in names} == {"package.json", "dist", "miniprogram_dist"}
    assert not {"dependencies", "peerDependencies"} & set(about)
    assert workspace.SCRIPT.stat().st_size <= workspace.MOST_BYTES
