"""The services for the TDesign retail starter in Node against the running mall: each of them, on what its pages read.

Skipped loudly where neither Node nor npm's packages can be had.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from infra.local.settings import Settings
from infra.web import miniprogram, workspace
from infra.web.node import Node
from tests.web.test_client import running, stage, built  # noqa: F401

pytestmark = pytest.mark.spec("L9", "L5")

HERE = miniprogram.SOURCES / "node_modules" / ".tests"  # beside the packages, so that Node finds them
ADDRESS, CLOUD, PERSON = '["https://api.example.com"]', 'cloudEnv = ""', 'simulatedPerson = ""'


def set_lines(folder: Path, *lines: tuple[str, str]) -> str:
    """A copy of what is built, as a shop sets it."""
    shutil.copytree(miniprogram.BUILT, folder, dirs_exist_ok=True)
    text = (folder / miniprogram.CONFIG).read_text("utf-8")
    for before, after in lines:
        assert text.count(before) == 1
        text = text.replace(before, after)
    (folder / miniprogram.CONFIG).write_text(text, encoding="utf-8")
    return str(folder)


def services() -> dict[str, list[str]]:
    """The functions that the starter asks, by file: what the tests in Node hold them to."""
    text = (miniprogram.SOURCES / "tests" / "starter.ts").read_text("utf-8")
    text = text[text.index("export const STARTER"):text.index("/** What is missing")]
    files = re.split(r'(?m)^  "((?:services|pages)/[^"]+)": ', text)[1:]
    return {file: re.findall(r"(\w+): (?=[\[A-Zu])", block)
            for file, block in zip(files[::2], files[1::2], strict=True)}


def test_the_page_names_every_service():
    page = (workspace.REPOSITORY / "docs" / "miniprogram.md").read_text("utf-8")
    found = services()
    assert sum(map(len, found.values())) == 48
    for file, names in found.items():
        assert f"`{file.removeprefix('services/')}`" in page, file
        assert [name for name in names if not re.search(rf"\b{name}\b", page)] == [], file


@pytest.fixture
def ready(built: Node, stage: Path, running: Settings) -> Path:  # noqa: F811
    miniprogram.build(built)
    HERE.mkdir(parents=True, exist_ok=True)
    (HERE / "package.json").write_text('{"type": "module"}')
    here = json.dumps([running.gateway_url])
    copies = {"goods": set_lines(HERE / "goods", (ADDRESS, here), (PERSON, 'simulatedPerson = "xiaohong"')),
              "orders": set_lines(HERE / "orders", (ADDRESS, here)),
              "cloud": set_lines(HERE / "cloud", (ADDRESS, "[]"), (CLOUD, 'cloudEnv = "mall-1a2b3c"'))}
    path = HERE / "stage.json"
    path.write_text(json.dumps({**json.loads(stage.read_text()), "copies": copies}))
    return path


def test_the_tests_hold_to_the_types(built: Node):  # noqa: F811
    workspace.compile_types(built, miniprogram.SOURCES / "tests")


def test_every_service_answers_what_the_pages_of_the_starter_read(built: Node, ready: Path):  # noqa: F811
    built.run("build.mjs", "tests", str(HERE / "all.mjs"), folder=miniprogram.SOURCES)
    told = built.run("--test", "--test-reporter=tap", str(HERE / "all.mjs"), folder=miniprogram.SOURCES,
                     more={"MALL_CLIENT_STAGE": str(ready)})
    assert int(re.search(r"(?m)^# pass (\d+)$", told)[1]) >= 29
    assert re.search(r"(?m)^# (fail|skipped) [1-9]", told) is None
