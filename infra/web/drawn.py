"""What is drawn for `web/` from the functions: for whom, where the console's lies, how it is written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from mall.app import registry
from mall.app.actions import Action

CONSOLE = Path(__file__).resolve().parents[2] / "web" / "console" / "src" / "generated"


def staff_actions() -> list[Action]:
    """Those that a person of the staff may call."""
    return [action for action in registry.load().values() if action.allow == "staff"]


def one_line(what: Any) -> str:
    return json.dumps(what, ensure_ascii=False, separators=(",", ":"))


def write(found: Mapping[Path, str], there: Iterable[Path] = ()) -> list[Path]:
    """Write what has changed, remove what is `there` and not drawn any more; the paths of all."""
    for path in set(there) - set(found):
        path.unlink()
    for path, text in found.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_file() or path.read_text("utf-8") != text:
            path.write_text(text, encoding="utf-8")
    return list(found)
