"""The words of fields, values, actions and settings as the console reads them, in `web/console/src/generated/`.

`words.json`: `[Chinese, English]` of each name, `[...]` of each value by the name of its table, and what one action
says otherwise by the path of the field (`items.order.address.name`), else by its last name. `settings.json`: the shop's
settings as its page lists them. Needs no Node; a test says when they are stale.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mall.app import registry
from mall.app.actions import Action
from mall.app.settings import CHAPTERS as SETTING_CHAPTERS
from mall.app.settings import RISKY_NAMES, SELLERS_NAMES, ShopSettings

from infra.local.openapi import KINDS
from infra.web import words
from infra.web.words import settings

FOLDER = Path(__file__).resolve().parents[2] / "web" / "console" / "src" / "generated"
_SETTING_CHAPTERS = {"Trade": "交易", "Money": "资金", "Marketing": "营销", "Fulfilment": "发货", "Reach": "消息",
                     "People": "会员与员工"}
_SPEC = re.compile(r" \((?:[A-Z]\d+|docs/[\w./-]+)(?:, (?:[A-Z]\d+|docs/[\w./-]+))*\)")


def staff_actions() -> list[Action]:
    """Those that a person of the staff may call."""
    return [action for action in registry.load().values() if action.kind in KINDS and action.allow == "staff"]


def files() -> dict[Path, str]:
    """Every generated file by its path."""
    return {FOLDER / "words.json": _text(_words()), FOLDER / "settings.json": _text({"settings": _settings()})}


def _words() -> dict[str, Any]:
    actions = staff_actions()
    names = {place.field for action in actions for place in words.places(action)}
    return {
        "chapters": {name: [title, words.english(name)] for name, (title, _) in words.CHAPTERS.items()},
        "domains": {name: [*_both(words.DOMAINS, name), words.chapter_of(name)]
                    for name in dict.fromkeys(action.domain for action in actions)},
        "labels": {name: _both(words.LABELS, name) for name in sorted(names & set(words.LABELS))},
        "hints": {name: words.HINTS[name] for name in sorted(names & set(words.HINTS))},
        "tables": {name: {value: _both(table, value) for value in table} for name, table in _tables().items()},
        "values": {name: _table_of(name) for name in sorted(names & set(words.VALUES))},
        "actions": {action.name: _own(action) for action in actions},
    }


def _both(table: Mapping[str, str], name: str) -> list[str]:
    return [table[name], words.english(name)]


def _tables() -> dict[str, Mapping[str, str]]:
    """Each once, under the first name that has it."""
    return {name: table for name, table in words.VALUES.items() if _table_of(name) == name}


def _table_of(name: str) -> str:
    return next(first for first, table in words.VALUES.items() if table is words.VALUES[name])


def _own(action: Action) -> dict[str, Any]:
    """Its title, and what differs from the words of all, the outer fields first: they are found by their name alone."""
    own: dict[str, Any] = {"title": [words.title(action), words.english(action.name.partition(".")[2])]}
    found = sorted({(place.path.count("."), place.path): place for place in words.places(action)}.items())
    for kind, said, table in (("labels", words.LABELS.__getitem__, words.LABELS),
                              ("hints", words.HINTS.__getitem__, words.HINTS), ("values", _table_of, words.VALUES)):
        differs: dict[str, str | None] = {}
        for _, place in found:
            name = place.found_in(table)
            word = said(name) if name else None
            usual = said(place.field) if place.field in table else None
            if word != differs.get(place.path, differs.get(place.field, usual)):
                differs[place.path] = word
        if differs:
            own[kind] = differs
    return own


def _settings() -> list[dict[str, Any]]:
    schema = ShopSettings.model_json_schema()
    return [_setting(name, chapter.__name__, schema)
            for chapter in SETTING_CHAPTERS for name in chapter.__annotations__]


def _setting(name: str, chapter: str, schema: dict[str, Any]) -> dict[str, Any]:
    field = ShopSettings.model_fields[name]
    spec = {key: value for key, value in schema["properties"][name].items()
            if key not in ("title", "description", "default", "risky", "sellers")}
    unit = next(([chinese, english] for ending, chinese, english in settings.UNITS if name.endswith(ending)), None)
    return {"name": name, "chapter": [_SETTING_CHAPTERS[chapter], chapter], "label": _both(words.LABELS, name),
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
        rows = [f" {json.dumps(key)}: {_line(value)}" for key, value in part.items()] if isinstance(part, dict) else [
            f" {_line(value)}" for value in part]
        return ("{\n%s\n}" if isinstance(part, dict) else "[\n%s\n]") % ",\n".join(rows)

    return "{\n" + ",\n".join(f"{json.dumps(key)}: {inside(part)}" for key, part in table.items()) + "\n}\n"


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def write() -> list[Path]:
    """Write what has changed; the paths of all."""
    found = files()
    for path, text in found.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_file() or path.read_text("utf-8") != text:
            path.write_text(text, encoding="utf-8")
    return list(found)
