"""Values from a JSON schema: one that fits, and many that nearly do."""

from __future__ import annotations

import re
from typing import Any

TEXTS = ("a1", "13800001111", "https://img.mall.example/1.png", "imports/sel_1/x.csv", "2026-11-21T00:00:00Z",
         "a" * 20, "orders.*", "2026-11-21", "12:00", "0000", "abc_def", "a@b.cn", "123456789012345678")


def fitting(schema: dict[str, Any], models: dict[str, Any] | None = None, *, every: bool = False) -> Any:
    """A small value that the schema takes; with `every` the optional fields too."""
    models = models if models is not None else schema.get("$defs", {})
    if "$ref" in schema:
        return fitting(models[schema["$ref"].rpartition("/")[2]], models, every=every)
    for option in ("anyOf", "oneOf"):
        if option in schema:
            return fitting(schema[option][0], models, every=every)
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    kind = schema.get("type")
    if kind == "object":
        named = schema.get("properties", {})
        wanted = named if every else schema.get("required", [])
        return {name: fitting(named[name], models, every=every) for name in wanted}
    if kind == "array":
        inner = schema.get("prefixItems") or [schema.get("items", {})] * max(schema.get("minItems", 0), int(every))
        return [fitting(item, models, every=every) for item in inner]
    if kind == "string":
        return _text(schema)
    if kind in ("integer", "number"):
        return schema.get("minimum", 1)
    return {"boolean": True, "null": None}.get(kind, {})


def _text(schema: dict[str, Any]) -> str:
    if schema.get("format") == "date-time":
        return "2026-11-21T00:00:00Z"
    if schema.get("format") == "date":
        return "2026-11-21"
    for text in TEXTS:
        least, most = schema.get("minLength", 0), schema.get("maxLength", 10_000)
        if least <= len(text) <= most and re.search(schema.get("pattern", ""), text):
            return text
    return ""
