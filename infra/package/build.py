"""Builds one platform: a small zip per function, a zip per layer, each within its budget.

A function's zip holds `index.py` (SCF wants the entry at the root), the function's own file and its
packages' `__init__.py`; a function that asks for the routes of events gets `routes.json` too, one that
runs what a second person approves the files of those actions. All else comes from the layers.
"""

from __future__ import annotations

import ast
import inspect
import json
from dataclasses import dataclass
from pathlib import Path

from mall.app import registry

from infra.package import libraries
from infra.package.plan import Function, functions, functions_per_namespace
from infra.package.platforms import DIST, LAYERS, LIBRARY_LAYERS, Platform
from infra.package.zips import read_folder, write_zip

FUNCTION_ZIP_BYTES = 100 * 1024
LAYER_ZIP_BYTES = 50 * 1024 * 1024
LAYER_BYTES = 250 * 1024 * 1024
ALL_BYTES = 250 * 1024 * 1024  # Lambda's limit for a function and its layers unpacked; SCF allows twice that
LAYERS_PER_FUNCTION = 5
FUNCTIONS_PER_NAMESPACE = 50
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
    functions: dict[str, Size]


def build(platform: Platform, dist: Path = DIST) -> Built:
    """Write dist/<platform>/functions and dist/<platform>/layers. Raises OverBudget, NoWheel."""
    _check_plan(platform)
    folder = dist / platform.name
    layers = {name: _build_layer(platform, name, folder / "layers") for name in ("common", *LIBRARY_LAYERS)}
    built = {function.name: _build_function(function, folder / "functions") for function in functions(platform)}
    _sweep(folder / "functions", set(built))
    for function in functions(platform):
        total = built[function.name].unpacked + sum(layers[name].unpacked for name in function.layers)
        _within(f"{function.name} with its layers, unpacked", total, ALL_BYTES)
    return Built(platform, layers, built)


def files_of_function(function: Function) -> dict[str, bytes]:
    """The content of one function's zip."""
    action = function.action
    domain, verb = action.name.split(".")
    source = Path(inspect.getfile(action.body)).read_bytes()
    files = {"functions/__init__.py": b"", f"functions/{domain}/__init__.py": b"",
             f"functions/{domain}/{verb}.py": source}
    if _imports(source, "mall.app.two_people"):  # runs the other actions' own bodies
        for other in registry.load().values():
            if other.two_people is not None:
                place, name = other.name.split(".")
                files[f"functions/{place}/__init__.py"] = b""
                files[f"functions/{place}/{name}.py"] = Path(inspect.getfile(other.body)).read_bytes()
    if not _imports(source, "mall.app.routes"):
        return {"index.py": _ENTRY.format(domain=domain, verb=verb).encode(), **files}
    routes = json.dumps(registry.routes(), indent=1, sort_keys=True) + "\n"
    return {"index.py": _ENTRY_WITH_ROUTES.format(domain=domain, verb=verb).encode(),
            "routes.json": routes.encode(), **files}


def files_of_layer(platform: Platform, name: str) -> dict[str, bytes]:
    """The content of one layer's zip."""
    if name == "common":
        found = read_folder(LAYERS / "common" / "python", "mall/**/*")
        files = {path: content for path, content in found.items() if "__pycache__" not in path}
    else:
        files = libraries.files_of(name, platform.python)
    return {platform.layer_root + path: content for path, content in files.items()}


_ENTRY = '''"""The platform's entry of {domain}.{verb}."""

from functions.{domain}.{verb} import {verb} as main_handler

__all__ = ["main_handler"]
'''
_ENTRY_WITH_ROUTES = '''"""The platform's entry of {domain}.{verb}; beside it stands who hears which event."""

import os
from pathlib import Path

os.environ.setdefault("MALL_ROUTES", str(Path(__file__).with_name("routes.json")))

from functions.{domain}.{verb} import {verb} as main_handler  # noqa: E402

__all__ = ["main_handler"]
'''


def _build_layer(platform: Platform, name: str, folder: Path) -> Size:
    files = files_of_layer(platform, name)
    size = Size(name, write_zip(folder / f"{name}.zip", files), sum(map(len, files.values())))
    _within(f"layer {name}, zipped", size.zipped, LAYER_ZIP_BYTES)
    _within(f"layer {name}, unpacked", size.unpacked, LAYER_BYTES)
    return size


def _build_function(function: Function, folder: Path) -> Size:
    files = files_of_function(function)
    zipped = write_zip(folder / f"{function.name}.zip", files)
    size = Size(function.name, zipped, sum(map(len, files.values())))
    _within(f"function {function.name}, zipped", size.zipped, FUNCTION_ZIP_BYTES)
    if function.platform.name == "cloudbase":  # its command line takes folders and zips them itself
        _write_folder(folder / function.name, files)
    return size


def _check_plan(platform: Platform) -> None:
    for function in functions(platform):
        _within(f"layers of {function.name} ({', '.join(function.layers)})", len(function.layers), LAYERS_PER_FUNCTION)
        _within(f"letters of {function.name}", len(function.name), NAME_LENGTH)
    if platform.name == "scf":
        counts = functions_per_namespace(platform)
        _within("namespaces", len(counts), NAMESPACES)
        for namespace, count in counts.items():
            _within(f"functions in the namespace {namespace}", count, FUNCTIONS_PER_NAMESPACE)


def _within(what: str, found: int, most: int) -> None:
    if found > most:
        raise OverBudget(f"{what}: {found:,} is more than {most:,}")


def _imports(source: bytes, module: str) -> bool:
    return any(isinstance(node, ast.ImportFrom) and node.module == module
               for node in ast.walk(ast.parse(source)))


def _sweep(folder: Path, kept: set[str]) -> None:
    """Functions that are gone must not be deployed again."""
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.relative_to(folder).parts[0].removesuffix(".zip") not in kept:
            path.rmdir() if path.is_dir() else path.unlink()


def _write_folder(folder: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
