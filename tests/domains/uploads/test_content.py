"""What a file is by its bytes, and what an MP4 tells of whoever filmed it (spec B2)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mall.domains.uploads.content import BRANDS, MOST_BOXES, Span, check_head, telling_of_people, without
from mall.domains.uploads.rules import Sort
from mall.kit.public_store import Unfit

from tests.support.uploads import FILM, PLACE, TOLD_FILM, box

pytestmark = pytest.mark.spec("B2", "B4")


def spans(film: bytes) -> list[Span]:
    return telling_of_people(lambda start, count: film[start:start + count], len(film))


def cleaned(film: bytes) -> bytes:
    return without(film, spans(film))


@pytest.mark.parametrize("brand", BRANDS)
def test_an_mp4_begins_with_its_kind(brand: str):
    check_head(Sort.FILM, "mp4", b"\0\0\0\x18ftyp" + brand.encode() + b"\0" * 8)


@pytest.mark.parametrize(("sort", "extension", "head"), [
    (Sort.FILM, "mp4", b""), (Sort.FILM, "mp4", b"\0\0\0\x18ftypqt  "), (Sort.FILM, "mp4", b"\0\0\0\x18moov"),
    (Sort.PAPER, "pdf", b" %PDF-1.7"), (Sort.PAPER, "pdf", b"<html>"), (Sort.SHEET, "xlsx", b"a,b"),
    (Sort.SHEET, "csv", b"MZ\0")])
def test_what_begins_otherwise_is_none(sort: Sort, extension: str, head: bytes):
    with pytest.raises(Unfit):
        check_head(sort, extension, head)


def test_what_begins_so_may_be_one():
    check_head(Sort.PAPER, "pdf", b"%PDF-1.4")
    check_head(Sort.SHEET, "xlsx", b"PK\x03\x04")
    check_head(Sort.SHEET, "csv", "货号,标题".encode())


def test_a_film_that_tells_nothing_is_left_alone():
    assert spans(FILM) == []


@pytest.mark.parametrize("where", ["index", "track", "top", "before the pictures"])
@pytest.mark.parametrize("name", [b"udta", b"meta", b"uuid"])
def test_a_place_is_filled_with_zeros_and_nothing_moves(name: bytes, where: str):
    told, head, pictures = box(name, PLACE), box(b"ftyp", b"isom" + b"\0" * 8), box(b"mdat", b"PICTURES")
    index = box(b"moov", box(b"mvhd", b"kept") + box(b"trak", box(b"tkhd") + (told if where == "track" else b""))
                + (told if where == "index" else b""))
    before, behind = (told if where == place else b"" for place in ("before the pictures", "top"))
    film = head + before + pictures + index + behind
    after = cleaned(film)
    assert b"+22.5431" in film and b"+22.5431" not in after
    assert len(after) == len(film) and after.index(b"PICTURES") == film.index(b"PICTURES") and b"kept" in after
    assert spans(after) == [] and name not in after and b"free" in after


def test_a_box_of_a_long_length_is_read():
    long = (1).to_bytes(4, "big") + b"mdat" + (16 + 8).to_bytes(8, "big") + b"PICTURES"
    film = box(b"ftyp", b"isom" + b"\0" * 8) + long + box(b"moov", box(b"udta", PLACE))
    assert b"+22.5431" not in cleaned(film) and b"PICTURES" in cleaned(film)


def test_the_last_box_may_be_as_long_as_the_film():
    film = box(b"ftyp", b"isom" + b"\0" * 8) + box(b"moov", box(b"mvhd")) + b"\0\0\0\0mdat" + b"PICTURES"
    assert spans(film) == []


@pytest.mark.parametrize("film", [
    b"", FILM[:-1], FILM + b"\0\0\0\x07free", FILM + b"\0\0", box(b"ftyp", b"isom") + box(b"mdat", b"x"),
    box(b"free") * (MOST_BOXES + 1) + FILM,
    box(b"ftyp", b"isom") + (1).to_bytes(4, "big") + b"mdat" + (8).to_bytes(8, "big"),
], ids=range(7))
def test_a_film_that_is_cut_off_or_has_no_index_is_refused(film: bytes):
    with pytest.raises(Unfit):
        spans(film)


@given(st.binary(max_size=60), st.integers(0, len(TOLD_FILM)), st.integers(0, len(TOLD_FILM)))
def test_whatever_is_put_into_a_film_it_is_cleaned_or_refused(junk: bytes, start: int, end: int):
    film = TOLD_FILM[:start] + junk + TOLD_FILM[max(start, end):]
    try:
        after = cleaned(film)
    except Unfit:
        return
    assert len(after) == len(film) and spans(after) == []
