"""What a control's body may hold: each value checked, or a sentence that says what it should be."""

from __future__ import annotations

import json


class BadControl(Exception):
    """A control that makes no sense; answered with 400 and the sentence."""


def read_object(raw: bytes) -> dict:
    try:
        body = json.loads(raw)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise BadControl("the body must be a JSON object")
    return body


def number(body: dict, key: str, *, low: float, high: float, default: float | None = None) -> float:
    value = body.get(key, default)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        raise BadControl(f'"{key}" is a number from {low} to {high}')
    return value


def whole_number(body: dict, key: str, *, low: int, high: int, default: int | None = None) -> int:
    value = number(body, key, low=low, high=high, default=default)
    if not isinstance(value, int):
        raise BadControl(f'"{key}" is a whole number')
    return value


def text(body: dict, key: str, *, longest: int = 128) -> str:
    value = body.get(key)
    if not isinstance(value, str) or not 0 < len(value) <= longest:
        raise BadControl(f'"{key}" is a text of 1 to {longest} characters')
    return value


def flag(body: dict, key: str, *, default: bool | None = None) -> bool:
    value = body.get(key, default)
    if not isinstance(value, bool):
        raise BadControl(f'"{key}" is true or false')
    return value


def choice(body: dict, key: str, among: tuple[str, ...], *, default: str | None = None) -> str:
    value = body.get(key, default)
    if value not in among:
        raise BadControl(f'"{key}" is one of {", ".join(among)}')
    return value
