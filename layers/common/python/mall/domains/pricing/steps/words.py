"""How percents and goods are said to buyers."""

from __future__ import annotations

NUMBERS = "零一二三四五六七八九十"
WEEKDAYS = "一二三四五六日"


def paid_percent(percent: int) -> str:
    """What is paid: 50 is 半价, 0 is 免费, 88 is 8.8 折."""
    if percent in (0, 50):
        return "半价" if percent else "免费"
    tens, ones = divmod(percent, 10)
    return f"{tens}.{ones} 折" if ones else f"{tens} 折"


def days(weekdays: list[int]) -> str:
    """1 is Monday: 每周三、周日."""
    return "每" + "、".join(f"周{WEEKDAYS[day - 1]}" for day in weekdays)
