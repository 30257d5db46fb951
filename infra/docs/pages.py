"""Every generated page by its path."""

from __future__ import annotations

from pathlib import Path

from infra.docs import actions, clauses, errors, settings, spec, states, units
from infra.web import screens
from mall.app import registry
from mall.domains.staff import permissions

DOCS = Path(__file__).resolve().parents[2] / "docs"
MARK = "<!-- Written by `python -m infra.docs` from the code; changes here are lost. -->\n\n"


def pages() -> dict[Path, str]:
    written = {**{f"actions/{name}": text for name, text in actions.pages().items()}, "states": states.page(),
               "errors": errors.page(), "settings": settings.page(), "spec": spec.page(), "clauses": clauses.page(),
               "units": units.page(), "screens": screens.page()}
    return {permissions.NAMES: staff_actions(), **{DOCS / f"{name}.md": MARK + text for name, text in written.items()}}


def staff_actions() -> str:
    """What a role may permit, one name a line: a deployed function carries no other one to look at."""
    return "".join(f"{name}\n" for name, action in registry.load().items() if action.allow == "staff")
