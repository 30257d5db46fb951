"""`web/miniprogram`: the folder that is copied over the TDesign retail starter, built and put into dist/."""

from __future__ import annotations

import shutil
from pathlib import Path

from infra.web.node import Node
from infra.web.workspace import REPOSITORY, WEB, build_client, compile_types

SOURCES = WEB / "miniprogram"
BUILT = SOURCES / "dist"
CONFIG = Path("services", "mall", "config.js")  # where a shop sets its address or its cloud
TARGET = REPOSITORY / "dist" / "miniprogram"


def build(node: Node) -> Path:
    """The services as plain scripts, beside the one script of the client. Raises Failed with what the compiler says."""
    build_client(node)
    shutil.rmtree(BUILT, ignore_errors=True)
    compile_types(node, SOURCES)
    node.run("build.mjs", folder=SOURCES)
    return BUILT


def pack(node: Node) -> Path:
    """The same in dist/, to be copied."""
    shutil.rmtree(TARGET, ignore_errors=True)
    return Path(shutil.copytree(build(node), TARGET))
