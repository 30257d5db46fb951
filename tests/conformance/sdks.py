"""Which SDKs there are: the files of this folder that declare themselves (SDK 清单)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
MARK = "conformance:"
REGISTRIES = ("pypi", "npm")
SIMULATORS = ("pay", "api")
HEAD_LINES = 40


class BadDeclaration(Exception):
    """An SDK's file says something that the runner cannot obey."""


@dataclass(frozen=True)
class Sdk:
    """One SDK's file. `packages` are pinned requirements, the first one is the SDK itself; `modes` the key modes that
    it is started in."""

    path: Path
    registry: str
    packages: tuple[str, ...]
    simulator: str
    modes: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def title(self) -> str:
        """The package with its version, as the page shows it."""
        return self.packages[0].replace("==", " ") if self.registry == "pypi" else " ".join(
            self.packages[0].rsplit("@", 1))


def find(folder: Path = HERE) -> list[Sdk]:
    """Every SDK of a folder by name. Raises BadDeclaration."""
    files = sorted((*folder.glob("*.py"), *folder.glob("*.mjs")))
    return [read(path, line) for path in files for line in declaration(path)]


def declaration(path: Path) -> Iterable[str]:
    """The JSON behind the mark: one, or none where the file is not an SDK's."""
    lines = path.read_text("utf-8").splitlines()[:HEAD_LINES]
    return [line.split(MARK, 1)[1] for line in lines if line.lstrip("#/ ").startswith(MARK)][:1]


def read(path: Path, line: str) -> Sdk:
    try:
        said = json.loads(line)
        sdk = Sdk(path, said["registry"], tuple(said["packages"]), said["simulator"], tuple(said["modes"]))
    except (ValueError, KeyError, TypeError) as error:
        raise BadDeclaration(f"{path.name}: {error!r}") from None
    pin = "==" if sdk.registry == "pypi" else "@"
    if sdk.registry not in REGISTRIES or sdk.simulator not in SIMULATORS or not (sdk.packages and sdk.modes):
        raise BadDeclaration(f"{path.name}: registry is one of {REGISTRIES}, simulator one of {SIMULATORS}")
    if (sdk.registry == "npm") != (path.suffix == ".mjs") or not all(pin in each[1:] for each in sdk.packages):
        raise BadDeclaration(f"{path.name}: every package is pinned; .py installs from pypi, .mjs from npm")
    return sdk
