"""Which cells of a sheet hold no text, and what the person who made the file saw in them.

The reader of workbooks gives values without their formats. The parts that say the formats are small and measured
already (`workbooks.parts_of`); they are walked once more, the same way.
"""

from __future__ import annotations

from posixpath import join, normpath
from typing import Any
from xml.parsers import expat

from mall.adapters.number_formats import BUILT_IN, shown
from mall.adapters.workbooks import UnreadableFile, column_number
from mall.kit.cells import Unclear

NO_VALUE = "公式没有计算结果，请打开表格保存后重试，或粘贴为数值"
IS_ERROR = "单元格是错误值，请修正后重试"


def first_visible(parts: dict[str, bytes]) -> tuple[int, str]:
    """The number and the part of the first sheet that a person sees. Raises UnreadableFile."""
    sheets: list[tuple[str, str]] = []
    _walk(parts["xl/workbook.xml"], lambda kind, given: kind == "sheet" and sheets.append(
        (next((value for name, value in given.items() if name.rpartition(":")[2] == "id" and ":" in name), ""),
         given.get("state", "visible"))))
    targets: dict[str, str] = {}
    _walk(parts.get("xl/_rels/workbook.xml.rels", b"<x/>"), lambda kind, given: kind == "Relationship" and
          targets.update({given.get("Id", ""): given.get("Target", "")}))
    for number, (relation, state) in enumerate(sheets):
        part = normpath(join("/xl", targets.get(relation, ""))).lstrip("/").lower()
        if state == "visible" and part in parts:
            return number, part
    raise UnreadableFile()


def numbers_of(parts: dict[str, bytes], part: str) -> dict[tuple[int, int], str]:
    """Each cell of the sheet that holds a number, a truth, an error or a formula without a value, by its row and
    column from 0: as it is shown, or `Unclear`."""
    sheet = _Sheet(_formats(parts.get("xl/styles.xml", b"<x/>")))
    _walk(parts[part], sheet.start, sheet.end, sheet.letters)
    return sheet.found


def _formats(styles: bytes) -> list[str]:
    """The format of each style of cells."""
    codes, of_cells, inside = dict(BUILT_IN), [], [False]

    def start(kind: str, given: dict[str, str]) -> None:
        if kind == "numFmt":
            codes[_whole(given.get("numFmtId"))] = given.get("formatCode", "")
        elif kind == "cellXfs":
            inside[0] = True
        elif kind == "xf" and inside[0]:
            of_cells.append(_whole(given.get("numFmtId")))

    def end(kind: str) -> None:
        inside[0] = inside[0] and kind != "cellXfs"

    _walk(styles, start, end)
    return [codes.get(number, "yyyy") for number in of_cells]  # of those not named here most are dates


def _whole(told: str | None) -> int:
    return int(told) if told and told.isascii() and told.isdigit() and len(told) < 10 else 0


class _Sheet:
    """Walks the cells and keeps those that are no text."""

    def __init__(self, formats: list[str]) -> None:
        self.formats = formats
        self.found: dict[tuple[int, int], str] = {}
        self.row = self.column = 0
        self.cell: dict[str, str] | None = None
        self.value: list[str] | None = None
        self.has_value = self.has_formula = False

    def start(self, kind: str, given: dict[str, str]) -> None:
        if kind == "row":
            self.row, self.column = int(given.get("r") or self.row + 1), 0
        elif kind == "c":
            place = given.get("r", "")
            self.column = column_number(place.rstrip("0123456789")) if place else self.column + 1
            self.cell, self.has_value, self.has_formula = given, False, False
        elif kind == "v":
            self.value = []
        elif kind == "f":
            self.has_formula = True

    def letters(self, text: str) -> None:
        if self.value is not None:
            self.value.append(text)

    def end(self, kind: str) -> None:
        if kind == "v" and self.cell is not None and self.value is not None:
            told = "".join(self.value).strip()
            self.has_value = self.has_value or bool(told)
            self._keep(told)
        elif kind == "c" and self.cell is not None:
            if self.has_formula and not self.has_value and self.cell.get("t") != "str":
                self._at(Unclear("", NO_VALUE))
            self.cell = None
        if kind == "v":
            self.value = None

    def _keep(self, told: str) -> None:
        kind = self.cell.get("t", "n")
        if kind == "n" and told:
            style = _whole(self.cell.get("s"))
            self._at(shown(told, self.formats[style] if style < len(self.formats) else "General"))
        elif kind == "b":
            self._at("TRUE" if told == "1" else "FALSE")
        elif kind == "e":
            self._at(Unclear(told, IS_ERROR))
        elif kind == "d":
            self._at(shown("0", "yyyy"))

    def _at(self, text: str) -> None:
        self.found[self.row - 1, self.column - 1] = text


def _walk(part: bytes, start: Any, end: Any = None, letters: Any = None) -> None:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, given: start(name.rpartition(":")[2], given)
    if end is not None:
        parser.EndElementHandler = lambda name: end(name.rpartition(":")[2])
    if letters is not None:
        parser.CharacterDataHandler = letters
    parser.Parse(part, True)
