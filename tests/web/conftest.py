"""What the tests of web/ share: Node with the packages of the workspace, or a loud skip."""

from __future__ import annotations

import sys

import pytest

from infra.web import workspace
from infra.web.node import Node, NoNode


@pytest.fixture(scope="module")
def node() -> Node:
    try:
        return workspace.ready()
    except NoNode as problem:
        print(f"!!! NO NODE: the tests of web/ are SKIPPED: {problem}", file=sys.stderr, flush=True)
        pytest.skip("no Node on this machine, or no packages for it")
