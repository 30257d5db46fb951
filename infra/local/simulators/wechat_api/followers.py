"""Who follows a service account (关注公众号): told by the people's own hands, read by the server."""

from __future__ import annotations

from infra.local.simulators.wechat_api import people
from infra.local.simulators.wechat_api.simulator import OK, Call, Refused, Simulator

PAGE = 10000
MOST_AT_ONCE = 100
LONGEST_REMARK = 30
SCENES = (
    "ADD_SCENE_SEARCH", "ADD_SCENE_ACCOUNT_MIGRATION", "ADD_SCENE_PROFILE_CARD", "ADD_SCENE_QR_CODE",
    "ADD_SCENE_PROFILE_LINK", "ADD_SCENE_PROFILE_ITEM", "ADD_SCENE_PAID", "ADD_SCENE_WECHAT_ADVERTISEMENT",
    "ADD_SCENE_REPRINT", "ADD_SCENE_LIVESTREAM", "ADD_SCENE_CHANNELS", "ADD_SCENE_WXA", "ADD_SCENE_OTHERS",
)  # fmt: skip


def get_user(sim: Simulator, call: Call) -> dict:
    """GET /cgi-bin/user/info: one person; ``subscribe`` 0 and nothing else of those who do not follow."""
    return describe(sim, call.query.get("openid"), call.appid, call.query.get("lang", "zh_CN"))


def get_users(sim: Simulator, call: Call) -> dict:
    """POST /cgi-bin/user/info/batchget: up to a hundred people; one that nobody has refuses them all (40003)."""
    asked = call.body.get("user_list")
    if not isinstance(asked, list) or not 0 < len(asked) <= MOST_AT_ONCE:
        raise Refused(40032, "invalid openid list size")
    return {"user_info_list": [describe(sim, *one_of(entry, call.appid)) for entry in asked]}


def one_of(entry: object, appid: str) -> tuple[object, str, str]:
    given = entry if isinstance(entry, dict) else {}
    return given.get("openid"), appid, given.get("lang") or "zh_CN"


def list_openids(sim: Simulator, call: Call) -> dict:
    """GET /cgi-bin/user/get: who follows, the earliest first, ten thousand at a time after ``next_openid``."""
    rows = sim.database.execute(
        "SELECT openid FROM followers WHERE appid = ? AND follows ORDER BY since, openid", (call.appid,)
    ).fetchall()
    openids, after = [row["openid"] for row in rows], call.query.get("next_openid") or ""
    if after and after not in openids:
        raise Refused(40003, "invalid openid")
    page = openids[openids.index(after) + 1 if after else 0 :][:PAGE]
    answer = {"total": len(openids), "count": len(page), "next_openid": page[-1] if page else ""}
    return answer | ({"data": {"openid": page}} if page else {})


def set_remark(sim: Simulator, call: Call) -> dict:
    """POST /cgi-bin/user/info/updateremark: the account's own word for a follower, under 30 characters."""
    openid, remark = call.body.get("openid"), call.body.get("remark")
    people.by_openid(sim, openid, call.appid)
    if not isinstance(remark, str) or len(remark) >= LONGEST_REMARK:
        raise Refused(40013 if remark is None else 45006, "remark size out of limit")
    require_follower(sim, openid)
    with sim.database:
        sim.database.execute("UPDATE followers SET remark = ? WHERE openid = ?", (remark, openid))
    return OK


def describe(sim: Simulator, openid: object, appid: str, language: str) -> dict:
    person = people.by_openid(sim, openid, appid)
    row = find(sim, person["account_openid"])
    if row is None or not row["follows"]:
        return {"subscribe": 0, "openid": person["account_openid"], "tagid_list": []}
    return {
        "subscribe": 1,
        "openid": row["openid"],
        "language": language,
        "subscribe_time": int(row["since"]),
        "unionid": person["unionid"],
        "remark": row["remark"],
        "groupid": 0,
        "tagid_list": tagids(sim, appid, row["openid"]),
        "subscribe_scene": row["scene"],
        "qr_scene": row["qr_scene"],
        "qr_scene_str": row["qr_scene_str"],
    }


def tagids(sim: Simulator, appid: str, openid: str) -> list[int]:
    rows = sim.database.execute("SELECT tag_id FROM tagged WHERE appid = ? AND openid = ? ORDER BY tag_id",
                                (appid, openid))
    return [row["tag_id"] for row in rows]


def find(sim: Simulator, openid: str):
    return sim.database.execute("SELECT * FROM followers WHERE openid = ?", (openid,)).fetchone()


def require_follower(sim: Simulator, openid: object):
    """The follower's row; 43004 when the person does not follow."""
    row = find(sim, str(openid))
    if row is None or not row["follows"]:
        raise Refused(43004, "require subscribe")
    return row


def follow(sim: Simulator, appid: str, name: str, *, scene: str, qr: dict | None = None, ticket: str = "") -> str:
    """The person follows; the account is told (subscribe). A follower who follows again changes nothing. ``qr``: the
    scene of a code, {"scene_id": n} or {"scene_str": text}. Returns the openid."""
    openid, qr = people.openid_of(appid, name), qr or {}
    row = find(sim, openid)
    if row is not None and row["follows"]:
        return openid
    with sim.database:
        sim.database.execute(
            "INSERT INTO followers (openid, appid, follows, since, scene, qr_scene, qr_scene_str)"
            " VALUES (?, ?, 1, ?, ?, ?, ?) ON CONFLICT (openid) DO UPDATE SET follows = 1, since = excluded.since,"
            " scene = excluded.scene, qr_scene = excluded.qr_scene, qr_scene_str = excluded.qr_scene_str",
            (openid, appid, sim.clock.now(), scene, qr.get("scene_id", 0), qr.get("scene_str", "")),
        )
    key = "qrscene_" + str(qr.get("scene_str") or qr["scene_id"]) if qr else ""
    sim.tell_event(appid, openid, "subscribe", EventKey=key, **({"Ticket": ticket} if ticket else {}))
    return openid


def unfollow(sim: Simulator, appid: str, name: str) -> str:
    """The person ends it; the account is told (unsubscribe). The time of following is forgotten with the next one."""
    openid = people.openid_of(appid, name)
    with sim.database:
        changed = sim.database.execute("UPDATE followers SET follows = 0 WHERE openid = ? AND follows", (openid,))
    if changed.rowcount:
        sim.tell_event(appid, openid, "unsubscribe", EventKey="")
    return openid


def set_blocks(sim: Simulator, openid: str, blocks: bool) -> None:
    """Whether the person lets no template message of this account through."""
    with sim.database:
        sim.database.execute("UPDATE followers SET blocks = ? WHERE openid = ?", (blocks, openid))
