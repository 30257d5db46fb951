"""What a subscribe message's value may be, by the kind in its key: ``thing1`` is a ``thing``.

The limits are those of the document "订阅消息参数值内容限制说明".
"""

from __future__ import annotations

import re

HAN = "\u3400-\u9fff"
CLOCK_TIME = r"([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?"
YEAR, MONTH, DAY = r"\d{4}", r"(0?[1-9]|1[0-2])", r"(0?[1-9]|[12]\d|3[01])"
DATE = (
    rf"({YEAR}年{MONTH}月{DAY}日|{YEAR}年{MONTH}月|{MONTH}月{DAY}日"
    rf"|{YEAR}[-/.]{MONTH}[-/.]{DAY}|{YEAR}[-/.]{MONTH}|{MONTH}[-/.]{DAY})"
)
MOMENT = rf"({DATE} ?)?{CLOCK_TIME}"
DAY_OR_MOMENT = rf"{DATE}( ?{CLOCK_TIME})?"

PATTERNS = {
    "thing": r"[^\x00-\x1f\x7f]{1,20}",
    "number": r"(?=.{1,32}$)\d+(\.\d+)?",
    "letter": r"[A-Za-z]{1,32}",
    "symbol": rf"[^\x00-\x1f\x7f0-9A-Za-z{HAN}]{{1,5}}",
    "character_string": r"[\x20-\x7e]{1,32}",
    "time": rf"{MOMENT}(~{MOMENT})?",
    "date": rf"{DAY_OR_MOMENT}(~{DAY_OR_MOMENT})?",
    "amount": r"[¥￥$€£]?\d{1,10}(\.\d+)?元?",
    "phone_number": r"[\d+\-() ]{1,17}",
    "car_number": rf"[0-9A-Za-z{HAN}][0-9A-Za-z]{{0,6}}[0-9A-Za-z{HAN}]",
    "name": rf"[A-Za-z·. '\-]{{1,20}}|[A-Za-z·. '\-{HAN}]{{1,10}}",
    "phrase": rf"[{HAN}]{{1,5}}",
}


def is_valid(key: str, value: str) -> bool:
    """Whether WeChat takes this value for a field named ``key`` (a kind and a number)."""
    pattern = PATTERNS.get(key.rstrip("0123456789"))
    return pattern is None or re.fullmatch(pattern, value) is not None
