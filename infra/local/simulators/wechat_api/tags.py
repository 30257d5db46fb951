"""Tags that a service account gives its followers (用户标签): made, given, taken back, and who has which."""

from __future__ import annotations

from infra.local.simulators.wechat_api import followers, people
from infra.local.simulators.wechat_api.simulator import OK, Call, Refused, Simulator

FIRST_OWN = 100  # those below are WeChat's own: 0, 1 and 2
STAR = {"id": 2, "name": "星标组"}
MOST_TAGS, LONGEST_NAME = 100, 30  # bytes
MOST_AT_ONCE, MOST_OF_ONE = 50, 20
PAGE = 10_000


def create(sim: Simulator, call: Call) -> dict:
    """POST /cgi-bin/tags/create: 45157 the name is taken or none, 45158 above 30 bytes, 45056 above a hundred."""
    name = check_name(sim, call)
    if len(own_tags(sim, call.appid)) >= MOST_TAGS:
        raise Refused(45056, "too many tags")
    with sim.database:
        last = sim.database.execute("SELECT MAX(id) AS id FROM tags WHERE appid = ?", (call.appid,)).fetchone()["id"]
        tag_id = FIRST_OWN if last is None else last + 1
        sim.database.execute("INSERT INTO tags VALUES (?, ?, ?)", (call.appid, tag_id, name))
    return {"tag": {"id": tag_id, "name": name}}


def list_tags(sim: Simulator, call: Call) -> dict:
    """GET /cgi-bin/tags/get: each with the number of followers who have it."""
    own = [{"id": row["id"], "name": row["name"]} for row in own_tags(sim, call.appid)]
    return {"tags": [{**tag, "count": len(tagged(sim, call.appid, tag["id"]))} for tag in (STAR, *own)]}


def rename(sim: Simulator, call: Call) -> dict:
    """POST /cgi-bin/tags/update: 45058 WeChat's own, 45159 unknown, 45157, 45158."""
    tag_id, name = own_tag(sim, call, given(call).get("id")), check_name(sim, call)
    with sim.database:
        sim.database.execute("UPDATE tags SET name = ? WHERE appid = ? AND id = ?", (name, call.appid, tag_id))
    return OK


def delete(sim: Simulator, call: Call) -> dict:
    """POST /cgi-bin/tags/delete: 45058, 45159; whoever had it has it no longer."""
    tag_id = own_tag(sim, call, given(call).get("id"))
    with sim.database:
        for table, column in (("tags", "id"), ("tagged", "tag_id")):
            sim.database.execute(f"DELETE FROM {table} WHERE appid = ? AND {column} = ?", (call.appid, tag_id))
    return OK


def list_people(sim: Simulator, call: Call) -> dict:
    """POST /cgi-bin/user/tag/get: who has the tag, ten thousand at a time after ``next_openid``; 45159, 40003."""
    openids, after = tagged(sim, call.appid, known_tag(sim, call)), call.body.get("next_openid") or ""
    if after and after not in openids:
        raise Refused(40003, "invalid openid")
    page = openids[openids.index(after) + 1 if after else 0 :][:PAGE]
    answer = {"count": len(page), "next_openid": page[-1] if page else ""}
    return answer | ({"data": {"openid": page}} if page else {})


def give(sim: Simulator, call: Call) -> dict:
    """POST /cgi-bin/tags/members/batchtagging, to all or to none: 40032 more than fifty, 45159, 40003, 43004 follows
    not, 45059 has twenty already."""
    tag_id, openids = known_tag(sim, call), asked_of(sim, call)
    for openid in openids:
        others = set(followers.tagids(sim, call.appid, openid)) - {tag_id}
        if len(others) >= MOST_OF_ONE:
            raise Refused(45059, "has too many tags")
    with sim.database:
        sim.database.executemany("INSERT OR IGNORE INTO tagged VALUES (?, ?, ?)",
                                 [(call.appid, tag_id, openid) for openid in openids])
    return OK


def take_back(sim: Simulator, call: Call) -> dict:
    """POST /cgi-bin/tags/members/batchuntagging: 40032, 45159, 40003, 43004."""
    tag_id, openids = known_tag(sim, call), asked_of(sim, call)
    with sim.database:
        sim.database.executemany("DELETE FROM tagged WHERE appid = ? AND tag_id = ? AND openid = ?",
                                 [(call.appid, tag_id, openid) for openid in openids])
    return OK


def list_of_person(sim: Simulator, call: Call) -> dict:
    """POST /cgi-bin/tags/getidlist: 40003."""
    person = people.by_openid(sim, call.body.get("openid"), call.appid)
    return {"tagid_list": followers.tagids(sim, call.appid, person["account_openid"])}


def tagged(sim: Simulator, appid: str, tag_id: int) -> list[str]:
    """Those who still follow."""
    rows = sim.database.execute(
        "SELECT openid FROM tagged JOIN followers USING (appid, openid) WHERE appid = ? AND tag_id = ? AND follows"
        " ORDER BY openid", (appid, tag_id))
    return [row["openid"] for row in rows]


def own_tags(sim: Simulator, appid: str) -> list:
    return sim.database.execute("SELECT * FROM tags WHERE appid = ? ORDER BY id", (appid,)).fetchall()


def given(call: Call) -> dict:
    return call.body["tag"] if isinstance(call.body.get("tag"), dict) else {}


def check_name(sim: Simulator, call: Call) -> str:
    name = given(call).get("name")
    others = {row["name"] for row in own_tags(sim, call.appid) if row["id"] != given(call).get("id")}
    if not isinstance(name, str) or not name or name in others | {STAR["name"]}:
        raise Refused(45157, "invalid tag name")
    if len(name.encode()) > LONGEST_NAME:
        raise Refused(45158, "tag name too long")
    return name


def own_tag(sim: Simulator, call: Call, tag_id: object) -> int:
    if tag_id in (0, 1, 2) and not isinstance(tag_id, bool):
        raise Refused(45058, "can't modify sys tag")
    return require_tag(sim, call, tag_id)


def known_tag(sim: Simulator, call: Call) -> int:
    tag_id = call.body.get("tagid")
    return STAR["id"] if tag_id == STAR["id"] else require_tag(sim, call, tag_id)


def require_tag(sim: Simulator, call: Call, tag_id: object) -> int:
    found = next((row["id"] for row in own_tags(sim, call.appid) if row["id"] == tag_id), None)
    if found is None:
        raise Refused(45159, "invalid tag id")
    return found


def asked_of(sim: Simulator, call: Call) -> list[str]:
    openids = call.body.get("openid_list")
    if not isinstance(openids, list) or not 0 < len(openids) <= MOST_AT_ONCE:
        raise Refused(40032, "invalid openid list size")
    for openid in openids:
        people.by_openid(sim, openid, call.appid)
        followers.require_follower(sim, openid)
    return openids
