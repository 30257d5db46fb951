"""What a file is, by its bytes and not by its name; and what an MP4 tells of whoever filmed it (spec B2).

A film is boxes: four bytes of length, four of name, then what is in it. Where and with what it was filmed stands in
`udta`, `meta` and `uuid`, beside the tracks or in them. Made into `free` and filled with zeros they leave every
picture where it was, so that nothing else has to be written anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from mall.domains.uploads.rules import Sort
from mall.kit.public_store import Unfit

HEAD_BYTES = 64
MOST_INDEX_BYTES = 16 * 1024 * 1024
MOST_BOXES = 1_000
BRANDS = ("isom", "iso2", "iso3", "iso4", "iso5", "iso6", "mp41", "mp42", "avc1", "M4V ", "MSNV", "dash", "hvc1")
TELLING = ("udta", "meta", "uuid")

Read = Callable[[int, int], bytes]  # so many bytes from there


class Span(NamedTuple):
    start: int
    length: int


class _Box(NamedTuple):
    name: str
    start: int
    length: int
    head: int  # bytes before its content


def check_head(sort: Sort, extension: str, head: bytes) -> None:
    """Whether the first HEAD_BYTES may be such a file; a picture is judged by who opens it. Raises Unfit."""
    if sort is Sort.FILM and not (head[4:8] == b"ftyp" and head[8:12].decode("latin-1") in BRANDS):
        raise Unfit("这不是 MP4 视频，请换一个文件")
    if sort is Sort.PAPER and not head.startswith(b"%PDF-"):
        raise Unfit("这不是 PDF 文件，请换一个文件")
    if extension == "xlsx" and not head.startswith(b"PK\x03\x04"):
        raise Unfit("这不是 Excel（xlsx）文件，请换一个文件")
    if extension == "csv" and b"\0" in head:
        raise Unfit("这不是 CSV 文件，请换一个文件")


def telling_of_people(read: Read, size_bytes: int) -> list[Span]:
    """Where a film tells of people and places. Raises Unfit for one that is cut off or has no index."""
    found, has_index = [], False
    for box in _boxes(read, 0, size_bytes):
        if box.name in TELLING:
            found.append(Span(box.start, box.length))
        if box.name == "moov":
            if box.length > MOST_INDEX_BYTES:
                raise _broken()
            has_index, index = True, read(box.start, box.length)
            found += [Span(box.start + each.start, each.length) for each in _in_index(index, box.head)]
    if not has_index:
        raise _broken()
    return found


def without(content: bytes, spans: list[Span]) -> bytes:
    """The film, telling nothing there."""
    film = bytearray(content)
    for start, length in spans:
        film[start:start + 8] = length.to_bytes(4, "big") + b"free"
        film[start + 8:start + length] = bytes(length - 8)
    return bytes(film)


def _in_index(index: bytes, head: int) -> Iterator[Span]:
    def read(start: int, count: int) -> bytes:
        return index[start:start + count]

    for box in _boxes(read, head, len(index)):
        if box.name in TELLING:
            yield Span(box.start, box.length)
        if box.name == "trak":
            yield from (Span(each.start, each.length)
                        for each in _boxes(read, box.start + box.head, box.start + box.length)
                        if each.name in TELLING)


def _boxes(read: Read, start: int, end: int) -> Iterator[_Box]:
    for _ in range(MOST_BOXES):
        if start >= end:
            return
        head = read(start, 16)
        length, name, used = int.from_bytes(head[:4], "big"), head[4:8].decode("latin-1"), 8
        if length == 1:
            length, used = int.from_bytes(head[8:16], "big"), 16
        elif length == 0:
            length = end - start
        if len(head) < 8 or length < used or start + length > end or length >= 2 ** 32 and name in TELLING:
            raise _broken()
        yield _Box(name, start, length, used)
        start += length
    raise _broken()


def _broken() -> Unfit:
    return Unfit("视频文件不完整或已损坏，请重新导出后上传")
