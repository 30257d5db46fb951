"""What `web/console` is made of that the functions say themselves: each staff action's form and answer (操作页面).

A file a domain in `web/console/src/generated/actions/`, and `actions.json` of them all. A page that nobody made by
hand is drawn from these: labels and words of `infra/web/words`, bounds and defaults of the models. Needs no Node; a
test says when it is stale.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

from mall.app.actions import Action
from mall.kit.text import URL
from pydantic import BaseModel

from infra.web import drawn, words
from infra.web.drawn import CONSOLE, one_line, staff_actions
from infra.web.shapes import field_remarks, models_inside

FOLDER = CONSOLE
MOVES_MONEY = ("refunds.retry_refund", "settlements.retry_share", "staff.approve_sensitive_change")
ASKS_FIRST = ("ledger.list_entries",)  # needs one of several
_BOUNDS = {"minimum": "least", "maximum": "most", "minLength": "shortest", "maxLength": "longest",
           "minItems": "fewest", "maxItems": "many"}
_KINDS = {"boolean": "yes", "integer": "number", "number": "number", "string": "text", "date": "day",
          "date-time": "moment"}


def moves_money(action: Action) -> bool:
    """Whether the page asks once more before it is done."""
    return action.two_people is not None or action.name in MOVES_MONEY


def is_open(action: Action) -> bool:
    """Whether it answers as soon as its page is opened: a list, or what asks nothing."""
    asked = action.input.model_fields if action.input else {}
    is_list = not asked or "cursor" in asked and not any(field.is_required() for field in asked.values())
    return action.kind == "query" and is_list and action.name not in ASKS_FIRST


def files() -> dict[Path, str]:
    """Every generated file by its path."""
    actions = staff_actions()
    domains = {domain: list(found) for domain, found in groupby(actions, key=lambda action: action.domain)}
    written = {f"actions/{domain}": {action.name: _page(action) for action in found}
               for domain, found in domains.items()}
    written["actions"] = {domain: _entry(domain, found) for domain, found in domains.items()}
    return {FOLDER / f"{name}.json": _lines(what) for name, what in written.items()}


def _lines(what: dict[str, Any]) -> str:
    """JSON with a line for each of what it holds."""
    rows = (f"{one_line(name)}: {one_line(each)}" for name, each in what.items())
    return "{\n" + ",\n".join(rows) + "\n}\n"


def title(action: Action) -> dict[str, str]:
    return {"zh": words.title(action), "en": words.english(action.name.partition(".")[2])}


def _entry(domain: str, actions: list[Action]) -> dict[str, Any]:
    return {"chapter": words.chapter_of(domain),
            "title": {"zh": words.DOMAINS[domain], "en": words.english(domain)},
            "actions": [{"name": action.name, "title": title(action), "reads": action.kind == "query"}
                        for action in actions]}


def _page(action: Action) -> dict[str, Any]:
    said = re.sub(r" ?[(（][^()（）]*[\u4e00-\u9fff][^()（）]*[)）]", "", action.summary)
    return {"title": title(action), "about": said, "reads": action.kind == "query",
            **({"money": True} if moves_money(action) else {}), **({"open": True} if is_open(action) else {}),
            "asks": _fields_of(action, action.input, "validation"),
            "gives": _fields_of(action, action.output, "serialization")}


def _fields_of(action: Action, model: type[BaseModel] | None, mode: str) -> list[dict[str, Any]]:
    if model is None:
        return []
    schema = model.model_json_schema(mode=mode)
    remarks = {each.__name__: field_remarks(each) for each in models_inside(model)}
    return _Drawn(action, mode, schema.get("$defs", {}), remarks).fields(schema, ())


class _Drawn:
    """The fields of one model of an action, those of the models in it under them."""

    def __init__(self, action: Action, mode: str, known: dict[str, Any], remarks: dict[str, dict[str, str]]):
        self.action, self.mode, self.known, self.remarks = action, mode, known, remarks

    def fields(self, schema: dict[str, Any], inside: tuple[str, ...]) -> list[dict[str, Any]]:
        needed = schema.get("required", [])
        return [self._field(schema["title"], name, spec, name in needed, inside)
                for name, spec in schema.get("properties", {}).items()]

    def _field(self, model: str, name: str, spec: dict[str, Any], needed: bool, inside: tuple[str, ...]
               ) -> dict[str, Any]:
        place = words.Place(self.action.name, model, name, name, frozenset())
        hints = {"zh": words.HINTS.get(place.found_in(words.HINTS) or ""),
                 "en": spec.get("description") or self.remarks.get(model, {}).get(name)}
        found = {"name": name, "zh": words.LABELS.get(place.found_in(words.LABELS) or "", name),
                 "en": words.english(name), **self._kind(place, spec, inside)}
        if any(hints.values()):
            found["hint"] = {language: said for language, said in hints.items() if said}
        if needed:
            found["needed"] = True
        if spec.get("default") not in (None, "", [], {}):
            found["first"] = spec["default"]
        return found

    def _kind(self, place: words.Place, spec: dict[str, Any], inside: tuple[str, ...]) -> dict[str, Any]:
        """What is typed, and within which bounds; `none`: null is an answer of its own."""
        if "anyOf" in spec:
            parts = [each for each in spec["anyOf"] if each.get("type") != "null"]
            none = {"none": True} if len(parts) < len(spec["anyOf"]) else {}
            return {**(self._kind(place, parts[0], inside) if len(parts) == 1 else {"as": "any"}), **none}
        if "$ref" in spec:
            name = spec["$ref"].rsplit("/", 1)[1]
            return {"as": "any"} if name in inside else self._kind(place, self.known[name], (*inside, name))
        bounds = {short: spec[name] for name, short in _BOUNDS.items() if spec.get(name)}
        values = spec.get("enum", [spec["const"]] if "const" in spec else [])
        said = words.VALUES.get(place.found_in(words.VALUES) or "", {})
        if values:
            return {"as": "one", "values": [_value(value, said) for value in values]}
        if spec.get("type") == "array":
            return {"as": "list", "of": self._kind(place, spec.get("items") or {}, inside), **bounds}
        if "properties" in spec:
            return {"as": "group", "fields": self.fields(spec, inside)}
        kind = _KINDS.get(spec.get("format", ""), _KINDS.get(spec.get("type", ""), "any"))
        if kind == "text" and self.mode == "serialization" and said:
            return {"as": "one", "values": [_value(value, said) for value in said]}
        is_money = kind == "number" and place.field.endswith("_fen")
        is_address = {"url": True} if spec.get("pattern") == URL else {}
        return {"as": "money" if is_money else kind, **bounds, **is_address}


def _value(value: str, said: Mapping[str, str]) -> list[str]:
    return [value, said.get(value, value), words.english(str(value))]


def write() -> list[Path]:
    """The paths of all."""
    return drawn.write(files(), (FOLDER / "actions").glob("*"))
