"""How a value of ours is written for a field of a merchant's template (订阅消息参数值内容限制说明).

The kind of a field stands in its key (`thing1` is a thing), the kind of a value of ours in `tells.TOLD`. A value is
bent to the field's limits here, so that a long title never loses a message: a thing has at most 20 characters, a phrase
5 hanzi, a character_string 32 of ASCII, and nothing is empty.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from enum import Enum

from mall.kit.money import yuan
from mall.kit.zone import SHANGHAI

THING, CHARACTERS, PHRASE = 20, 32, 5
_HAN = "\u3400-\u9fff"
_KEY = re.compile(r"([a-z_]+?)([0-9]{1,2})")


class Told(str, Enum):
    """The kinds of value that we tell."""

    TEXT = "text"  # of any length
    WORD = "word"  # a few hanzi
    CODE = "code"  # letters and digits
    FEN = "fen"
    MOMENT = "moment"
    COUNT = "count"


# what WeChat takes, by the kind in the key; fixed words of a merchant are checked by it
TAKES: dict[str, str] = {
    "thing": r"[^\x00-\x1f\x7f]{1,20}",
    "number": r"(?=.{1,32}$)[0-9]+(\.[0-9]+)?",
    "letter": r"[A-Za-z]{1,32}",
    "symbol": rf"[^\x00-\x1f\x7f0-9A-Za-z{_HAN}]{{1,5}}",
    "character_string": r"[\x20-\x7e]{1,32}",
    "time": r"[0-9年月日:~ /.-]{4,40}",
    "date": r"[0-9年月日:~ /.-]{4,40}",
    "amount": r"[¥￥$€£]?[0-9]{1,10}(\.[0-9]{1,2})?元?",
    "phone_number": r"[0-9+\-() ]{1,17}",
    "car_number": rf"[0-9A-Za-z{_HAN}]{{2,8}}",
    "name": rf"[A-Za-z·. '\-]{{1,20}}|[A-Za-z·. '\-{_HAN}]{{1,10}}",
    "phrase": rf"[{_HAN}]{{1,5}}",
}


def kind_of(key: str) -> str | None:
    """thing1: thing. None for a key of no known kind."""
    found = _KEY.fullmatch(key)
    return found.group(1) if found and found.group(1) in TAKES else None


def takes(kind: str, text: str) -> bool:
    """Whether WeChat takes this text in a field of the kind."""
    return re.fullmatch(TAKES[kind], text) is not None


def fits(kind: str, told: Told) -> bool:
    """Whether a value of ours can stand in a field of the kind, cut or written as it asks."""
    return (told, kind) in _WRITTEN


def written(kind: str, told: Told, value: str | int) -> str:
    """The value as a field of the kind takes it. A moment comes as ISO 8601, an amount in fen."""
    return _WRITTEN[told, kind](value)


def thing(text: str, limit: int = THING) -> str:
    """Clipped with an ellipsis. What lies beyond the first plane (emoji) counts twice, as it does in
    WeChat's own client."""
    clean = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    if _width(clean) > limit:
        while _width(clean) > limit - 1:
            clean = clean[:-1]
        clean = clean.rstrip() + "…"
    return clean or "无"


def goods_name(title: str, pieces: int) -> str:
    """The first title and how many pieces there are in all: 云南小粒咖啡豆等2件."""
    tail = f"等{pieces}件" if pieces > 1 else ""
    return thing(title, THING - len(tail)) + tail


def _width(text: str) -> int:
    return sum(2 if ord(letter) > 0xFFFF else 1 for letter in text)


def characters(text: str) -> str:
    return "".join(letter for letter in text if " " <= letter <= "~").strip()[:CHARACTERS].strip() or "-"


def phrase(text: str) -> str:
    return "".join(re.findall(f"[{_HAN}]", text))[:PHRASE] or "无"


def amount(amount_fen: int) -> str:
    return f"¥{yuan(amount_fen)}"


def moment(at: datetime) -> str:
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def _moment(told: str) -> str:
    return moment(datetime.fromisoformat(told))


_WRITTEN: dict[tuple[Told, str], Callable[[str | int], str]] = {
    (Told.TEXT, "thing"): thing,
    (Told.WORD, "thing"): thing, (Told.WORD, "phrase"): phrase,
    (Told.CODE, "character_string"): characters,
    (Told.FEN, "amount"): amount, (Told.FEN, "character_string"): yuan, (Told.FEN, "number"): yuan,
    (Told.FEN, "thing"): lambda fen: thing(f"{yuan(fen)}元"),
    (Told.MOMENT, "time"): _moment, (Told.MOMENT, "date"): _moment, (Told.MOMENT, "character_string"): _moment,
    (Told.MOMENT, "thing"): _moment,
    (Told.COUNT, "number"): str, (Told.COUNT, "character_string"): str, (Told.COUNT, "thing"): str,
}
