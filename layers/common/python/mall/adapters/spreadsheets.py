"""Spreadsheets (表格): the files that merchants upload (xlsx, csv), and the ones they download (xlsx).

Every cell comes in as text, as the person sees it, so that an order number is never a float; a number of
more than fifteen digits, which Excel itself has rounded, comes in scientific notation and so fits no rule.
The binary .xls of before 2007 is refused: its reader takes all memory, or panics, over half a kilobyte.
Cells go out such that no text of a buyer's is run as a formula by the one who opens the file (CWE-1236).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from mall.adapters.workbooks import CELLS_LIMIT, ROWS_LIMIT, TOO_LARGE, UnreadableFile, measured
from mall.kit.formulas import harmless

BINARY_WORKBOOK = b"\xd0\xcf\x11\xe0"
EXACT_BELOW = 10**15


class Spreadsheets:
    def read(self, content: bytes) -> list[list[str]]:
        """The first sheet's rows, cells as text without surrounding blanks. Raises UnreadableFile."""
        if content.startswith(b"PK"):
            return _read_workbook(measured(content))
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


def _read_workbook(content: bytes) -> list[list[str]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, IndexError, ValueError, OSError):
        raise UnreadableFile() from None
    return [[_as_text(cell) for cell in row] for row in rows]


def _read_csv(content: bytes) -> list[list[str]]:
    """UTF-8, or what Excel writes on a Chinese Windows (GB 18030)."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            return _rows(csv.reader(io.StringIO(text, newline="")))
        except (UnicodeDecodeError, csv.Error):
            continue
    raise UnreadableFile()


def _rows(reader: Iterable[list[str]]) -> list[list[str]]:
    rows: list[list[str]] = []
    cells = 0
    for row in reader:
        cells += len(row)
        if len(rows) == ROWS_LIMIT or cells > CELLS_LIMIT:
            raise UnreadableFile(TOO_LARGE)
        rows.append([cell.strip() for cell in row])
    return rows


def _as_text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < EXACT_BELOW:
        return str(int(cell))
    return str(cell).strip()
