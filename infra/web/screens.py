"""The console's screens (页面清单): read from `web/console/src/pages/*/screens.ts`, where each says what it serves."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from infra.docs.words import table
from infra.web.console import title
from infra.web.drawn import staff_actions

PAGES = Path(__file__).resolve().parents[2] / "web" / "console" / "src" / "pages"
_SCREEN = re.compile(
    r'path: "(?P<path>[^"]+)",\s*title: \{ zh: "(?P<zh>[^"]+)", en: "(?P<en>[^"]+)" \},\s*chapter: "(?P<chapter>\w+)",'
    r'\s*(?:menu: (?P<menu>\d+),)?\s*serves: \[(?P<serves>[^\]]*)\],\s*(?:menu: (?P<later>\d+),)?\s*page: ')
_CALLED = re.compile(
    r'(?:useCall|useQuestion|useAnswer|useList|\.call|may)(?:<[^>()]*>)?\(\s*["\']([a-z_]+\.[a-z_]+)["\']')
_HEAD = """# Screens of the console

{made} of the {all} staff actions are on a page that was made by hand; every one has a page that is drawn from its own
models, `#/actions/<name>`. The first action of a page's list fills it: whoever may not do that does not see the page.

"""


class Screen(NamedTuple):
    """`serves`: the first action fills the page, the others are its buttons."""

    folder: str
    path: str
    zh: str
    en: str
    chapter: str
    serves: tuple[str, ...]


def screens() -> list[Screen]:
    """Raises ValueError for a file with a screen that is not written as the others are."""
    found = []
    for file in sorted(PAGES.glob("*/screens.ts")):
        text = file.read_text("utf-8")
        here = [Screen(file.parent.name, *match.group("path", "zh", "en", "chapter"),
                       tuple(re.findall(r'"([^"]+)"', match["serves"]))) for match in _SCREEN.finditer(text)]
        if len(here) != text.count("path: "):
            raise ValueError(f"{file}: path, title, chapter, menu, serves, page: in this order, please")
        found += here
    return found


def called(folder: str) -> set[str]:
    """The actions that the pages of a folder name in a call or ask a permission for."""
    texts = [path.read_text("utf-8") for path in (PAGES / folder).rglob("*") if path.suffix in (".vue", ".ts")]
    return {name for text in texts for name in _CALLED.findall(text)}


def page() -> str:
    """docs/screens.md."""
    made, actions = screens(), staff_actions()
    rows = [[f"`{action.name}`", title(action)["zh"], ", ".join(
        f"{each.zh} `#{each.path}`" for each in made if action.name in each.serves) or "—"] for action in actions]
    served = sum(row[2] != "—" for row in rows)
    return _HEAD.format(made=served, all=len(actions)) + table(["action", "what", "made by hand"], rows)
