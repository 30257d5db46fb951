"""What the pages weigh (体积): what a person waits for, as it goes over the line, and how much that may be."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from infra.web import hosting, pages, workspace

KB = 1024
PAGE = workspace.REPOSITORY / "docs" / "faces.md"
START, END = "<!-- weights -->", "<!-- end of weights -->"
FIRST = {"console": "src/pages/today/", "shop": "src/pages/home/"}  # which of the screens is seen first


class Weight(NamedTuple):
    """Bytes after gzip, of what was not there before."""

    name: str
    scripts: int
    styles: int

    @property
    def all(self) -> int:
        return self.scripts + self.styles


def weigh(page: str) -> list[Weight]:
    """The start of a page with the screen that is seen first, then each further screen, the heaviest first."""
    manifest = json.loads(pages.manifest_of(page).read_text("utf-8"))
    entry = next(name for name, part in manifest.items() if part.get("isEntry"))
    first = [name for name in manifest if name.startswith(FIRST[page]) and manifest[name].get("isDynamicEntry")]
    started = _needed(manifest, [entry, *first])
    further = [_weight(page, name, manifest, _needed(manifest, [name]) - started) for name, part in manifest.items()
               if part.get("isDynamicEntry") and name not in first]
    return [_weight(page, "first", manifest, started), *sorted(further, key=lambda each: -each.all)]


def table(page: str, most: int = 8) -> str:
    """For people: the first, and the heaviest of the others."""
    weights = weigh(page)
    rows = [f"  {weight.name[-52:]:<54}{weight.scripts / KB:>8.1f}{weight.styles / KB:>8.1f}{weight.all / KB:>8.1f}"
            for weight in weights[:most]]
    rest = len(weights) - most
    return "\n".join([f"{page + ', KB after gzip':<56}{'scripts':>8}{'styles':>8}{'all':>8}", *rows,
                      *([f"  and {rest} more"] if rest > 0 else [])])


def write() -> None:
    """The table of both pages into its place in docs/faces.md; the words around it are written by people."""
    before, _, rest = PAGE.read_text("utf-8").partition(START)
    rows = [row for page in hosting.PAGES for row in _rows(page)]
    head = ["| KB after gzip | scripts | styles | all |", "|---|---|---|---|"]
    PAGE.write_text("\n".join([f"{before}{START}", *head, *rows, END]) + rest.partition(END)[2], "utf-8")


def _rows(page: str, most: int = 6) -> list[str]:
    """The start, the heaviest of the further screens, and the middle one, than which half of them are lighter."""
    first, *further = weigh(page)
    chosen = [(f"**{page}**, first page", first), *((f"{page}: `{each.name}`", each) for each in further[:most]),
              (f"{page}: the middle one of {len(further)} further", further[len(further) // 2])]
    return [f"| {said} | {each.scripts / KB:.1f} | {each.styles / KB:.1f} | {each.all / KB:.1f} |"
            for said, each in chosen]


def _needed(manifest: dict[str, Any], names: list[str]) -> frozenset[str]:
    """These and all that they import before they run."""
    found: set[str] = set()
    while names:
        name = names.pop()
        if name not in found:
            found.add(name)
            names += manifest[name].get("imports", [])
    return frozenset(found)


def _weight(page: str, name: str, manifest: dict[str, Any], parts: frozenset[str]) -> Weight:
    scripts = {manifest[part]["file"] for part in parts}
    styles = {style for part in parts for style in manifest[part].get("css", [])}
    return Weight(name, *(sum(_sent(page, file) for file in files) for files in (scripts, styles)))


def _sent(page: str, file: str) -> int:
    path = pages.BUILT / page / file
    packed = path.with_name(f"{path.name}.gz")
    return (packed if packed.is_file() else path).stat().st_size
