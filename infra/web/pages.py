"""The two pages, built (网页构建): `web/console` and `web/shop` by Vite into `dist/web/`, each when it has changed.

`dist/web/console` is a link to the newest build; it is set anew in one step when a build stands as a whole, so that one
that fails leaves the pages as they were. What gzip makes smaller stands there twice.
"""

from __future__ import annotations

import gzip
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from infra.web import hosting, workspace
from infra.web.node import Node, alone

BUILT = workspace.REPOSITORY / "dist" / "web"
_SHARED = ("package-lock.json", "tsconfig.json", "common/src/**/*", "client/src/**/*.ts", "client/build.mjs")
_NO_SOURCE = {"node_modules", "dist"}


class Build(NamedTuple):
    """`seconds`: None where it stood already."""

    page: str
    folder: Path
    seconds: float | None


def stale() -> list[str]:
    """The pages that are not built from what stands in `web/`."""
    return [page for page in _pages() if not _is_current(page, _digest(page))]


def build(node: Node, tell: Callable[[str], None] = print) -> list[Build]:
    """Raises Failed with what Vite or the compiler says, and TooLarge."""
    tell("the client")
    workspace.build_client(node)
    done = []
    with alone(workspace.OWN / "pages.lock"):
        for page in _pages():
            started, digest = time.monotonic(), _digest(page)
            if _is_current(page, digest):
                done.append(Build(page, BUILT / page, None))
                continue
            tell(f"the {page}")
            _build(node, page, digest)
            done.append(Build(page, BUILT / page, time.monotonic() - started))
    return done


def manifest_of(page: str) -> Path:
    """What Vite says of the newest build: which file needs which."""
    return BUILT / f"manifest-{page}.json"


def _build(node: Node, page: str, digest: str) -> None:
    draft, whole = BUILT / f".{page}.{os.getpid()}", BUILT / f"{page}.{digest}"
    shutil.rmtree(draft, ignore_errors=True)
    vite = workspace.WEB / "node_modules" / "vite" / "bin" / "vite.js"
    try:
        node.run(str(vite), "build", "--outDir", str(draft), "--emptyOutDir", "--manifest", "manifest.json",
                 "--logLevel", "warn", folder=workspace.WEB / page)
        (draft / "manifest.json").replace(manifest_of(page))
        _pack(draft)
        shutil.rmtree(whole, ignore_errors=True)  # another page of an older day
        draft.rename(whole)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    _point(BUILT / page, whole)
    for old in BUILT.glob(f"{page}.*"):
        if old != whole:
            shutil.rmtree(old)


def _pack(folder: Path) -> None:
    for path in [each for each in folder.rglob("*") if each.suffix in hosting.PACKED]:
        packed = gzip.compress(path.read_bytes(), 9, mtime=0)
        if len(packed) < path.stat().st_size:
            path.with_name(f"{path.name}.gz").write_bytes(packed)


def _point(link: Path, to: Path) -> None:
    fresh = link.with_name(f".{link.name}.link.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(to.name)
    fresh.replace(link)


def _pages() -> list[str]:
    return [page for page in hosting.PAGES if (workspace.WEB / page / hosting.INDEX).is_file()]


def _is_current(page: str, digest: str) -> bool:
    link = BUILT / page
    return link.is_symlink() and os.readlink(link) == f"{page}.{digest}" and (link / hosting.INDEX).is_file()


def _digest(page: str) -> str:
    shared = (path for pattern in _SHARED for path in workspace.WEB.glob(pattern))
    return workspace.digest(sorted({*shared, *_own(page)}))[:16]


def _own(page: str) -> Iterator[Path]:
    for path in (workspace.WEB / page).rglob("*"):
        apart = _NO_SOURCE & set(path.relative_to(workspace.WEB).parts) or path.name.endswith((".test.ts", ".d.ts"))
        if path.is_file() and not apart:
            yield path
