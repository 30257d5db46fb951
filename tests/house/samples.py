"""The trigger events under `events/`: read, filled in, and given the context of their platform."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

EVENTS = Path(__file__).resolve().parents[2] / "events"


def read_sample(name: str, **fill: str) -> dict[str, Any]:
    """`events/<name>.json` with ${...} filled in."""
    text = (EVENTS / f"{name}.json").read_text("utf-8")
    for key, value in fill.items():
        text = text.replace(f"${{{key}}}", value)
    return json.loads(text)


def context_of(sample: dict[str, Any]) -> Any:
    """Tencent hands over a dict, AWS an object."""
    context = sample.get("context") or {}
    return SimpleNamespace(**context) if sample["platform"] == "aws" else context
