"""The vendor layers: exact versions with hashes (`lock`), wheels kept in build/wheels, and what of them is shipped.

`layers/<name>/requirements.txt` says what is wanted, `layers/<name>/requirements.lock` what that means to the
last library, with the SHA-256 of each wheel; nothing else is ever installed. The layers share no
version conflicts: they are resolved together, because a function lays several over one another.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from infra.package.platforms import BUILD, LAYERS, LIBRARY_LAYERS, PLATFORMS

WHEELS = BUILD / "wheels"
SHIPPED_FOR = ("manylinux2014_x86_64", "manylinux_2_17_x86_64")  # Lambda's Python 3.11 stands on glibc 2.26
RESOLVED_FOR = (*SHIPPED_FOR, "manylinux_2_24_x86_64", "manylinux_2_28_x86_64")
LEFT_OUT = ("greenlet",)  # SQLAlchemy asks for it, but imports it for asyncio only
PYTHONS = tuple(sorted({platform.python for platform in PLATFORMS.values()}))

# Never imported at run time by anything we call.
_JUNK = re.compile(
    r"(^|/)(tests?|testing|__pycache__|docs|examples)/|\.(pyi|pyx|pxd|pyc|c|h|cpp|md|rst)$|(^|/)py\.typed$"
    r"|\.dist-info/(RECORD|WHEEL|INSTALLER|REQUESTED|top_level\.txt|entry_points\.txt|direct_url\.json)$"
    r"|\.data/(scripts|headers|data)/"
)
_NEEDED_ALL_THE_SAME = re.compile(r"^(botocore|boto3)/docs/")  # boto3 imports it when a client is made
# botocore describes every service of AWS in 20 MB of JSON; these are the ones that the mall calls.
_AWS_SERVICES = ("s3", "lambda", "secretsmanager", "sts", "kms")
_AWS_DATA = re.compile(r"^botocore/data/([^/]+)/")


class NoWheel(RuntimeError):
    """A library cannot be had for a platform's Python; the text is pip's."""


def lock() -> list[Path]:
    """Write every layer's requirements.lock from its requirements.txt."""
    versions = _resolve_together()
    written = []
    for layer in LIBRARY_LAYERS:
        hashes: dict[str, set[str]] = {}
        for python in PYTHONS:
            for pinned, digest in _resolve(layer, python, versions):
                hashes.setdefault(pinned, set()).add(digest)
        lines = [f"{pinned} " + " ".join(f"--hash=sha256:{each}" for each in sorted(found))
                 for pinned, found in sorted(hashes.items())]
        written.append(LAYERS / layer / "requirements.lock")
        written[-1].write_text("# Written by `python -m infra.package lock`.\n" + "\n".join(lines) + "\n")
    return written


def _resolve(layer: str, python: str, versions: Path) -> list[tuple[str, str]]:
    """(name==version, SHA-256) of every wheel that the layer comes to."""
    wanted = LAYERS / layer / "requirements.txt"
    with tempfile.TemporaryDirectory() as folder:
        _download(python, RESOLVED_FOR, Path(folder), ["-r", str(wanted), "-c", str(versions)])
        wheels = [(wheel.name.split("-")[:2], wheel.read_bytes()) for wheel in Path(folder).glob("*.whl")]
    return [(f"{name.replace('_', '-').lower()}=={version}", hashlib.sha256(content).hexdigest())
            for (name, version), content in wheels if name not in LEFT_OUT]


def _resolve_together() -> Path:
    """One version of each library for all layers and both Pythons: the oldest Python decides."""
    wanted = [part for layer in LIBRARY_LAYERS for part in ("-r", str(LAYERS / layer / "requirements.txt"))]
    constraints = BUILD / "constraints.txt"
    constraints.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        _download(PYTHONS[0], RESOLVED_FOR, Path(folder), wanted)
        pairs = sorted(wheel.name.split("-")[:2] for wheel in Path(folder).glob("*.whl"))
    constraints.write_text("".join(f"{name}=={version}\n" for name, version in pairs))
    return constraints


def wheels_of(layer: str, python: str) -> list[Path]:
    """The locked wheels of a layer for a Python, fetched once into build/wheels and checked by hash."""
    locked = LAYERS / layer / "requirements.lock"
    mark = hashlib.sha256(locked.read_bytes()).hexdigest()[:16]
    folder = WHEELS / f"{layer}-{python}-{mark}"
    if not folder.is_dir():
        WHEELS.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=WHEELS))
        _download(python, SHIPPED_FOR, fresh, ["--no-deps", "--require-hashes", "-r", str(locked)])
        try:
            fresh.rename(folder)
        except OSError:  # somebody else has just fetched the same
            shutil.rmtree(fresh)
    return sorted(folder.glob("*.whl"))


def files_of(layer: str, python: str) -> dict[str, bytes]:
    """What of a layer's wheels is shipped, by its path on sys.path."""
    files: dict[str, bytes] = {}
    for wheel in wheels_of(layer, python):
        with zipfile.ZipFile(wheel) as archive:
            for name in archive.namelist():
                if not name.endswith("/") and _is_shipped(name):
                    files[re.sub(r"^[^/]+\.data/(purelib|platlib)/", "", name)] = archive.read(name)
    return files


def _is_shipped(name: str) -> bool:
    service = _AWS_DATA.match(name)
    if service:
        return service[1] in _AWS_SERVICES
    return bool(_NEEDED_ALL_THE_SAME.match(name)) or not _JUNK.search(name)


def _download(python: str, tags_taken: tuple[str, ...], folder: Path, what: list[str]) -> None:
    tags = [part for tag in tags_taken for part in ("--platform", tag)]
    done = subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--only-binary=:all:",
         *tags, "--implementation", "cp", "--python-version", python, "--dest", str(folder), *what],
        capture_output=True, text=True)
    if done.returncode:
        raise NoWheel(f"Python {python}: {done.stderr.strip()}")
