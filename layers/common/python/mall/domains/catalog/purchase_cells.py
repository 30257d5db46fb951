"""Purchase rules in a cell of a table of goods: 起购 2；倍购 2；限购 10；每日限购 4；等级 vip (spec B4 B9)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from mall.domains.catalog.purchase import NONE, Rules, check_levels, in_form
from mall.kit import text

FORMAT = "购买规则的格式应为 起购 2；倍购 2；限购 10；每日限购 4；等级 vip,black_gold，可只填其中几项"
_NUMBERS = {"起购": "least", "倍购": "multiple", "限购": "most_ever", "每日限购": "most_per_day"}
_PART = re.compile(r"(起购|倍购|限购|每日限购) ?([0-9]{1,7})")
_LEVELS = re.compile(r"等级 ?([a-z][a-z0-9_]{0,31}(?: ?[,，] ?[a-z][a-z0-9_]{0,31})*)")


def written(rules: Rules) -> str:
    parts = [f"{word} {value}" for word, name in _NUMBERS.items()
             if (value := getattr(rules, name)) != getattr(NONE, name)]
    return "；".join([*parts, *([f"等级 {','.join(rules.levels)}"] if rules.levels else [])])


def reader(levels: Sequence[str]) -> Callable[[str], Rules | None]:
    """How a cell is read in a shop that has these levels of members; what may not be kept is BadInput."""

    def read_kept(told: str) -> Rules | None:
        rules = read(told)
        if rules is None:
            return None
        check_levels(rules.levels, levels)
        return in_form(rules, "purchase_rules")

    return read_kept


def read(told: str) -> Rules | None:
    """None for what is no such text. An empty cell: there are no rules."""
    found: dict[str, object] = {}
    for part in filter(None, (each.strip() for each in re.split("[;；]", text.line(told)))):
        number, levels = _PART.fullmatch(part), _LEVELS.fullmatch(part)
        name = _NUMBERS[number.group(1)] if number else "levels" if levels else ""
        if not name or name in found:
            return None
        found[name] = int(number.group(2)) if number else tuple(re.split(" ?[,，] ?", levels.group(1)))
    return Rules(**found)
