"""From a model's JSON schema to TypeScript: each model an interface, each field with what its own line says of it."""

from __future__ import annotations

import ast
import inspect
import io
import json
import re
import textwrap
import tokenize
from enum import Enum
from functools import cache
from typing import Any, get_args

from pydantic import BaseModel

from infra.docs.words import bounds

MOMENT, DAY = "Moment", "Day"
_FORMATS = {"date-time": MOMENT, "date": DAY}
_PLAIN = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}
_NO_WORDS = ("For actions that take no input.",)
WIDTH = 110


def interfaces(model: type[BaseModel], mode: str, apart: frozenset[str] = frozenset()) -> dict[str, str]:
    """{name: declaration} of a model and of all that it holds; `mode`: validation (what is sent) or serialization.
    Those that stand `apart` are parts, and get another name than they have when they are sent."""
    schema = model.model_json_schema(mode=mode)
    if schema["title"] in apart:
        raise ValueError(f"{model.__name__} is taken and given, and not the same")
    for name in apart:
        schema = json.loads(json.dumps(schema).replace(f'"#/$defs/{name}"', f'"#/$defs/{name}Answered"'))
    classes = {each.__name__: each for each in models_inside(model)}
    parts = {**schema.get("$defs", {}), schema["title"]: schema}
    return {said: _declared(said, part, classes.get(name), mode) for name, part in parts.items()
            for said in [f"{name}Answered" if name in apart else name]}


def said_as(part: dict[str, Any]) -> str:
    """A schema as a type."""
    if "$ref" in part:
        return part["$ref"].rsplit("/", 1)[1]
    if "anyOf" in part:
        return " | ".join(dict.fromkeys(said_as(each) for each in part["anyOf"]))
    if "const" in part:
        return json.dumps(part["const"], ensure_ascii=False)
    if "enum" in part:
        return " | ".join(json.dumps(each, ensure_ascii=False) for each in part["enum"])
    kind = part.get("type")
    if kind == "array":
        items = said_as(part.get("items") or {})
        return f"({items})[]" if " | " in items else f"{items}[]"
    if kind == "object":
        return _map(part)
    return _FORMATS.get(part.get("format", ""), _PLAIN.get(kind, "unknown"))


def comment(text: str, indent: str = "") -> str:
    """A doc comment, on one line where it fits; nothing for no text."""
    text = text.replace("*/", "* /").strip()
    if not text:
        return ""
    if "\n" not in text and len(text) + len(indent) + 7 <= WIDTH:
        return f"{indent}/** {text} */\n"
    lines = [line for paragraph in text.split("\n") for line in textwrap.wrap(paragraph, WIDTH - len(indent)) or [""]]
    return f"{indent}/**\n" + "".join(f"{indent} * {line}".rstrip() + "\n" for line in lines) + f"{indent} */\n"


def _map(part: dict[str, Any]) -> str:
    """An object without fields of its own: names and what stands under each."""
    values = [*part.get("patternProperties", {}).values(), part.get("additionalProperties")]
    known = [said_as(each) for each in values if isinstance(each, dict)]
    return f"{{ [name: string]: {known[0] if known else 'unknown'} }}"


def _declared(name: str, part: dict[str, Any], model: type | None, mode: str) -> str:
    about = comment(docstring(model))
    if "properties" not in part:
        return f"{about}type {name} = {said_as(part)};\n"
    if not part["properties"]:
        return f"{about}interface {name} {{}}\n"
    remarks, needed = field_remarks(model) if model else {}, part.get("required", [])
    rows = [_field(field, spec, remarks.get(field, ""), mode == "serialization" or field in needed)
            for field, spec in part["properties"].items()]
    return f"{about}interface {name} {{\n{''.join(rows)}}}\n"


def _field(name: str, spec: dict[str, Any], remark: str, is_needed: bool) -> str:
    words = [spec.get("description", "") or remark, *([] if is_needed else [_limits(spec), _default(spec)])]
    words = words if not is_needed else [words[0], _limits(spec)]
    return f"{comment(' · '.join(filter(None, words)), '  ')}  {name}{'' if is_needed else '?'}: {said_as(spec)};\n"


def _limits(spec: dict[str, Any]) -> str:
    """The bounds of a field, or of the one value that it may have beside null."""
    parts = [each for each in spec.get("anyOf", [spec]) if each.get("type") != "null"]
    return ", ".join(bounds(parts[0])) if len(parts) == 1 else ""


def _default(spec: dict[str, Any]) -> str:
    value = spec.get("default")
    return "" if value in (None, "") else f"default {json.dumps(value, ensure_ascii=False)}"


def docstring(model: type | None) -> str:
    """Of the class itself: neither its base's nor what a dataclass or an enum gives itself."""
    text = inspect.cleandoc(model.__dict__.get("__doc__") or "") if model else ""
    return "" if not text or text in _NO_WORDS or text.startswith(f"{model.__name__}(") else text


@cache
def field_remarks(model: type) -> dict[str, str]:
    """What stands behind each field on its line (`pay_fen: int  # in fen`), those of the bases too."""
    found: dict[str, str] = {}
    for each in reversed(model.__mro__):
        if each.__module__.split(".")[0] in ("mall", "functions"):
            found |= _remarks_in(each)
    return found


def _remarks_in(model: type) -> dict[str, str]:
    try:
        source = textwrap.dedent(inspect.getsource(model))
    except (OSError, TypeError):
        return {}
    said = {token.start[0]: token.string.lstrip("# ") for token in
            tokenize.generate_tokens(io.StringIO(source).readline) if token.type == tokenize.COMMENT}
    fields = [node for node in ast.parse(source).body[0].body if isinstance(node, ast.AnnAssign)]
    return {node.target.id: re.sub(r"^(noqa|type:).*", "", said[node.end_lineno])
            for node in fields if node.end_lineno in said}


def models_inside(hint: Any) -> set[type]:
    """The models and enums that a type leads to, itself among them."""
    found: set[type] = set()
    waiting = [hint]
    while waiting:
        each = waiting.pop()
        waiting += get_args(each)
        if isinstance(each, type) and issubclass(each, (BaseModel, Enum)) and each not in found:
            found.add(each)
            waiting += [field.annotation for field in getattr(each, "model_fields", {}).values()]
    return found
