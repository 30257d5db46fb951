"""Debian's packages for somebody without root (免 root 安装): downloaded and unpacked into a folder of one's own.

    unpack(("mariadb-server-core",), Path.home() / ".cache/mall/mariadb")

apt-get reads lists that it has fetched into that folder, names what this machine lacks, and checks each file's hash;
dpkg-deb takes them apart. Nothing of the system is written, no script of a package runs, no service starts.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

SECONDS = 600
_NAMED = re.compile(r"^'[^']+' ([a-z0-9][a-z0-9+.-]+)_")


class NotUnpacked(Exception):
    """What could not be had, in one line."""


def unpack(packages: tuple[str, ...], folder: Path) -> None:
    """The packages and all they need besides what is installed, below `folder` as they would stand below /.

    Whole or not at all: another process that looks meanwhile finds no folder. Raises NotUnpacked.
    """
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        raise NotUnpacked("no apt-get and dpkg-deb on this machine")
    draft = folder.with_name(f"{folder.name}.{os.getpid()}")
    shutil.rmtree(draft, ignore_errors=True)
    for each in ("apt/lists/partial", "apt/cache/archives/partial", "files", "root"):
        (draft / each).mkdir(parents=True)
    try:
        _apt(draft, "update", "-q")
        wanted = _missing(draft, packages)
        _apt(draft, "download", "-q", *wanted)
        for file in sorted((draft / "files").glob("*.deb")):
            _run(["dpkg-deb", "-x", str(file), str(draft / "root")])
        if not folder.exists():
            (draft / "root").rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def environment(folder: Path, around: Mapping[str, str] = os.environ) -> dict[str, str]:
    """`around`, in which the programs below `folder` find their libraries there before the machine's."""
    libraries = [str(each) for below in ("usr/lib", "lib") for each in sorted((folder / below).glob("*-linux-gnu*"))]
    path = [*libraries, *filter(None, [around.get("LD_LIBRARY_PATH")])]
    return {**around, "LD_LIBRARY_PATH": ":".join(path)}


def _missing(draft: Path, packages: tuple[str, ...]) -> list[str]:
    """The names of what apt-get would install for these."""
    told = _apt(draft, "install", "--print-uris", "-qq", "-y", "--no-install-recommends", *packages)
    return [found[1] for line in told.splitlines() if (found := _NAMED.match(line))] or list(packages)


def _apt(draft: Path, *arguments: str) -> str:
    own = {"Dir::State::Lists": draft / "apt/lists", "Dir::Cache": draft / "apt/cache", "Debug::NoLocking": "1",
           "APT::Sandbox::User": "", "Acquire::Languages": "none"}
    options = [part for name, value in own.items() for part in ("-o", f"{name}={value}")]
    return _run(["apt-get", *options, *arguments], draft / "files")


def _run(command: list[str], folder: Path | None = None) -> str:
    try:
        done = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True, errors="replace",
                              stdin=subprocess.DEVNULL, timeout=SECONDS)
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise NotUnpacked(f"{command[0]} {command[-1]}: {problem}") from None
    if done.returncode:
        raise NotUnpacked(f"{command[0]} ended with {done.returncode}: {' '.join(done.stderr.split()[-40:])}")
    return done.stdout
