"""Which listeners hear which event: from the functions themselves on a laptop, from a file elsewhere.

A deployed relay carries no other function, so the packager writes `routes.json` beside its entry
({"orders.order_paid": ["messaging.on_event_compose_messages"]}) and names it in MALL_ROUTES.
"""

from __future__ import annotations

import json
import os
from functools import lru_cache
from pathlib import Path

VARIABLE = "MALL_ROUTES"


def listeners_of(kind: str) -> list[str]:
    """The actions that hear events of this kind; none for an event that nobody waits for."""
    path = os.environ.get(VARIABLE)
    if path:
        return _read(path).get(kind, [])
    from mall.app import registry

    return registry.routes().get(kind, [])


@lru_cache(maxsize=4)
def _read(path: str) -> dict[str, list[str]]:
    return json.loads(Path(path).read_text(encoding="utf-8"))
