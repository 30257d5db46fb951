"""All actions of the mall, found by walking `functions/`: one file, one function, one name."""

from __future__ import annotations

import importlib
from functools import lru_cache
from pathlib import Path

from mall.app.declared import Action
from mall.kit import outbox


@lru_cache(maxsize=1)
def load() -> dict[str, Action]:
    """{"orders.place_order": Action, ...} in the order of their names."""
    import functions

    found: dict[str, Action] = {}
    for path in sorted(Path(functions.__path__[0]).glob("*/*.py")):
        if path.stem == "__init__":
            continue
        name = f"{path.parent.name}.{path.stem}"
        found[name] = find(name)
    return found


def find(name: str) -> Action:
    """The action of this name, importing its file only. Raises LookupError when the file does not hold it."""
    module = importlib.import_module(f"functions.{name}")
    action = getattr(module, name.split(".")[1], None)
    if not isinstance(action, Action) or action.name != name:
        raise LookupError(f"functions/{name.replace('.', '/')}.py does not define the action {name}")
    return action


def routes() -> dict[str, list[str]]:
    """Which listeners hear which event, with every kind there is:
    {"orders.order_paid": ["messaging.on_event_compose_messages"], "catalog.product_saved": []}."""
    actions = load()
    heard: dict[str, list[str]] = {kind: [] for kind in sorted(outbox.kinds())}
    for action in actions.values():
        for kind in action.on:
            heard.setdefault(kind, []).append(action.name)
    return heard
