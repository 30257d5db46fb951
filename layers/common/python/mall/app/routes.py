"""Which listeners hear which event: from the functions themselves on a laptop, from a file elsewhere.

A deployed relay carries no other function, so the packager writes `routes.json` beside its entry
({"orders.order_paid": ["messaging.on_event_compose_messages"]}) and names it in MALL_ROUTES. A kind that stands there
without a listener is known and needs none; one that does not stand there is of a newer release.
"""

from __future__ import annotations

import json
import os
from functools import lru_cache
from pathlib import Path

VARIABLE = "MALL_ROUTES"


def all_routes() -> dict[str, list[str]]:
    """Every kind of event that this release knows, with the actions that hear it; none for what nobody waits for."""
    path = os.environ.get(VARIABLE)
    if path:
        return _read(path)
    from mall.app import registry

    return registry.routes()


def listeners_of(kind: str) -> list[str]:
    """The actions that hear events of this kind."""
    return all_routes().get(kind, [])


@lru_cache(maxsize=4)
def _read(path: str) -> dict[str, list[str]]:
    return json.loads(Path(path).read_text(encoding="utf-8"))
