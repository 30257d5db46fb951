"""Builds one platform: a small zip per unit, a zip per layer, each within its budget.

A unit's zip holds `index.py` (SCF wants the entry at the root), the files of its actions and their
packages' `__init__.py`; with an action that asks for the routes of events `routes.json` too, with one that
runs what a second person approves the files of those actions. All else comes from the layers.
"""

from __future__ import annotations

import ast
import inspect
import json
from dataclasses import dataclass
from pathlib import Path

from mall.app import registry
from mall.app.actions import Action

from infra.package import libraries
from infra.package.bytecode import with_bytecode
from infra.package.plan import Unit, places, units
from infra.package.platforms import DIST, LAYERS, LIBRARY_LAYERS, Platform
from infra.package.zips import read_folder, write_large_zip, write_zip

UNIT_ZIP_BYTES = 250 * 1024
LAYER_ZIP_BYTES = 50 * 1024 * 1024
LAYER_BYTES = 250 * 1024 * 1024
ALL_BYTES = 250 * 1024 * 1024  # Lambda's limit for a function and its layers unpacked; SCF allows twice that
LAYERS_PER_FUNCTION = 5
NAMESPACES = 5
NAME_LENGTH = 60


class OverBudget(RuntimeError):
    """Something has grown too large; the sentence says what and by how much."""


@dataclass(frozen=True)
class Size:
    what: str
    zipped: int
    unpacked: int


@dataclass(frozen=True)
class Built:
    platform: Platform
    layers: dict[str, Size]
    units: dict[str, Size]


def build(platform: Platform, dist: Path = DIST) -> Built:
    """Write dist/<platform>/functions and dist/<platform>/layers. Raises OverBudget, NoWheel."""
    deployed = units(platform)
    _check_plan(platform, deployed)
    folder = dist / platform.name
    layers = {name: _build_layer(platform, name, folder / "layers") for name in ("common", *LIBRARY_LAYERS)}
    built = {unit.name: _build_unit(unit, folder / "functions") for unit in deployed}
    _sweep(folder / "functions", set(built))
    for unit in deployed:
        total = built[unit.name].unpacked + sum(layers[name].unpacked for name in unit.layers)
        _within(f"{unit.name} with its layers, unpacked", total, ALL_BYTES)
    return Built(platform, layers, built)


def files_of_unit(unit: Unit) -> dict[str, bytes]:
    """The content of one unit's zip, before it is compiled."""
    carried = list(unit.actions)
    imported = {module for action in unit.actions for module in _imported(action)}
    if "mall.app.two_people" in imported:  # runs the actions' own bodies
        carried += [action for action in registry.load().values() if action.two_people is not None]
    files = {"functions/__init__.py": b""}
    for action in carried:
        files[f"functions/{action.domain}/__init__.py"] = b""
        files[f"functions/{action.name.replace('.', '/')}.py"] = _source(action)
    entry = _ENTRY
    if "mall.app.routes" in imported:
        entry = _ENTRY_WITH_ROUTES
        files["routes.json"] = (json.dumps(registry.routes(), indent=1, sort_keys=True) + "\n").encode()
    names = "".join(f"    {name!r},\n" for name in (unit.name, *(action.name for action in unit.actions)))
    return {"index.py": entry.format(unit=unit.name, names=names).encode(), **files}


def files_of_layer(platform: Platform, name: str) -> dict[str, bytes]:
    """The content of one layer's zip, with bytecode."""
    if name == "common":
        found = read_folder(LAYERS / "common" / "python", "mall/**/*")
        files = {path: content for path, content in found.items() if "__pycache__" not in path}
    else:
        files = libraries.files_of(name, platform.python)
    files = with_bytecode(files, platform.python)
    return {platform.layer_root + path: content for path, content in files.items()}


_ENTRY = '''"""The platform's entry of the unit {unit}."""

from mall.app.entry import Entry

main_handler = Entry(
{names})
'''
_ENTRY_WITH_ROUTES = '''"""The platform's entry of the unit {unit}; beside it stands who hears which event."""

import os
from pathlib import Path

os.environ.setdefault("MALL_ROUTES", str(Path(__file__).with_name("routes.json")))

from mall.app.entry import Entry  # noqa: E402

main_handler = Entry(
{names})
'''


def _build_layer(platform: Platform, name: str, folder: Path) -> Size:
    files = files_of_layer(platform, name)
    size = Size(name, write_large_zip(folder / f"{name}.zip", files), sum(map(len, files.values())))
    _within(f"layer {name}, zipped", size.zipped, LAYER_ZIP_BYTES)
    _within(f"layer {name}, unpacked", size.unpacked, LAYER_BYTES)
    return size


def _build_unit(unit: Unit, folder: Path) -> Size:
    files = with_bytecode(files_of_unit(unit), unit.platform.python)
    zipped = write_zip(folder / f"{unit.name}.zip", files)
    size = Size(unit.name, zipped, sum(map(len, files.values())))
    _within(f"unit {unit.name}, zipped", size.zipped, UNIT_ZIP_BYTES)
    if unit.platform.name == "cloudbase":  # its command line takes folders and zips them itself
        _write_folder(folder / unit.name, files)
    return size


def _check_plan(platform: Platform, deployed: list[Unit]) -> None:
    for unit in deployed:
        _within(f"layers of {unit.name} ({', '.join(unit.layers)})", len(unit.layers), LAYERS_PER_FUNCTION)
        _within(f"letters of {unit.name}", len(unit.name), NAME_LENGTH)
    counted = places(platform, deployed)
    if platform.name == "scf":
        _within("namespaces", len(counted), NAMESPACES)
    for place in counted:
        _within(f"{place.what} in {place.name} of {platform.name}, a quarter of {place.quota} kept free", place.taken,
                place.allowed)


def _source(action: Action) -> bytes:
    return Path(inspect.getfile(action.body)).read_bytes()


def _within(what: str, found: int, most: int) -> None:
    if found > most:
        raise OverBudget(f"{what}: {found:,} is more than {most:,}")


def _imported(action: Action) -> set[str]:
    return {node.module for node in ast.walk(ast.parse(_source(action))) if isinstance(node, ast.ImportFrom)}


def _sweep(folder: Path, kept: set[str]) -> None:
    """Units that are gone must not be deployed again."""
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.relative_to(folder).parts[0].removesuffix(".zip") not in kept:
            path.rmdir() if path.is_dir() else path.unlink()


def _write_folder(folder: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
