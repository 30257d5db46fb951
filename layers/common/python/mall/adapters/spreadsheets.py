"""Spreadsheets (表格): the files that merchants upload (xlsx, csv), and the ones they download (xlsx).

Every cell comes in as the text that the person sees: 1234567 in the format 00000000 is 01234567. A cell of which
that is not known (a date, a rounded number, more than fifteen digits, an error) comes as `Unclear` and says what to do.
The binary .xls of before 2007 is refused: its reader takes all memory, or panics, over half a kilobyte.
Cells go out such that no text of a buyer's is run as a formula by the one who opens the file (CWE-1236).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

from mall.adapters.shown_numbers import first_visible, numbers_of
from mall.adapters.workbooks import CELLS_LIMIT, ROWS_LIMIT, TOO_LARGE, UnreadableFile, packed, parts_of
from mall.kit.formulas import harmless

BINARY_WORKBOOK = b"\xd0\xcf\x11\xe0"
DELIMITERS = (",", "\t", ";")
_AS_TEXT = re.compile(r'="([^"]*)"')  # how people keep a csv's leading zeros


class Spreadsheets:
    def read(self, content: bytes) -> list[list[str]]:
        """The first sheet's rows, cells as text without surrounding blanks. Raises UnreadableFile."""
        if content.startswith(b"PK"):
            return _read_workbook(parts_of(content))
        if content.startswith(BINARY_WORKBOOK):
            raise UnreadableFile()
        return _read_csv(content)

    def write(self, title: str, header: Sequence[str], rows: Iterable[Sequence[str | int | Decimal]]) -> bytes:
        """An xlsx of one sheet; a Decimal is an amount of yuan. Text that a spreadsheet would run as a formula
        gets an apostrophe before it."""
        import xlsxwriter

        target = io.BytesIO()
        book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
        sheet = book.add_worksheet(title[:31])
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, header, book.add_format({"bold": True}))
        amount = book.add_format({"num_format": "0.00"})
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(number, column, harmless(value))
                else:
                    sheet.write_number(number, column, value, amount if isinstance(value, Decimal) else None)
        book.close()
        return target.getvalue()


def _read_workbook(parts: dict[str, bytes]) -> list[list[str]]:
    from python_calamine import CalamineError, CalamineWorkbook

    number, part = first_visible(parts)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(packed(parts)))
        rows = book.get_sheet_by_index(number).to_python(skip_empty_area=False)
    except (CalamineError, IndexError, ValueError, OSError):
        raise UnreadableFile() from None
    found = [[cell.strip() if isinstance(cell, str) else "" for cell in row] for row in rows]
    for (row, column), text in numbers_of(parts, part).items():
        _put(found, row, column, text)
    return found


def _put(found: list[list[str]], row: int, column: int, text: str) -> None:
    """A cell that the reader of texts may have left out, at its place."""
    while len(found) <= row:
        found.append([])
    found[row].extend([""] * (column + 1 - len(found[row])))
    found[row][column] = text


def _read_csv(content: bytes) -> list[list[str]]:
    """UTF-8, what Excel writes on a Chinese Windows (GB 18030), or its "Unicode text" (UTF-16 with its mark)."""
    encodings = ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
            return _rows(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True))
        except (UnicodeDecodeError, csv.Error):
            continue
    raise UnreadableFile()


def _delimiter(text: str) -> str:
    """What stands between the headings: the one of the three that is there most often, outside of quotes."""
    first = re.sub(r'"[^"]*"', "", text.split("\n", 1)[0])
    return max(DELIMITERS, key=first.count)


def _rows(reader: Iterable[list[str]]) -> list[list[str]]:
    rows: list[list[str]] = []
    cells = 0
    for row in reader:
        cells += len(row)
        if len(rows) == ROWS_LIMIT or cells > CELLS_LIMIT:
            raise UnreadableFile(TOO_LARGE)
        rows.append([_as_seen(cell.strip()) for cell in row])
    return rows


def _as_seen(cell: str) -> str:
    found = _AS_TEXT.fullmatch(cell)
    return found.group(1).strip() if found else cell
