"""Checks of pictures and sound (音视频内容安全识别): asked for now, judged later, the verdict pushed to the account."""

from __future__ import annotations

import asyncio
import json
import secrets
from urllib.parse import unquote, urlsplit

from infra.local.simulators.wechat_api import people
from infra.local.simulators.wechat_api.safety import PASS, TEXT_VISIT_S
from infra.local.simulators.wechat_api.simulator import OK, Call, Refused, Simulator

AFTER_S = 5  # the real one takes up to half an hour; scaled by time_scale
LOOK_S = 0.5
NOBODY = "oSimMediaCheckOfNobody000000"  # the sender of a verdict of the first version
NOT_FETCHED = 4294966288  # status_code: -1008, the address could not be had


def check_media(sim: Simulator, call: Call) -> dict:
    """POST /wxa/media_check_async, version 2: the verdict comes as the event wxa_media_check. Without a version it is
    the first one, which names no person and whose event says risky or not.

    40097 an argument, 40129 the scene, 40003 and 61010 the person. The file is not fetched: its address is judged by
    the fragments told to ``POST /_sim/media_verdicts``, then by words.json.
    """
    body = call.body
    url, parts = body.get("media_url"), urlsplit(str(body.get("media_url")))
    first = "version" not in body
    if not first and body.get("version") != 2 or body.get("media_type") not in (1, 2) or not isinstance(url, str):
        raise Refused(40097, "invalid args")
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise Refused(40097, "invalid args")
    openid = NOBODY if first else writer(sim, call)
    trace_id, due_at = secrets.token_hex(16), sim.clock.now() + sim.wait(AFTER_S)
    with sim.database:
        sim.database.execute(
            "INSERT INTO media_checks VALUES (?, ?, ?, ?, NULL, ?)",
            (trace_id, call.appid, openid, due_at, json.dumps({**judge(sim, url), "first": first})),
        )
    return OK | {"trace_id": trace_id}


def writer(sim: Simulator, call: Call) -> str:
    """Who put it there, lately in the mini program."""
    if call.body.get("scene") not in (1, 2, 3, 4):
        raise Refused(40129, "invalid scene")
    person = people.by_openid(sim, call.body.get("openid"), call.appid)
    people.require_recent_visit(sim, person, TEXT_VISIT_S)
    return person["account_openid"]


def judge(sim: Simulator, url: str) -> dict:
    """{"suggest", "label", "errcode"} of an address."""
    readable = unquote(url)
    for row in sim.database.execute("SELECT * FROM media_verdicts ORDER BY rowid DESC"):
        if row["fragment"] in readable:
            return {"suggest": row["suggest"], "label": row["label"], "errcode": row["errcode"]}
    hits = [entry for entry in sim.words if entry["word"] in readable]
    worst = max(hits, key=lambda entry: entry["suggest"] == "risky", default=PASS)
    return {"suggest": worst["suggest"], "label": worst["label"], "errcode": 0}


def tell_verdict(sim: Simulator, fragment: str, suggest: str, label: int, errcode: int) -> None:
    """From now on an address that contains the fragment is judged so; an errcode is "could not be judged"."""
    with sim.database:
        sim.database.execute(
            "INSERT OR REPLACE INTO media_verdicts VALUES (?, ?, ?, ?)", (fragment, suggest, label, errcode)
        )


def push_due(sim: Simulator) -> int:
    """Push every verdict whose time has come, each once. Returns how many."""
    rows = sim.database.execute(
        "SELECT * FROM media_checks WHERE pushed_at IS NULL AND due_at <= ? ORDER BY due_at", (sim.clock.now(),)
    ).fetchall()
    for row in rows:
        with sim.database:
            sim.database.execute(
                "UPDATE media_checks SET pushed_at = ? WHERE trace_id = ?", (sim.clock.now(), row["trace_id"])
            )
        sim.tell_event(row["appid"], row["openid"], "wxa_media_check", **as_event(row, json.loads(row["verdict"])))
    return len(rows)


def as_event(row, verdict: dict) -> dict:
    if verdict.get("first"):
        return {
            "isrisky": int(verdict["suggest"] == "risky"),
            "extra_info_json": "",
            "appid": row["appid"],
            "trace_id": row["trace_id"],
            "status_code": NOT_FETCHED if verdict["errcode"] else 0,
        }
    detail = {"strategy": "content_model", "errcode": verdict["errcode"]}
    if not verdict["errcode"]:
        detail |= {"suggest": verdict["suggest"], "label": verdict["label"], "prob": 90}
    return {
        "appid": row["appid"],
        "trace_id": row["trace_id"],
        "version": 2,
        "detail": [detail],
        "errcode": verdict["errcode"],
        "errmsg": "ok" if not verdict["errcode"] else "download media failed",
        "result": {"suggest": verdict["suggest"], "label": verdict["label"]},
    }


async def keep_pushing(sim: Simulator) -> None:
    """For ever; cancel it to stop."""
    while True:
        push_due(sim)
        await asyncio.sleep(LOOK_S)


def list_checks(sim: Simulator) -> list[dict]:
    """Every check, the newest first."""
    rows = sim.database.execute("SELECT * FROM media_checks ORDER BY rowid DESC LIMIT 200")
    return [{**dict(row), "verdict": json.loads(row["verdict"])} for row in rows]
