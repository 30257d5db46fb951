"""A number as a spreadsheet shows it (数字格式): 1234567 in the format 00000000 is 01234567.

A reader of workbooks gives the number; the person who made the file saw what its format makes of it. Formats that
show every digit of the number are followed; of a date, a fraction, a rounded or a shortened number nothing is made
up: `shown` says why not.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from mall.kit.cells import Unclear

BUILT_IN = {0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 37: "#,##0", 38: "#,##0",
            39: "#,##0.00", 40: "#,##0.00", 41: "#,##0", 42: "#,##0", 43: "#,##0.00", 44: "#,##0.00", 49: "@"}
LONGEST = 255  # of a format that a program takes
EXACT_BELOW = Decimal(10) ** 15  # Excel keeps fifteen digits of a number
_AS_TEXT = "请将该单元格设为文本格式后重新填写"
IS_LONG = f"数字超过 15 位，表格已丢失精度，{_AS_TEXT}"
IS_DATE = f"单元格是日期或时间，{_AS_TEXT}"
IS_SHORTENED = f"单元格显示的内容与实际数值不同，{_AS_TEXT}"
IS_OTHER = f"单元格的数字格式无法准确识别，{_AS_TEXT}"
_TOKEN = re.compile(  # a quoted or escaped literal, a currency, what shows nothing, a place of a digit, a literal
    r'"([^"]*)"|\\(.)|\[\$([^\]-]*)(?:-[^\]]*)?\]|\[[A-Za-z]{3,7}\]|_.|\*.|([0#?.,%])|([¥￥$€£ ()+/:元-])')


def shown(number: str, code: str) -> str:
    """The number as the format `code` shows it; `Unclear` where that is not known to the digit."""
    try:
        value = Decimal(f"{float(number):.15g}")
    except (ValueError, InvalidOperation):
        return Unclear(number, IS_OTHER)
    if not value.is_finite():
        return Unclear(number, IS_OTHER)
    if len(code) > LONGEST:
        return Unclear(number, IS_OTHER)
    if abs(value) >= EXACT_BELOW:
        return Unclear(str(float(number)), IS_LONG)
    if code.lower() in ("general", "@", ""):
        return _plain(value, number)
    sections = _sections(code)
    if len(sections) > 1 and (value < 0 or (value == 0 and len(sections) > 2)):
        return Unclear(number, IS_OTHER)
    return _by(value, sections[0], number)


def _plain(value: Decimal, number: str) -> str:
    digits = f"{value:f}"
    if "." in digits:
        digits = digits.rstrip("0").rstrip(".")
    return Unclear(number, IS_SHORTENED) if len(digits) > 17 else digits


def _sections(code: str) -> list[str]:
    """A format's parts for positive, negative, zero and text."""
    return re.findall(r'(?:"[^"]*"|\\.|[^;"\\])+', code) or [code]


def _by(value: Decimal, section: str, number: str) -> str:
    pieces: list[tuple[str, str]] = []  # (placeholder or "", literal)
    at = 0
    while at < len(section):
        found = _TOKEN.match(section, at)
        if found is None:
            is_date = re.search(r"[ymdhsYMDHS年月日时分秒]", section[at:]) and not re.search(r"[Ee][+-]", section)
            return Unclear(number, IS_DATE if is_date else IS_OTHER)
        quoted, escaped, currency, mark, literal = found.groups()
        if mark:
            pieces.append((mark, ""))
        elif (said := quoted or escaped or currency or literal) is not None:
            pieces.append(("", said))
        at = found.end()
    return _filled(value, pieces, number)


def _filled(value: Decimal, pieces: list[tuple[str, str]], number: str) -> str:
    marks = "".join(mark for mark, _ in pieces)
    whole, _, part = marks.replace("%", "").partition(".")
    is_plain = re.search("[0#]", marks) and len(part) <= 10 and marks.count("%") <= 1 and not set("?") & set(marks)
    is_grouped_well = not whole.endswith(",") and ("," not in whole or whole.count("0") <= 1)
    if not is_plain or not is_grouped_well or set(".,") & set(part):
        return Unclear(number, IS_OTHER)
    value *= 100 ** marks.count("%")
    rounded = value.quantize(Decimal(1).scaleb(-len(part)))
    if rounded != value:
        return Unclear(number, IS_SHORTENED)
    digits, _, decimals = f"{abs(rounded):f}".partition(".")
    while decimals.endswith("0") and part[len(decimals) - 1] == "#":
        decimals = decimals[:-1]
    if digits == "0" and "0" not in whole:
        digits = ""
    return ("-" if value < 0 else "") + _laid_out(pieces, digits.rjust(_least(whole), "0"), decimals, "," in whole)


def _least(whole: str) -> int:
    """Digits that are shown at least: a 0 holds its place and all behind it."""
    return len(whole.replace(",", "").lstrip("#")) if "0" in whole else 0


def _laid_out(pieces: list[tuple[str, str]], digits: str, decimals: str, in_thousands: bool) -> str:
    """Digits into their places, from the right; those that are left over stand before the first place."""
    point = next((index for index, (mark, _) in enumerate(pieces) if mark == "."), len(pieces))
    places = [index for index, (mark, _) in enumerate(pieces) if mark and mark in "0#" and index < point]
    filled = {}
    rest = digits
    for index in reversed(places[1:]):
        filled[index], rest = rest[-1:], rest[:-1]
    if places:
        filled[places[0]] = rest
    if in_thousands and places:
        filled = {index: "" for index in places} | {places[-1]: f"{int(digits or 0):,}" if digits else ""}
    told, behind = [], list(decimals)
    for index, (mark, literal) in enumerate(pieces):
        if not mark:
            told.append(literal)
        elif index in filled:
            told.append(filled[index])
        elif mark == "." and decimals:
            told.append(".")
        elif mark in "0#" and index > point and behind:
            told.append(behind.pop(0))
        elif mark == "%":
            told.append("%")
    return "".join(told).strip()
