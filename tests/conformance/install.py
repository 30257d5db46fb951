"""Each SDK into a folder of its own (安装), from the registry that the machine's pip and npm are set up for."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from infra.web.node import Failed, NoNode, find_or_fetch
from tests.conformance.sdks import HERE, Sdk


class NotInstalled(Exception):
    """A registry did not give what was asked for; the text has the end of what was said."""


def ensure(sdk: Sdk, folder: Path) -> list[str]:
    """The command that runs the SDK's file; it is installed on first use, and again when its pins change."""
    place = folder / sdk.name
    asked = "\n".join(sdk.packages)
    written = place / "installed.txt"
    if not written.is_file() or written.read_text() != asked:
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        (_install_python if sdk.registry == "pypi" else _install_node)(sdk, place)
        written.write_text(asked)
    # A copy under another name: the file is called as the SDK is, and modules are looked for beside it.
    main = place / f"main{sdk.path.suffix}"
    shutil.copy(sdk.path, main)
    shutil.copy(HERE / f"steps{sdk.path.suffix}", place)
    return [str(place / "bin" / "python") if sdk.registry == "pypi" else str(find_or_fetch(folder).program), str(main)]


def node_version(folder: Path) -> str:
    return find_or_fetch(folder).run("--version", folder=folder).strip()


def _install_python(sdk: Sdk, place: Path) -> None:
    _run([sys.executable, "-m", "venv", str(place)])
    _run([str(place / "bin" / "python"), "-m", "pip", "install", "-q", *sdk.packages])


def _install_node(sdk: Sdk, place: Path) -> None:
    (place / "package.json").write_text('{"private": true}\n')
    try:
        find_or_fetch(place.parent).npm("install", "--no-audit", "--no-fund", "--ignore-scripts", "--save-exact",
                                        *sdk.packages, folder=place)
    except (Failed, NoNode) as problem:
        raise NotInstalled(str(problem)) from None


def _run(command: list[str], folder: Path | None = None) -> None:
    without = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(command, cwd=folder, env=without, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotInstalled(f"{' '.join(command)}\n{(done.stdout + done.stderr)[-2000:]}")
