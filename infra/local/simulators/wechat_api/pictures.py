"""Mini-program codes (小程序码): a round picture with a scannable matrix in its middle, or a square one."""

from __future__ import annotations

import io
import re
from urllib.parse import urlencode

import segno
from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo
from starlette.responses import Response

from infra.local.simulators.wechat_api.database import read_setting
from infra.local.simulators.wechat_api.messages import check_page
from infra.local.simulators.wechat_api.simulator import Call, Refused, Simulator

SCENE = re.compile(r"[A-Za-z0-9!#$&'()*+,/:;=?@\-._~]{1,32}")
VERSIONS = ("release", "trial", "develop")
WIDTHS = range(280, 1281)
LONGEST_PATH = 1024  # bytes
MOST_LIMITED = 100_000
BLACK = {"r": 0, "g": 0, "b": 0}
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
    version = read_version(body)
    return as_round_picture(call, {"page": page, "scene": scene, "env_version": version})


def get_code(sim: Simulator, call: Call) -> Response:
    """POST /wxa/getwxacode: a round code of a path with its query; 40159 path, 41030 page, 40097 another argument,
    45029 when the account has had 100,000 of these and of createwxaqrcode."""
    path, version = read_path(sim, call.body), read_version(call.body)
    content = {"path": path, "env_version": version}
    read_width(call.body), read_colour(call.body.get("line_color") or BLACK)
    take_one(sim, call.appid, f"{version}:{path}", "wxacode")
    return as_round_picture(call, content)


def create_qr_code(sim: Simulator, call: Call) -> Response:
    """POST /cgi-bin/wxaapp/createwxaqrcode: a square code of a path with its query; refused as getwxacode is."""
    path, width = read_path(sim, call.body), read_width(call.body)
    take_one(sim, call.appid, path, "wxaqrcode")
    content = f"wxacode:{call.appid}?" + urlencode({"path": path})
    return Response(draw_square(content, width), media_type="image/png")


def as_round_picture(call: Call, asked: dict[str, str]) -> Response:
    width, line = read_width(call.body), read_colour(call.body.get("line_color") or BLACK)
    content = f"wxacode:{call.appid}?" + urlencode(asked)
    return Response(draw(content, width, line, bool(call.body.get("is_hyaline"))), media_type="image/png")


def read_version(body: dict) -> str:
    version = body.get("env_version", "release")
    if version not in VERSIONS:
        raise Refused(40097, "invalid args")
    return version


def read_width(body: dict) -> int:
    width = body.get("width", 430)
    if isinstance(width, bool) or width not in WIDTHS:
        raise Refused(40097, "invalid args")
    return width


def read_path(sim: Simulator, body: dict) -> str:
    path = body.get("path")
    if not isinstance(path, str) or not 0 < len(path.encode()) <= LONGEST_PATH:
        raise Refused(40159, "invalid length for path, or the data is not json string")
    check_page(sim, path)
    return path


def take_one(sim: Simulator, appid: str, path: str, kind: str) -> None:
    """One of the codes that an account can have a limited number of; the same one again counts once."""
    counted = sim.database.execute(
        "SELECT count(*) AS n, coalesce(sum(path = ? AND kind = ?), 0) AS known FROM limited_codes WHERE appid = ?",
        (path, kind, appid),
    ).fetchone()
    told = read_setting(sim.database, "most_limited_codes", MOST_LIMITED)
    if not counted["known"] and counted["n"] >= told:
        raise Refused(45029, "qrcode count out of limit")
    with sim.database:
        sim.database.execute("INSERT OR IGNORE INTO limited_codes VALUES (?, ?, ?)", (appid, path, kind))


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


def draw_square(content: str, width: int) -> bytes:
    """A QR code with its quiet zone, ``width`` pixels wide, as PNG bytes."""
    matrix = segno.make(content, error="m", micro=False).matrix
    border = 4
    side = len(matrix) + 2 * border
    picture = Image.new("L", (side, side), 255)
    for row, modules in enumerate(matrix):
        for column, dark in enumerate(modules):
            if dark:
                picture.putpixel((column + border, row + border), 0)
    notes, out = PngInfo(), io.BytesIO()
    notes.add_text("wxacode", content)
    picture.resize((width, width), Image.Resampling.NEAREST).save(out, "PNG", pnginfo=notes)
    return out.getvalue()
