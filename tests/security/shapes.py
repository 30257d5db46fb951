"""Values from a JSON schema: one that fits, and many that nearly do."""

from __future__ import annotations

import json
import re
from typing import Any

from hypothesis.strategies import binary, composite, floats, integers, one_of, sampled_from, text

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
    for candidate in TEXTS:
        least, most = schema.get("minLength", 0), schema.get("maxLength", 10_000)
        if least <= len(candidate) <= most and re.search(schema.get("pattern", ""), candidate):
            return candidate
    return ""


# what no client of ours sends

HUGE = (10**18, -(10**18), 2**63, 2**64, -(2**63) - 1, 10**400, 0, -1, 1)
NASTY_TEXTS = (
    "", " ", "\x00", "a\x00b", "\ud800", "a\udfffb", "\u202e", "\ufeff", "'", "''", '"', "\\", "%", "_", "%s", "{0}",
    "${trigger_secret}", "' OR '1'='1", "'; DROP TABLE orders; --", "\" OR 1=1 #", "`", "$(id)", "../../etc/passwd",
    "=1+1", "<script>alert(1)</script>", "\r\nSet-Cookie: a=b", "𠮷😀", "a" * 65, "汉" * 256, "null", "NaN", "-0",
    "1e999", "²", "١٢٣", "９", "2026-02-30T00:00:00Z", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00",
    "0001-01-01", "9999-12-31", "2026-11-21T00:00:00", "ord_DEMO0000000000000000000001",
)
NASTY = (*HUGE, *NASTY_TEXTS, None, True, False, 0.5, 1e308, float("inf"), float("nan"), [], {}, [[]], [None],
         {"": None}, {"$ne": 1}, {"__class__": "x"}, ["a"] * 300, "x" * 100_000)
BROKEN_JSON = (
    b"", b"{", b"[", b"null", b"1", b'"a"', b"[]", b"{}{}", b"\xff\xfe", b'{"a":"\xed\xa0\x80"}', b"{'a':1}",
    b"{\"a\":1,}", b'{"a":' * 5_000, b"[" * 100_000, b'{"order_no":' + b"[" * 3_000 + b"]" * 3_000 + b"}",
    b"\xef\xbb\xbf{}",
    b'{"order_no":"a","order_no":"b"}', b'{"a":"\\ud800"}', b'{"\\ud800":1}', b'{"a":"\\u0000"}', b"9" * 5_000,
    b'{"limit":1' + b"0" * 5_000 + b"}", b'{"limit":1e400}', b'{"limit":NaN}', b'{"a":"' + b"x" * 900_000 + b'"}',
    b'{"' + b"k" * 900_000 + b'":1}', b"{" + b",".join(b'"k%d":1' % n for n in range(50_000)) + b"}",
    b"x" * 1_000_001, b"\x00" * 1_000,
)


@composite
def broken(draw: Any, schema: dict[str, Any]) -> bytes:
    """JSON that fits the schema but for a few places, or text that is hardly JSON at all."""
    if draw(integers(0, 9)) == 0:
        return draw(sampled_from(BROKEN_JSON))
    value: Any = fitting(schema, every=draw(integers(0, 1)) == 1)
    for _ in range(draw(integers(0, 3))):
        value = _spoiled(draw, value)
    written = json.dumps(value, ensure_ascii=draw(integers(0, 1)) == 1)
    if draw(integers(0, 9)) == 0 and written.startswith("{") and len(written) > 2:
        written = written[:-1] + "," + written[1:]  # every key twice
    return written.encode("utf-8", "surrogatepass")


def _spoiled(draw: Any, value: Any) -> Any:
    """The value with one place in it replaced, removed or added."""
    if isinstance(value, dict) and value and draw(integers(0, 5)):
        name = draw(sampled_from(sorted(value)))
        how = draw(integers(0, 9))
        if how == 0:
            return {key: part for key, part in value.items() if key != name}
        if how == 1:
            return {**value, draw(sampled_from(("extra", "", "__proto__", "seller_id", "userInfo", "\ud800"))): 1}
        return {**value, name: _spoiled(draw, value[name])}
    if isinstance(value, list) and value and draw(integers(0, 3)):
        return [_spoiled(draw, value[0]), *value[1:]] if draw(integers(0, 2)) else value * 250
    if draw(integers(0, 3)) == 0:
        return draw(one_of(text(max_size=70), integers(), floats(), binary(max_size=4).map(repr)))
    return draw(sampled_from(NASTY))
