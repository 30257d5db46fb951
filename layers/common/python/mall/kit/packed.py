"""A text too long to be held: packed in memory (gzip) as it came, unpacked piece by piece, read line by line."""

from __future__ import annotations

import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator, Sequence

PIECE_BYTES = 1 << 16
LINE_BYTES = 1 << 16
GZIP = b"\x1f\x8b"
BOM = b"\xef\xbb\xbf"


class NotUnpacked(ValueError):
    """It is no gzip, no UTF-8, or longer than its limit or than a line may be."""


class PackedText:
    """Parts that follow each other, each with a byte-order mark or without; what came unpacked is packed here.

    limit_bytes: of all of it, unpacked. sha1: of the text without the marks.
    """

    def __init__(self, parts: Sequence[bytes], limit_bytes: int):
        self._parts = [part if part.startswith(GZIP) else gzip.compress(part, mtime=0) for part in parts]
        self._limit_bytes = limit_bytes
        self.part_sha1s: list[str] = []  # of each part as it was packed, marks and all
        self.sha1 = self._measure()

    @property
    def content(self) -> bytes:
        """One gzip file of it all."""
        return b"".join(self._parts)

    def lines(self) -> Iterator[str]:
        """Each line without its end. Raises NotUnpacked."""
        rest = b""
        for piece in self._plain():
            *whole, rest = (rest + piece).split(b"\n")
            if len(rest) > LINE_BYTES:
                raise NotUnpacked("a line above its limit")
            for line in whole:
                yield _text(line)
        if rest:
            yield _text(rest)

    def _measure(self) -> str:
        whole, length = hashlib.sha1(), 0
        for part in self._parts:
            own = hashlib.sha1()
            for number, piece in enumerate(_unpacked(part)):
                length += len(piece)
                if length > self._limit_bytes:
                    raise NotUnpacked("a text above its limit")
                own.update(piece)
                whole.update(piece.removeprefix(BOM) if number == 0 else piece)
            self.part_sha1s.append(own.hexdigest())
        return whole.hexdigest()

    def _plain(self) -> Iterator[bytes]:
        for part in self._parts:
            for number, piece in enumerate(_unpacked(part)):
                yield piece.removeprefix(BOM) if number == 0 else piece


def _unpacked(part: bytes) -> Iterator[bytes]:
    with gzip.GzipFile(fileobj=io.BytesIO(part)) as file:
        while True:
            try:
                piece = file.read(PIECE_BYTES)
            except (OSError, EOFError, zlib.error):
                piece = None
            if piece is None:
                raise NotUnpacked("not packed as it should be")
            if not piece:
                return
            yield piece


def _text(line: bytes) -> str:
    try:
        return line.decode().removesuffix("\r")
    except UnicodeDecodeError:
        pass
    raise NotUnpacked("not UTF-8")
