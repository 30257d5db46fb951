"""Small pieces of Markdown, and how a model's fields are said in words."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

_BOUNDS = (("minimum", "from {}"), ("maximum", "to {}"), ("minLength", "at least {} letters"),
           ("maxLength", "at most {} letters"), ("minItems", "at least {}"), ("maxItems", "at most {}"))


def table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines) + "\n"


def fields_of(model: type[BaseModel]) -> list[list[str]]:
    """(field, type and bounds, required or default) of a model, nested models by their own fields after it."""
    schema = model.model_json_schema(mode="validation")
    return _rows(schema, schema.get("$defs", {}), "", set())


def _rows(schema: dict[str, Any], known: dict[str, Any], prefix: str, inside: set[str]) -> list[list[str]]:
    rows = []
    for name, spec in schema.get("properties", {}).items():
        needed = "required" if name in schema.get("required", []) else _default(spec)
        rows.append([f"`{prefix}{name}`", said(spec, known), needed])
        for reference, many in _references(spec):
            if reference not in inside and "properties" in known[reference]:
                step = f"{prefix}{name}{'[]' if many else ''}."
                rows += _rows(known[reference], known, step, inside | {reference})
    return rows


def said(spec: dict[str, Any], known: dict[str, Any]) -> str:
    """A JSON schema in a few words: `integer, from 1, to 9999`."""
    if "$ref" in spec:
        found = known[_name(spec["$ref"])]
        return said(found, known) if "enum" in found else "object"
    if "anyOf" in spec:
        return " or ".join(said(part, known) for part in spec["anyOf"])
    if "const" in spec:
        return f"`{spec['const']}`"
    if "enum" in spec:
        return "one of " + ", ".join(f"`{value}`" for value in spec["enum"])
    kind = spec.get("type", "any")
    if kind == "array":
        items = spec.get("items") or {}
        return ", ".join(["list of " + said(items, known), *bounds(spec)]) if items else "list"
    words = {"string": spec.get("format", "text"), "null": "nothing"}.get(kind, kind)
    pattern = [f"`{spec['pattern']}`"] if "pattern" in spec and "x00" not in spec["pattern"] else []
    return ", ".join([words, *bounds(spec), *pattern])


def bounds(spec: dict[str, Any]) -> list[str]:
    """`from 1`, `at most 64 letters`."""
    return [form.format(spec[name]) for name, form in _BOUNDS
            if name in spec and not (name in ("minLength", "minItems") and spec[name] == 0)]


def _default(spec: dict[str, Any]) -> str:
    value = spec.get("default")
    if value is None:
        return "optional"
    return f"`{value}`" if value != "" else "empty"


def _references(spec: dict[str, Any]) -> list[tuple[str, bool]]:
    """The models a field leads to, and whether there are many of them."""
    if "$ref" in spec:
        return [(_name(spec["$ref"]), False)]
    if "anyOf" in spec:
        return [found for part in spec["anyOf"] for found in _references(part)]
    if spec.get("type") == "array" and isinstance(spec.get("items"), dict):
        return [(name, True) for name, _ in _references(spec["items"])]
    return []


def _name(reference: str) -> str:
    return reference.rsplit("/", 1)[1]


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
