"""Mini-program codes (小程序码): a round picture with a scannable matrix in its middle."""

from __future__ import annotations

import io
import re
from urllib.parse import urlencode

import segno
from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo
from starlette.responses import Response

from infra.local.simulators.wechat_api.messages import check_page
from infra.local.simulators.wechat_api.simulator import Call, Refused, Simulator

SCENE = re.compile(r"[A-Za-z0-9!#$&'()*+,/:;=?@\-._~]{1,32}")
VERSIONS = ("release", "trial", "develop")
WIDTHS = range(280, 1281)
FINE = 2  # drawn twice as large and shrunk, for smooth dots


def get_unlimited_code(sim: Simulator, call: Call) -> Response:
    """POST /wxa/getwxacodeunlimit: the PNG itself; 40169 scene, 41030 page, 40097 another argument.

    The matrix is a QR code of ``wxacode:APPID?page=..&scene=..&env_version=..``, which the PNG's
    text field ``wxacode`` repeats, so that people and tests can read what was asked for.
    """
    body = call.body
    scene, page = body.get("scene"), body.get("page") or ""
    if not isinstance(scene, str) or not SCENE.fullmatch(scene):
        raise Refused(40169, "invalid length for scene, or the data is not json string")
    if page:
        check_page(sim, page, query_allowed=False)
    version, width = body.get("env_version", "release"), body.get("width", 430)
    if version not in VERSIONS or isinstance(width, bool) or width not in WIDTHS:
        raise Refused(40097, "invalid args")
    line = read_colour(body.get("line_color") or {"r": 0, "g": 0, "b": 0})
    content = f"wxacode:{sim.account['appid']}?" + urlencode({"page": page, "scene": scene, "env_version": version})
    return Response(draw(content, width, line, bool(body.get("is_hyaline"))), media_type="image/png")


def read_colour(given: object) -> tuple[int, int, int]:
    try:
        colour = tuple(int(given[part]) for part in "rgb")
    except (KeyError, TypeError, ValueError):
        raise Refused(40097, "invalid args") from None
    if any(part not in range(256) for part in colour):
        raise Refused(40097, "invalid args")
    return colour


def draw(content: str, width: int, line: tuple[int, int, int], transparent: bool) -> bytes:
    """A ring of ``width`` pixels around a matrix of round dots, as PNG bytes."""
    size = width * FINE
    picture = Image.new("RGBA", (size, size), (255, 255, 255, 0 if transparent else 255))
    pen = ImageDraw.Draw(picture)
    pen.ellipse((FINE, FINE, size - FINE, size - FINE), outline=line, width=size // 90)
    matrix = segno.make(content, error="m", micro=False).matrix
    dot = size * 0.66 / len(matrix)
    start = (size - dot * len(matrix)) / 2
    for row, modules in enumerate(matrix):
        for column, dark in enumerate(modules):
            if dark:
                left, top = start + column * dot, start + row * dot
                pen.ellipse((left, top, left + dot, top + dot), fill=line)
    notes, out = PngInfo(), io.BytesIO()
    notes.add_text("wxacode", content)
    picture.resize((width, width), Image.Resampling.LANCZOS).save(out, "PNG", pnginfo=notes)
    return out.getvalue()
