"""Pictures (图片): what somebody uploaded is opened within bounds and drawn anew.

What is kept is therefore a picture and nothing else: no place, camera or name of its owner (EXIF, XMP, comments), no
second file behind the first, no colours that only one screen knows. It stands upright, as its orientation said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from mall.kit.public_store import Unfit

MOST_PIXELS = 24_000_000  # unpacked four bytes each, and no more than three such at a time
MOST_OF_JPEG = 50_000_000  # unpacked at a half or a quarter
MOST_SIDE = 16_000  # WebP ends at 16,383
KEPT_WIDTH = 2_160  # of the largest one that is kept
TAKEN = ("JPEG", "PNG", "WEBP")  # whatever the name says
QUALITY, SMALL_QUALITY = 88, 80
SAVED = {
    "jpg": {"format": "JPEG", "quality": QUALITY, "progressive": True, "optimize": True},
    "png": {"format": "PNG"},
    "webp": {"format": "WEBP", "quality": QUALITY, "method": 4},
}
SMALL = {"format": "WEBP", "quality": SMALL_QUALITY, "method": 4}


class NoPicture(Unfit):
    """The bytes are none, or are broken."""


class PictureTooLarge(Unfit):
    """Nothing was unpacked."""


class PictureMoves(Unfit):
    """It has several pictures."""


@dataclass(frozen=True)
class Drawn:
    width: int
    height: int
    content: bytes
    sizes: dict[int, bytes]  # by width; a narrower picture is as wide as it is


class Pictures:
    def __init__(self) -> None:
        from PIL import Image, ImageCms, ImageOps

        self._image, self._colours, self._ops = Image, ImageCms, ImageOps

    def draw_anew(self, content: bytes, extension: str, widths: Sequence[int]) -> Drawn:
        """The picture as a file of this kind (jpg, png, webp), and as WebP in each width. Raises NoPicture,
        PictureTooLarge, PictureMoves."""
        try:
            picture = self._open(content)
            sizes, smaller = {}, picture
            for width in sorted(widths, reverse=True):
                smaller = self._at_most(smaller, width)
                sizes[width] = _saved(smaller, SMALL)
            if extension == "jpg":
                picture = self._on_white(picture)
            return Drawn(*picture.size, _saved(picture, SAVED[extension]), sizes)
        except Unfit:
            raise
        except Exception as trouble:  # a decoder may say anything of a hostile file
            raise NoPicture("这不是完好的图片（支持 JPG、PNG、WebP），请换一张") from trouble

    def _open(self, content: bytes) -> Any:
        try:
            picture = self._image.open(BytesIO(content), formats=TAKEN)  # reads no more than its head
        except self._image.DecompressionBombError:
            raise _too_large() from None
        with picture:
            most = MOST_OF_JPEG if picture.format in ("JPEG", "MPO") else MOST_PIXELS
            if picture.width * picture.height > most or max(picture.size) > MOST_SIDE:
                raise _too_large()
            if getattr(picture, "n_frames", 1) > 1 and picture.format != "MPO":  # a camera's second view is left out
                raise PictureMoves("暂不支持动图，请换成静态图片")
            picture.draft(picture.mode, (KEPT_WIDTH, KEPT_WIDTH))  # of JPEG alone: as small as still serves
            picture.load()
            self._ops.exif_transpose(picture, in_place=True)
            return self._in_screen_colours(self._at_most(picture, KEPT_WIDTH))

    def _at_most(self, picture: Any, width: int) -> Any:
        if picture.width <= width:
            return picture
        height = max(1, round(picture.height * width / picture.width))
        mode = "RGBA" if _is_clear(picture) else picture.mode if picture.mode in ("RGB", "CMYK", "L") else "RGB"
        return self._with_info(picture.convert(mode).resize((width, height), reducing_gap=2.0), picture)

    def _in_screen_colours(self, picture: Any) -> Any:
        """RGB or RGBA for any screen (sRGB), with nothing beside the pixels."""
        profile, mode = picture.info.get("icc_profile"), "RGBA" if _is_clear(picture) else "RGB"
        if profile and picture.mode in ("RGB", "RGBA", "CMYK"):
            try:
                picture = self._colours.profileToProfile(
                    picture, self._colours.ImageCmsProfile(BytesIO(profile)), self._colours.createProfile("sRGB"),
                    outputMode=mode)
            except (self._colours.PyCMSError, OSError, ValueError):  # a profile of nothing: the colours as they are
                pass
        drawn = picture if picture.mode == mode else picture.convert(mode)
        drawn.info = {}
        return drawn

    def _on_white(self, picture: Any) -> Any:
        if picture.mode == "RGB":
            return picture
        ground = self._image.new("RGB", picture.size, "white")
        ground.paste(picture, mask=picture.getchannel("A"))
        return ground

    @staticmethod
    def _with_info(picture: Any, origin: Any) -> Any:
        profile = origin.info.get("icc_profile")
        picture.info = {"icc_profile": profile} if profile else {}
        return picture


def _is_clear(picture: Any) -> bool:
    return picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info


def _saved(picture: Any, how: dict[str, Any]) -> bytes:
    file = BytesIO()
    picture.save(file, **how)
    return file.getvalue()


def _too_large() -> PictureTooLarge:
    return PictureTooLarge("图片的像素太多（最多 2400 万像素，每边 16000），请缩小后再上传")
