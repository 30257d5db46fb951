"""Codes with a scene that lead to a service account (带参数二维码): made by the server, scanned by people."""

from __future__ import annotations

import secrets

from starlette.requests import Request
from starlette.responses import Response

from infra.local.simulators.wechat_api import customer, followers, people
from infra.local.simulators.wechat_api.bodies import BadControl
from infra.local.simulators.wechat_api.pictures import draw_square
from infra.local.simulators.wechat_api.simulator import Call, Refused, Simulator

NUMBERS = {"QR_SCENE": range(1, 2**32), "QR_LIMIT_SCENE": range(1, 100_001)}
TEXTS = ("QR_STR_SCENE", "QR_LIMIT_STR_SCENE")
LASTING = ("QR_LIMIT_SCENE", "QR_LIMIT_STR_SCENE")
LONGEST_SCENE = 64
LONGEST_S, SHORTEST_S = 2_592_000, 60
MOST_LASTING = 100_000


def create(sim: Simulator, call: Call) -> dict:
    """POST /cgi-bin/qrcode/create: 40052 the kind, 40053 the scene, 45029 more than 100,000 that last.

    A code lives ``expire_seconds`` (60 when unsaid, thirty days at most) or, of the LIMIT kinds, for ever.
    """
    name = call.body.get("action_name")
    if name not in NUMBERS and name not in TEXTS:
        raise Refused(40052, "invalid action name")
    scene = read_scene(name, call.body.get("action_info"))
    seconds = call.body.get("expire_seconds", SHORTEST_S)
    if isinstance(seconds, bool) or not isinstance(seconds, int):
        raise Refused(40097, "invalid args")
    seconds = min(max(seconds, 1), LONGEST_S)
    if name in LASTING and count_lasting(sim, call.appid) >= MOST_LASTING:
        raise Refused(45029, "qrcode count out of limit")
    ticket, url = "gQ" + secrets.token_urlsafe(70), "http://weixin.qq.com/q/" + secrets.token_urlsafe(16)
    expires_at = None if name in LASTING else sim.clock.now() + seconds
    with sim.database:
        sim.database.execute(
            "INSERT INTO scene_codes VALUES (?, ?, ?, ?, ?, ?)", (ticket, call.appid, name, str(scene), url, expires_at)
        )
    return {"ticket": ticket, **({} if name in LASTING else {"expire_seconds": seconds}), "url": url}


def read_scene(name: str, info: object) -> int | str:
    scene = info.get("scene") if isinstance(info, dict) else None
    given = scene.get("scene_str" if name in TEXTS else "scene_id") if isinstance(scene, dict) else None
    if name in TEXTS:
        good = isinstance(given, str) and 0 < len(given) <= LONGEST_SCENE
    else:
        good = isinstance(given, int) and not isinstance(given, bool) and given in NUMBERS[name]
    if not good:
        raise Refused(40053, "invalid action info")
    return given


def count_lasting(sim: Simulator, appid: str) -> int:
    row = sim.database.execute(
        "SELECT count(*) AS n FROM scene_codes WHERE appid = ? AND expires_at IS NULL", (appid,)
    ).fetchone()
    return row["n"]


def show(sim: Simulator, request: Request) -> Response:
    """GET /cgi-bin/showqrcode?ticket=: the picture (of mp.weixin.qq.com), 404 for what is no ticket."""
    row = find(sim, request.query_params.get("ticket"))
    return Response(draw_square(row["url"], 430), media_type="image/png") if row else Response(status_code=404)


def find(sim: Simulator, ticket: str | None):
    return sim.database.execute("SELECT * FROM scene_codes WHERE ticket = ?", (ticket,)).fetchone()


def scan(sim: Simulator, ticket: str, name: str) -> dict:
    """The person scans the code: who does not follow yet follows by it, who does is told of as SCAN.
    Raises BadControl for a code that is unknown or over, which a phone would show as a page."""
    row = find(sim, ticket)
    if row is None or (row["expires_at"] is not None and row["expires_at"] <= sim.clock.now()):
        raise BadControl("the code is unknown or has expired")
    people.meet(sim, name)
    appid, openid = row["appid"], people.openid_of(row["appid"], name)
    known = followers.find(sim, openid)
    if known is not None and known["follows"]:
        customer.open_window(sim, openid, customer.SCAN)
        sim.tell_event(appid, openid, "SCAN", EventKey=row["scene"], Ticket=ticket)
        return {"openid": openid, "event": "SCAN"}
    qr = {"scene_str": row["scene"]} if row["action_name"] in TEXTS else {"scene_id": int(row["scene"])}
    customer.open_window(sim, openid, customer.FOLLOW)
    followers.follow(sim, appid, name, scene="ADD_SCENE_QR_CODE", qr=qr, ticket=ticket)
    return {"openid": openid, "event": "subscribe"}
