"""Temporary media (临时素材): what a customer message shows, kept for three days."""

from __future__ import annotations

import secrets

from starlette.responses import Response

from infra.local.simulators.wechat_api.account import MINI
from infra.local.simulators.wechat_api.simulator import Call, Refused, Simulator

KEPT_S = 3 * 86400
MEGABYTE = 1024 * 1024
TYPES = {
    "image": (10 * MEGABYTE, ("png", "jpg", "jpeg", "gif", "bmp")),
    "voice": (2 * MEGABYTE, ("amr", "mp3")),
    "video": (10 * MEGABYTE, ("mp4",)),
    "thumb": (64 * 1024, ("jpg", "jpeg")),
}


def upload(sim: Simulator, call: Call) -> dict:
    """POST /cgi-bin/media/upload: 40004 the type (a mini program has images only), 41005 no file, 40005 the file's
    ending, 40006 too large."""
    kind, file = call.query.get("type"), call.upload
    if kind not in TYPES or (kind != "image" and call.account.kind == MINI):
        raise Refused(40004, "invalid media type")
    if file is None or not file.content:
        raise Refused(41005, "media data missing")
    largest, endings = TYPES[kind]
    if file.name.rpartition(".")[2].lower() not in endings:
        raise Refused(40005, "invalid file type")
    if len(file.content) > largest:
        raise Refused(40006, "invalid media size")
    media_id, now = secrets.token_urlsafe(48), sim.clock.now()
    with sim.database:
        sim.database.execute(
            "INSERT INTO media VALUES (?, ?, ?, ?, ?, ?, ?)",
            (media_id, call.appid, kind, file.name, file.content_type, file.content, now),
        )
    return {"type": kind, "media_id": media_id, "created_at": int(now)}


def get(sim: Simulator, call: Call) -> Response:
    """GET /cgi-bin/media/get: the file's bytes; 40007 unknown or older than three days."""
    row = find(sim, call.appid, call.query.get("media_id"))
    return Response(
        row["content"],
        media_type=row["content_type"],
        headers={"Content-Disposition": f'attachment; filename="{row["media_id"]}.{row["name"].rpartition(".")[2]}"'},
    )


def find(sim: Simulator, appid: str, media_id: object):
    row = sim.database.execute(
        "SELECT * FROM media WHERE media_id = ? AND appid = ?", (str(media_id), appid)
    ).fetchone()
    if row is None or sim.clock.now() - row["created_at"] > KEPT_S:
        raise Refused(40007, "invalid media_id")
    return row
