"""The pictures adapter: what is kept of an upload is the picture and nothing else."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mall.adapters.pictures import KEPT_WIDTH, NoPicture, Pictures, PictureMoves, PictureTooLarge
from mall.kit.public_store import Unfit
from PIL import Image, ImageCms

PICTURES = Pictures()
ORIENTATION, MAKE, GPS = 0x0112, 0x010F, 0x8825


def file_of(picture: Image.Image, kind: str = "JPEG", **more: Any) -> bytes:
    file = BytesIO()
    picture.save(file, kind, **more)
    return file.getvalue()


def opened(content: bytes) -> Image.Image:
    picture = Image.open(BytesIO(content))
    picture.load()
    return picture


def photo(width: int = 60, height: int = 40) -> Image.Image:
    """Red at its left half, blue at its right."""
    picture = Image.new("RGB", (width, height), (200, 0, 0))
    picture.paste((0, 0, 200), (width // 2, 0, width, height))
    return picture


def told_of_its_owner() -> Image.Exif:
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKE] = 6, "SECRET-CAMERA"
    exif.get_ifd(GPS).update({1: "N", 2: (22.0, 32.0, 1.0), 3: "E", 4: (114.0, 3.0, 1.0)})
    return exif


def is_red(pixel: Any) -> bool:
    return pixel[0] > 150 and pixel[2] < 90


def test_place_camera_and_comments_are_gone_and_the_picture_stands_upright():
    content = file_of(photo(), exif=told_of_its_owner(), comment=b"SECRET-COMMENT", xmp=b"<SECRET-XMP/>")
    assert b"SECRET-CAMERA" in content and b"SECRET-COMMENT" in content and b"SECRET-XMP" in content
    drawn = PICTURES.draw_anew(content + b"<script>SECRET-TAIL</script>", "jpg", (30,))
    assert (drawn.width, drawn.height) == (40, 60)  # orientation 6: turned by a quarter
    for kept in (drawn.content, *drawn.sizes.values()):
        picture = opened(kept)
        assert b"SECRET" not in kept and b"Exif" not in kept
        assert dict(picture.getexif()) == {} and picture.info.get("comment") is None
        middle = picture.width // 2
        assert is_red(picture.convert("RGB").getpixel((middle, 2)))
        assert not is_red(picture.convert("RGB").getpixel((middle, picture.height - 3)))


@pytest.mark.parametrize(("kind", "told"), [
    ("PNG", {"pnginfo": "text"}), ("WEBP", {"exif": told_of_its_owner(), "xmp": b"<SECRET-XMP/>"})])
@pytest.mark.parametrize("extension", ["jpg", "png", "webp"])
def test_no_kind_of_file_brings_words_along(kind: str, told: dict[str, Any], extension: str):
    if "pnginfo" in told:
        from PIL.PngImagePlugin import PngInfo

        words = PngInfo()
        words.add_text("Author", "SECRET-NAME", zip=False)
        words.add_itxt("XML:com.adobe.xmp", "SECRET-XMP")
        told = {"pnginfo": words, "exif": told_of_its_owner()}
    content = file_of(photo(), kind, **told)
    assert b"SECRET" in content
    drawn = PICTURES.draw_anew(content, extension, (30,))
    assert b"SECRET" not in drawn.content + drawn.sizes[30]
    assert opened(drawn.content).format == {"jpg": "JPEG", "png": "PNG", "webp": "WEBP"}[extension]


def test_sizes_are_as_wide_as_asked_and_never_wider_than_the_picture():
    drawn = PICTURES.draw_anew(file_of(photo(600, 400)), "jpg", (160, 480, 1080))
    assert {width: opened(content).size for width, content in drawn.sizes.items()} == {
        160: (160, 107), 480: (480, 320), 1080: (600, 400)}
    assert {opened(content).format for content in drawn.sizes.values()} == {"WEBP"}


def test_a_large_photo_is_kept_as_wide_as_a_screen_needs():
    drawn = PICTURES.draw_anew(file_of(photo(4_800, 3_200)), "jpg", (480,))
    assert (drawn.width, drawn.height) == (KEPT_WIDTH, 1_440)


def test_a_long_picture_of_details_keeps_its_length():
    drawn = PICTURES.draw_anew(file_of(photo(790, 12_000)), "jpg", (480,))
    assert (drawn.width, drawn.height) == (790, 12_000)
    assert opened(drawn.sizes[480]).size == (480, 7_291)


def test_what_is_clear_stays_clear_and_is_white_where_the_file_cannot_be_clear():
    clear = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    content = file_of(clear, "PNG")
    assert opened(PICTURES.draw_anew(content, "png", (20,)).content).getpixel((5, 5))[3] == 0
    assert opened(PICTURES.draw_anew(content, "png", (20,)).sizes[20]).getpixel((5, 5))[3] == 0
    assert opened(PICTURES.draw_anew(content, "jpg", ()).content).getpixel((5, 5)) == (255, 255, 255)
    palette = clear.quantize(4)
    assert opened(PICTURES.draw_anew(file_of(palette, "PNG", transparency=0), "png", ()).content).mode == "RGBA"


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "CMYK", "I;16"])
def test_every_way_to_store_colours_is_drawn(mode: str):
    kind = "JPEG" if mode == "CMYK" else "PNG"
    assert PICTURES.draw_anew(file_of(Image.new(mode, (50, 30)), kind), "webp", (20,)).width == 50


def test_colours_that_only_one_screen_knows_become_those_of_all():
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    drawn = PICTURES.draw_anew(file_of(photo(), icc_profile=lab), "jpg", (30,))
    assert "icc_profile" not in opened(drawn.content).info
    assert is_red(opened(drawn.content).getpixel((5, 5)))
    drawn = PICTURES.draw_anew(file_of(photo(), icc_profile=b"no profile at all"), "png", ())
    assert "icc_profile" not in opened(drawn.content).info and is_red(opened(drawn.content).getpixel((5, 5)))


def test_the_second_view_of_a_cameras_file_is_left_out():
    content = file_of(photo(), "MPO", save_all=True, append_images=[Image.new("RGB", (60, 40), (0, 250, 0))])
    assert opened(content).n_frames == 2
    drawn = PICTURES.draw_anew(content, "jpg", (30,))
    assert getattr(opened(drawn.content), "n_frames", 1) == 1 and is_red(opened(drawn.content).getpixel((5, 5)))


@pytest.mark.parametrize("kind", ["WEBP", "PNG"])
def test_what_moves_is_refused(kind: str):
    with pytest.raises(PictureMoves):
        PICTURES.draw_anew(file_of(photo(), kind, save_all=True, append_images=[photo().rotate(90)]), "png", (30,))


def png_of(width: int, height: int, body: bytes = b"") -> bytes:
    """A PNG that says it is so large, and has this for its pixels."""
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(body)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(6_000, 4_001), (16_001, 1), (1, 16_001), (60_000, 60_000), (2**31 - 1, 2**31 - 1)])
def test_a_picture_of_too_many_pixels_is_refused_before_it_is_unpacked(size: tuple[int, int], monkeypatch):
    def unpack(*_: Any) -> None:
        raise AssertionError("unpacked")

    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", unpack)
    with pytest.raises(PictureTooLarge):
        PICTURES.draw_anew(png_of(*size), "png", (30,))


@pytest.mark.parametrize("content", [
    b"", b"x", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7\n", b"GIF89a" + b"\0" * 40, b"\xff\xd8\xff",
    b"RIFF\x20\0\0\0WEBPVP8 ", file_of(photo(), "GIF"), file_of(photo(), "BMP"), file_of(photo(), "TIFF"),
    png_of(50, 50), png_of(50, 50, b"\0" * 99), file_of(photo())[:300], b"\x89PNG\r\n\x1a\n" + b"\0" * 30,
], ids=range(14))
def test_what_is_no_picture_or_broken_is_refused(content: bytes):
    with pytest.raises(NoPicture):
        PICTURES.draw_anew(content, "png", (30,))


def test_words_that_unpack_to_very_many_are_refused():
    bomb = zlib.compress(b"\0" * 200_000_000, 9)
    text = b"zTXt", b"a\0\0" + bomb
    chunk = struct.pack(">I", len(text[1])) + text[0] + text[1] + struct.pack(">I", zlib.crc32(text[0] + text[1]))
    whole = file_of(photo(), "PNG")
    with pytest.raises(NoPicture):
        PICTURES.draw_anew(whole[:33] + chunk + whole[33:], "png", (30,))


GOOD = [file_of(photo(), kind) for kind in ("JPEG", "PNG", "WEBP")]


@settings(max_examples=150, deadline=None)
@given(good=st.sampled_from(GOOD), changes=st.lists(st.tuples(st.integers(0, 2_000), st.integers(0, 255)), max_size=30),
       length=st.integers(0, 2_000))
def test_whatever_is_changed_in_a_file_it_is_drawn_or_refused(good, changes, length):
    content = bytearray(good)
    for place, value in changes:
        content[place % len(content)] = value
    try:
        drawn = PICTURES.draw_anew(bytes(content[:max(length, 1)] if length % 3 == 0 else content), "jpg", (30,))
    except Unfit:
        return
    assert opened(drawn.content).format == "JPEG"
