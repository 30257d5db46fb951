"""The console and the shop, used as people use them: the scenes of web/e2e in Debian's Chromium.

Skipped loudly where Node, npm's packages or Chromium cannot be had. `-k "double click"` plays one scene;
MALL_PLAY=1 plays in the mall that runs already (over MALL_LOCAL_FOLDER); MALL_PICTURES=1 plays those alone that take
docs/pictures.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from infra.local.settings import Settings, read_running
from infra.web import chromium, pages, workspace
from infra.web.node import Node
from tests.support.running import a_running_mall
from tests.web import stage

pytestmark = pytest.mark.spec("L8", "L5")


@pytest.fixture(scope="module")
def browser() -> chromium.Chromium:
    found = chromium.ensure_installed()
    if found is None:
        pytest.skip("no Chromium on this machine")
    return found


@pytest.fixture(scope="module")
def running(node: Node) -> Iterator[Settings]:
    pages.build(node)
    if os.environ.get("MALL_PLAY"):
        yield read_running()
        return
    with a_running_mall() as settings:
        yield settings


@pytest.fixture(scope="module")
def played(request: pytest.FixtureRequest, node: Node, browser: chromium.Chromium,
           running: Settings) -> dict[tuple, stage.Played]:
    """All scenes that this run has chosen, played at once."""
    wanted = {item.callspec.params["scene"] for item in request.session.items
              if item.path == request.path and "scene" in getattr(item, "callspec", _NONE).params}
    return stage.play(node, browser, running, wanted)


class _NONE:
    params: dict = {}


def test_the_scenes_hold_to_the_types(node: Node):
    workspace.build_client(node)
    stage.check_types(node)


@pytest.mark.timeout(1_000)  # the first waits for all
@pytest.mark.parametrize("scene", stage.scenes(), ids=lambda scene: f"{scene[0].removesuffix('.test.ts')}: {scene[1]}")
def test_people(scene: tuple[str, str], played: dict[tuple, stage.Played]):
    told = played[scene].told
    if told is not None:
        pytest.fail(told, pytrace=False)
