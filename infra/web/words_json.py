"""The words of fields, values and settings as the console reads them, in `web/console/src/generated/`.

`chapters.json`: what the chapters of the menu are called. `words.json`: under the names of `infra/web/words`, each
label and hint, and the words of each value. `settings.json`: the shop's settings as its page lists them. Needs no Node;
a test says when they are stale.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mall.app.settings import CHAPTERS as SETTING_CHAPTERS
from mall.app.settings import RISKY_NAMES, SELLERS_NAMES, ShopSettings
from mall.domains.pricing import stacking
from mall.flows.marketing.stacking import stacking_of

from infra.web import drawn, words
from infra.web.drawn import CONSOLE, one_line
from infra.web.words import settings

FOLDER = CONSOLE
_SPEC = re.compile(r" \((?:[A-Z]\d+|docs/[\w./-]+)(?:, (?:[A-Z]\d+|docs/[\w./-]+))*\)")


def files() -> dict[Path, str]:
    """Every generated file by its path."""
    return {FOLDER / "words.json": _text(_words()),
            FOLDER / "settings.json": _text({"settings": _settings(), "stacking": _stacking()}),
            FOLDER / "chapters.json": _text({"chapters": _chapters()})}


def _chapters() -> dict[str, dict[str, str]]:
    """Of the menu, in its order."""
    return {chapter: {"zh": zh, "en": en} for chapter, (zh, en, _) in words.CHAPTERS.items()}


def _words() -> dict[str, Any]:
    tables = {name: {value: _both(table, value) for value in table} for name, table in words.VALUES.items()}
    return {"labels": {name: _both(words.LABELS, name) for name in sorted(words.LABELS)},
            "hints": dict(sorted(words.HINTS.items())), "values": dict(sorted(tables.items()))}


def _both(table: Mapping[str, str], name: str) -> list[str]:
    return [table[name], words.english(name.rpartition(".")[2])]


def _settings() -> list[dict[str, Any]]:
    schema = ShopSettings.model_json_schema()
    return [_setting(name, list(words.CHAPTERS[chapter.__name__.lower()][:2]), schema)
            for chapter in SETTING_CHAPTERS for name in chapter.__annotations__]


def _stacking() -> dict[str, Any]:
    """The groups of price rules, and what combines as long as no table says so: by the two switches."""
    usual = [{"points_with_group_price": points, "coupons_combine": coupons, "table": stacking.as_table(stacking_of(
        ShopSettings(points_with_group_price=points, coupons_combine=coupons)))}
        for points in (False, True) for coupons in (False, True)]
    return {"prices": stacking.PRICES, "offers": stacking.OFFERS, "coupons": stacking.COUPONS,
            "points": stacking.POINTS, "most": stacking.MAX_STACKED_COUPONS, "usual": usual}


def _setting(name: str, chapter: list[str], schema: dict[str, Any]) -> dict[str, Any]:
    field = ShopSettings.model_fields[name]
    spec = {key: value for key, value in schema["properties"][name].items()
            if key not in ("title", "description", "default", "risky", "sellers")}
    unit = next(([chinese, english] for ending, chinese, english in settings.UNITS if name.endswith(ending)), None)
    return {"name": name, "chapter": chapter, "label": _both(words.LABELS, name),
            "meaning": [words.HINTS.get(name, ""), _SPEC.sub("", field.description or "")], "unit": unit,
            "default": field.get_default(call_default_factory=True), "risky": name in RISKY_NAMES,
            "sellers": name in SELLERS_NAMES, "schema": _whole(spec, schema["$defs"])}


def _whole(spec: Any, known: dict[str, Any]) -> Any:
    """A schema with the models in the place of their names."""
    if isinstance(spec, list):
        return [_whole(each, known) for each in spec]
    if not isinstance(spec, dict):
        return spec
    if "$ref" in spec:
        return _whole(known[spec["$ref"].rsplit("/", 1)[1]], known)
    return {key: _whole(value, known) for key, value in spec.items()}


def _text(table: dict[str, Any]) -> str:
    """JSON whose second floor has a line for each entry."""
    def inside(part: Any) -> str:
        rows = ([f" {json.dumps(key)}: {one_line(value)}" for key, value in part.items()] if isinstance(part, dict)
                else [f" {one_line(value)}" for value in part])
        return ("{\n%s\n}" if isinstance(part, dict) else "[\n%s\n]") % ",\n".join(rows)

    return "{\n" + ",\n".join(f"{json.dumps(key)}: {inside(part)}" for key, part in table.items()) + "\n}\n"


def write() -> list[Path]:
    """The paths of all."""
    return drawn.write(files())
