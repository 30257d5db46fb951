"""Debian's packages for everybody, and for somebody without root (免 root 安装) into a folder of his own.

    provide(("mariadb-server-core",), private_folder("mariadb"), lambda: programs() is not None)

Without root, apt-get reads lists that it has fetched into that folder, names what this machine lacks, and checks each
file's hash; dpkg-deb takes them apart. Nothing of the system is written, no script of a package runs, and no service
starts.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

SECONDS = 600
_NAMED = re.compile(r"^'[^']+' ([a-z0-9][a-z0-9+.-]+)_")


class NotProvided(Exception):
    """What could not be had, in one line."""


def provide(packages: tuple[str, ...], folder: Path, there: Callable[[], bool]) -> None:
    """Installed by root (or sudo without a password), else unpacked into `folder`, unless what is wanted is there.
    Raises NotProvided."""
    if there():
        return
    prefix = _as_root()
    if prefix is not None:
        _install(packages, prefix)
    else:
        print(f"neither root nor sudo: unpacking {' '.join(packages)} into {folder} ...", flush=True)
        with _alone(folder.parent):
            if not there():
                unpack(packages, folder)
    if not there():
        raise NotProvided(f"{' '.join(packages)} brought nothing that is found")


def private_folder(name: str) -> Path:
    """Of this user, for all clones: nothing of a mall is in it."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "mall" / name


def _install(packages: tuple[str, ...], prefix: list[str]) -> None:
    print(f"installing {' '.join(packages)} with apt-get ...", flush=True)
    for arguments in (["update", "-q"], ["install", "-y", "-q", "--no-install-recommends", *packages]):
        command = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", *arguments]
        try:
            code = subprocess.run(command, check=False, stdin=subprocess.DEVNULL, timeout=SECONDS).returncode
        except subprocess.TimeoutExpired:
            raise NotProvided(f"{' '.join(command)} took more than {SECONDS} s") from None
        if code and arguments[0] == "install":  # a failed update may still leave a package list good enough
            raise NotProvided(f"{' '.join(command)} ended with {code}")


def _as_root() -> list[str] | None:
    """What goes before a command that only root may give; None where nobody here may."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    asked = subprocess.run(["sudo", "-n", "true"], check=False, capture_output=True)
    return ["sudo", "-n"] if asked.returncode == 0 else None


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / "lock").open("w")
    except OSError as problem:
        raise NotProvided(str(problem)) from None
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def unpack(packages: tuple[str, ...], folder: Path) -> None:
    """The packages and all they need besides what is installed, below `folder` as they would stand below /.

    Whole or not at all: another process that looks meanwhile finds no folder. Raises NotProvided.
    """
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        raise NotProvided("no apt-get and dpkg-deb on this machine")
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
        raise NotProvided(f"{command[0]} {command[-1]}: {problem}") from None
    if done.returncode:
        raise NotProvided(f"{command[0]} ended with {done.returncode}: {' '.join(done.stderr.split()[-40:])}")
    return done.stdout
