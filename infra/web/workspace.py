"""`web/`, one npm workspace: its packages installed once, its parts built and packed."""

from __future__ import annotations

import hashlib
from pathlib import Path

from infra.web.node import Failed, Node, NoNode, alone, find_or_fetch

REPOSITORY = Path(__file__).resolve().parents[2]
WEB = REPOSITORY / "web"
CLIENT = WEB / "client"
SCRIPT = CLIENT / "miniprogram_dist" / "index.js"  # what a mini program gets
MOST_BYTES = 12 * 1024  # of it
OWN = REPOSITORY / ".test"  # where the fetched node, the locks and what was built from what are kept
_SOURCES = ("package.json", "tsconfig.json", "build.mjs", "src/**/*.ts")


class TooLarge(Exception):
    """The script for mini programs is above its limit."""


def ready(folder: Path = OWN) -> Node:
    """Node with the workspace's packages beside it. Raises NoNode where one of them cannot be had."""
    node = find_or_fetch(folder)
    stamp, wanted = WEB / "node_modules" / ".of_lock", digest([WEB / "package-lock.json"])
    with alone(folder / "web.lock"):
        if not stamp.is_file() or stamp.read_text() != wanted:
            try:
                node.npm("ci", "--prefer-offline", folder=WEB)
            except Failed as problem:
                raise NoNode(str(problem)) from None
            stamp.write_text(wanted)
    return node


def build_client(node: Node, folder: Path = OWN) -> None:
    """Scripts and types, where their sources have changed. Raises TooLarge, and Failed with what the compiler says."""
    sources = sorted({path for pattern in _SOURCES for path in CLIENT.glob(pattern)} | {WEB / "tsconfig.json"})
    stamp, wanted = folder / "client.built", digest(sources)
    with alone(folder / "web.lock"):
        if not SCRIPT.is_file() or not stamp.is_file() or stamp.read_text() != wanted:
            stamp.unlink(missing_ok=True)
            compile_types(node, CLIENT)
            node.run("build.mjs", folder=CLIENT)
            stamp.write_text(wanted)
    if SCRIPT.stat().st_size > MOST_BYTES:
        raise TooLarge(f"{SCRIPT.name} has {SCRIPT.stat().st_size} bytes, the most is {MOST_BYTES}")


def compile_types(node: Node, project: Path) -> None:
    """Raises Failed with what the compiler says."""
    node.run(str(WEB / "node_modules" / "typescript" / "bin" / "tsc"), "-p", str(project), folder=CLIENT)


def pack_client(node: Node) -> Path:
    """The package for npm, in dist/."""
    target = REPOSITORY / "dist"
    target.mkdir(exist_ok=True)
    told = node.npm("pack", "--workspace", "client", "--pack-destination", str(target), folder=WEB)
    return target / told.strip().splitlines()[-1]


def digest(paths: list[Path]) -> str:
    """Of names and contents, wherever the repository stands."""
    whole = hashlib.sha256()
    for path in paths:
        whole.update(f"{path.relative_to(WEB)}\n".encode() + path.read_bytes())
    return whole.hexdigest()
