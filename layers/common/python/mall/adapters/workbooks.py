"""An xlsx is measured before it is laid out (解压炸弹): what its reader then sees is what was measured, and no more.

A workbook is a zip of XML, and each of its numbers is its maker's own word: how large a part unpacks, where a cell
stands, how often one long text is shown. So the parts are unpacked by our own bounds, walked once, and packed anew;
the reader, which lays a whole sheet out in memory, never sees the zip that came in.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections import Counter
from typing import Any

from mall.kit.errors import BadInput

UNPACKED_LIMIT_BYTES = 64 * 1024 * 1024
PARTS_LIMIT = 1_000
ELEMENTS_LIMIT = 2_000_000
ROWS_LIMIT, COLUMNS_LIMIT = 20_000, 64
CELLS_LIMIT = 400_000
LETTERS_LIMIT = 20_000_000  # of all cells together, a text that many cells share counted each time
TOO_LARGE = "文件内容过大，请拆分后重试"
_READ = re.compile(r"(?:xl/(?!drawings/|theme/).*|_rels/|\[content_types\])\.(?:xml|rels)", re.IGNORECASE)
_CELL = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_INDEX = re.compile(r"[0-9]{1,9}")
_ROW = re.compile(r"[1-9][0-9]{0,6}")
_DAMAGE = (zipfile.BadZipFile, zlib.error, OSError, ValueError, NotImplementedError, RuntimeError, EOFError)


class UnreadableFile(BadInput):
    code, message = "UNREADABLE_FILE", "文件无法读取，请使用模板另存为 xlsx 或 csv 后重试"


def measured(content: bytes) -> bytes:
    """The workbook packed anew, without what no reader of cells needs. Raises UnreadableFile."""
    return packed(parts_of(content))


def parts_of(content: bytes) -> dict[str, bytes]:
    """The parts that are read, measured, by lower-case name. Raises UnreadableFile."""
    try:
        parts = _unpacked(content)
    except _DAMAGE:
        raise UnreadableFile() from None
    if "xl/workbook.xml" not in parts:
        raise UnreadableFile()
    ruler = _Ruler()
    for part in parts.values():
        ruler.walk(part)
    ruler.check_letters()
    return parts


def packed(parts: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return target.getvalue()


def _unpacked(content: bytes) -> dict[str, bytes]:
    """The parts that are read, by lower-case name: a reader looks for them in any case, and takes one of two alike."""
    parts: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        entries = packed.infolist()
        if len(entries) > PARTS_LIMIT or sum(entry.file_size for entry in entries) > UNPACKED_LIMIT_BYTES:
            raise UnreadableFile(TOO_LARGE)
        for entry in entries:
            name = entry.filename.lower()
            if not _READ.fullmatch(name) and name != "_rels/.rels":
                continue
            if name in parts or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise UnreadableFile()
            with packed.open(entry) as part:
                parts[name] = part.read(entry.file_size)  # no further than it claims: its stream may go on
    return parts


class _Ruler:
    """Walks the parts one after the other and counts; raises UnreadableFile where a bound is passed."""

    def __init__(self) -> None:
        self.elements = self.cells = self.tables = 0
        self.shared: list[int] = []  # the length of each text that cells share
        self.shown: Counter[int] = Counter()  # how many cells show it
        self.row = self.column = 0
        self.is_shared = False
        self.text: list[str] = []

    def walk(self, part: bytes) -> None:
        from xml.parsers import expat

        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._letters
        self.row = self.column = 0
        try:
            parser.Parse(part, True)
        except (expat.ExpatError, LookupError, ValueError):  # the two: of the encoding that it names
            raise UnreadableFile() from None

    def _start(self, name: str, given: dict[str, str]) -> None:
        self.elements += 1
        if self.elements > ELEMENTS_LIMIT:
            raise UnreadableFile(TOO_LARGE)
        kind = name.rpartition(":")[2]
        if kind == "row":
            self._place(_ROW, given.get("r"))
            self.row, self.column = int(given.get("r") or self.row + 1), 0
        elif kind == "c":
            self._place(_CELL, given.get("r"))
            self.cells, self.column = self.cells + 1, self.column + 1
            self.is_shared = given.get("t") == "s"
        elif kind == "si":
            self.shared.append(0)
        elif kind == "sst":
            self.tables += 1
        self.text = []
        if self.row > ROWS_LIMIT or self.column > COLUMNS_LIMIT or self.cells > CELLS_LIMIT:
            raise UnreadableFile(TOO_LARGE)

    def _place(self, pattern: re.Pattern[str], told: str | None) -> None:
        """Where the row or cell says that it stands: written as every program does, and not too far out."""
        if told is None:
            return
        found = pattern.fullmatch(told)
        if found is None:
            raise UnreadableFile()
        *letters, row = found.groups() or (told,)
        if int(row) > ROWS_LIMIT or (letters and column_number(letters[0]) > COLUMNS_LIMIT):
            raise UnreadableFile(TOO_LARGE)

    def _letters(self, text: str) -> None:
        self.text.append(text)

    def _end(self, name: str) -> None:
        kind, text = name.rpartition(":")[2], "".join(self.text).strip()
        self.text = []
        if kind == "t" and self.shared:
            self.shared[-1] += len(text)
        elif kind == "v" and self.is_shared:
            if not _INDEX.fullmatch(text):
                raise UnreadableFile()
            self.shown[int(text)] += 1

    def check_letters(self) -> None:
        if self.tables > 1:
            raise UnreadableFile()  # which of the two is shown?
        if sum(self.shared[at] * cells for at, cells in self.shown.items() if at < len(self.shared)) > LETTERS_LIMIT:
            raise UnreadableFile(TOO_LARGE)


def column_number(letters: str) -> int:
    """AB -> 28."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _refuse(*_: Any) -> None:
    """No program writes a document type into a workbook; one could blow it up."""
    raise UnreadableFile()
