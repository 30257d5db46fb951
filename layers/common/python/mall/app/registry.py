"""All actions of the mall, found by walking `functions/`: one file, one function, one name."""

from __future__ import annotations

import importlib
from functools import lru_cache
from pathlib import Path

from mall.app.actions import Action


@lru_cache(maxsize=1)
def load() -> dict[str, Action]:
    """{"orders.place_order": Action, ...} in the order of their names. Raises when a file does not hold
    the action of its own name."""
    import functions

    found: dict[str, Action] = {}
    for path in sorted(Path(functions.__path__[0]).glob("*/*.py")):
        if path.stem == "__init__":
            continue
        module = importlib.import_module(f"functions.{path.parent.name}.{path.stem}")
        action = getattr(module, path.stem, None)
        if not isinstance(action, Action) or action.name != f"{path.parent.name}.{path.stem}":
            raise LookupError(f"{path} does not define the action {path.parent.name}.{path.stem}")
        found[action.name] = action
    return found


def routes() -> dict[str, list[str]]:
    """Which listeners hear which event: {"orders.order_paid": ["messaging.on_event_compose_messages"]}."""
    heard: dict[str, list[str]] = {}
    for action in load().values():
        for kind in action.on:
            heard.setdefault(kind, []).append(action.name)
    return heard
