"""Pictures of the demo products, drawn here: nobody's photographs, no fonts, no network."""

from __future__ import annotations

import colorsys
import io
from collections.abc import Callable

from PIL import Image, ImageDraw

SIDE = 640
INK = (255, 255, 255)


def draw(shape: str, hue: int) -> bytes:
    """A PNG of 640 x 640: a light ground, a darker disc, the thing in white with coloured details."""
    ground, disc, detail = _colour(hue, 0.12, 0.97), _colour(hue, 0.55, 0.78), _colour(hue, 0.75, 0.55)
    image = Image.new("RGB", (SIDE, SIDE), ground)
    pen = ImageDraw.Draw(image)
    pen.ellipse((70, 70, 570, 570), fill=disc)
    SHAPES[shape](pen, detail)
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def _bag(pen: ImageDraw.ImageDraw, detail: tuple) -> None:
    pen.polygon([(220, 200), (420, 200), (445, 480), (195, 480)], fill=INK)
    pen.rectangle((220, 170, 420, 205), fill=detail)
    pen.ellipse((285, 300, 355, 400), fill=detail)
    pen.arc((300, 300, 380, 400), 100, 260, fill=INK, width=6)


def _box(pen: ImageDraw.ImageDraw, detail: tuple) -> None:
    pen.rectangle((180, 260, 460, 470), fill=INK)
    pen.rectangle((165, 210, 475, 265), fill=INK, outline=detail, width=6)
    pen.rectangle((300, 210, 340, 470), fill=detail)
    pen.arc((250, 140, 325, 215), 20, 340, fill=detail, width=14)
    pen.arc((315, 140, 390, 215), 200, 520, fill=detail, width=14)


def _cup(pen: ImageDraw.ImageDraw, detail: tuple) -> None:
    pen.ellipse((380, 260, 490, 400), outline=INK, width=26)
    pen.rounded_rectangle((195, 215, 420, 470), 36, fill=INK)
    pen.rectangle((195, 300, 420, 345), fill=detail)
    for left in (235, 300, 365):
        pen.arc((left, 130, left + 30, 200), 90, 270, fill=INK, width=9)


def _bottle(pen: ImageDraw.ImageDraw, detail: tuple) -> None:
    pen.rounded_rectangle((235, 240, 405, 490), 40, fill=INK)
    pen.rectangle((285, 150, 355, 250), fill=INK)
    pen.rectangle((275, 135, 365, 175), fill=detail)
    pen.rectangle((235, 320, 405, 410), fill=detail)


def _nuts(pen: ImageDraw.ImageDraw, detail: tuple) -> None:
    for left, top in ((180, 260), (330, 230), (250, 360), (400, 340), (300, 150)):
        pen.ellipse((left, top, left + 95, top + 120), fill=INK)
        pen.arc((left + 20, top + 12, left + 75, top + 108), 110, 250, fill=detail, width=9)


def _towel(pen: ImageDraw.ImageDraw, detail: tuple) -> None:
    pen.rounded_rectangle((190, 170, 450, 480), 22, fill=INK)
    for top in (220, 262, 392, 434):
        pen.rectangle((190, top, 450, top + 20), fill=detail)


def _cable(pen: ImageDraw.ImageDraw, detail: tuple) -> None:
    for inset in (0, 50, 100):
        pen.ellipse((170 + inset, 170 + inset, 470 - inset, 470 - inset), outline=INK, width=20)
    pen.rounded_rectangle((430, 420, 540, 470), 10, fill=detail)
    pen.rectangle((535, 430, 565, 460), fill=INK)


def _shirt(pen: ImageDraw.ImageDraw, detail: tuple) -> None:
    pen.polygon([(250, 170), (390, 170), (500, 240), (455, 315), (410, 290), (410, 490), (230, 490), (230, 290),
                 (185, 315), (140, 240)], fill=INK)
    pen.pieslice((275, 130, 365, 215), 0, 180, fill=detail)


def _card(pen: ImageDraw.ImageDraw, detail: tuple) -> None:
    pen.rounded_rectangle((150, 215, 490, 430), 26, fill=INK)
    pen.rectangle((150, 260, 490, 305), fill=detail)
    pen.polygon([(290, 335), (290, 405), (355, 370)], fill=detail)


SHAPES: dict[str, Callable[[ImageDraw.ImageDraw, tuple], None]] = {
    "bag": _bag, "box": _box, "cup": _cup, "bottle": _bottle, "nuts": _nuts, "towel": _towel, "cable": _cable,
    "shirt": _shirt, "card": _card,
}


def _colour(hue: int, saturation: float, value: float) -> tuple[int, int, int]:
    red, green, blue = colorsys.hsv_to_rgb(hue % 360 / 360, saturation, value)
    return round(red * 255), round(green * 255), round(blue * 255)
