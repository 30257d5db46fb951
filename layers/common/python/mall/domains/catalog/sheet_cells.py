"""How each kind of value is written in a cell, and read from one (spec B4): canonically, or not at all.

An amount may carry ¥, 元 and thousands separators, a weight g or kg, a share %, all of it in full width; anything that
could mean two things is refused. In a cell of several parts a backslash keeps a separator: 口味:酸\\:甜 is one value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

from mall.kit import text
from mall.kit.bounds import MAX_FEN
from mall.kit.money import yuan

YES = ("是", "y", "yes", "true", "1", "√")
NO = ("否", "n", "no", "false", "0", "×")
_DIGITS = r"(?:[0-9]{1,12}|[0-9]{1,3}(?:,[0-9]{3}){1,3})"
_MONEY = re.compile(rf"(?:¥|rmb|cny)? ?({_DIGITS})(?:\.([0-9]{{1,2}})0*)? ?(?:元|rmb|cny)?")
_WHOLE = re.compile(rf"({_DIGITS})(?:\.0+)?")
_PERCENT = re.compile(r"([0-9]{1,3})(?:\.0+)? ?%?")
_WEIGHT = re.compile(rf"({_DIGITS})(?:\.([0-9]{{1,6}}))? ?(g|克|kg|千克|公斤)?")
SEPARATORS = ";；:：,，/／|\\"


def money(told: str) -> int | None:
    """Yuan as fen: ¥1,299.50 is 129950. None for what is no amount from 0.01 yuan on."""
    found = _MONEY.fullmatch(text.code(told).lower())
    if found is None:
        return None
    fen = int(found.group(1).replace(",", "")) * 100 + int((found.group(2) or "").ljust(2, "0"))
    return fen if 0 < fen <= MAX_FEN else None


def whole(told: str, most: int) -> int | None:
    found = _WHOLE.fullmatch(text.code(told))
    number = int(found.group(1).replace(",", "")) if found else most + 1
    return number if number <= most else None


def signed(told: str, most: int) -> int | None:
    """10, +10 and -3."""
    found = re.fullmatch(r"([+-]?) ?(.+)", text.code(told))
    number = whole(found.group(2), most) if found else None
    return None if number is None else -number if found.group(1) == "-" else number


def percent(told: str) -> int | None:
    """15 and 15% are fifteen of a hundred; 0.15 could be either and is refused."""
    found = _PERCENT.fullmatch(text.code(told))
    return int(found.group(1)) if found and int(found.group(1)) <= 100 else None


def grams(told: str, most: int) -> int | None:
    """Grams, where nothing else is said: 250, 250g, 0.25kg."""
    found = _WEIGHT.fullmatch(text.code(told).lower())
    if found is None:
        return None
    amount = Decimal(f"{found.group(1).replace(',', '')}.{found.group(2) or 0}")
    amount *= 1_000 if found.group(3) in ("kg", "千克", "公斤") else 1
    return int(amount) if amount == int(amount) and amount <= most else None


def truth(told: str) -> bool | None:
    """Yes, no (also an empty cell), or neither."""
    word = text.code(told).lower()
    return True if word in YES else False if not word or word in NO else None


def split(told: str, separators: str) -> list[str]:
    """The parts between separators that have no backslash before them; empty ones are none."""
    parts = re.split(rf"(?<!\\)((?:\\\\)*)[{re.escape(separators)}]", told)
    joined = [part + kept for part, kept in zip(parts[::2], [*parts[1::2], ""], strict=True)]
    return [part.strip() for part in joined if part.strip()]


def plain(part: str) -> str:
    """Without the backslashes that kept its separators."""
    return re.sub(rf"\\([{re.escape(SEPARATORS)}])", r"\1", part)


def kept(value: str) -> str:
    """With a backslash before what would separate."""
    return re.sub(rf"([{re.escape(SEPARATORS)}])", r"\\\1", value)


def pairs(told: str) -> list[tuple[str, str]] | None:
    """颜色:红;尺码:L as pairs; None where a part is no pair."""
    found = []
    for part in split(told, ";；"):
        halves = split(part, ":：")
        if len(halves) != 2:
            return None
        found.append((plain(halves[0]), plain(halves[1])))
    return found


def urls(told: str) -> list[str]:
    """Addresses between blanks, or as older files have it between strokes."""
    return [part for part in re.split(r"[ \t\r\n]+|\|(?=https?://)", told) if part]


def of_pairs(found: Iterable[tuple[str, str]]) -> str:
    return ";".join(f"{kept(name)}:{kept(value)}" for name, value in found)


def of_tiers(tiers: Iterable[Sequence[int]]) -> str:
    return ";".join(f"{quantity}:{yuan(price_fen)}" for quantity, price_fen in tiers)


def of_truth(value: bool) -> str:
    return "是" if value else ""


def of_path(names: Iterable[str]) -> str:
    """The path of a category: 服装/上衣/T恤."""
    return "/".join(kept(name) for name in names)


def path(told: str) -> tuple[str, ...]:
    return tuple(text.line(plain(part)) for part in split(told, "/／"))
