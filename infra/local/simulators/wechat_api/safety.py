"""Safety: text security check (文本内容安全识别) and a person's risk rank (安全等级)."""

from __future__ import annotations

import secrets

from infra.local.simulators.wechat_api import people
from infra.local.simulators.wechat_api.simulator import OK, Call, Refused, Simulator

CONTENT_LIMIT = 2500
FIRST_LIMIT = 500 * 1024  # bytes, in the first version
LARGEST_PICTURE = 1024 * 1024
PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8")
TEXT_VISIT_S = 7200  # the writer must have been in the mini program within two hours
RISK_VISIT_S = 1800
PASS = {"suggest": "pass", "label": 100}


def check_text(sim: Simulator, call: Call) -> dict:
    """POST /wxa/msg_sec_check, version 2: judged by the words of words.json; risky outweighs review.

    Without a version it is the first one, which knows content only: 0, or 87014 for what is not let through.
    """
    body = call.body
    if "version" not in body:
        return judge_alone(sim, body.get("content"))
    if body.get("version") != 2:
        raise Refused(40097, "invalid args")
    if body.get("scene") not in (1, 2, 3, 4):
        raise Refused(40129, "invalid scene")
    if not isinstance(body.get("content"), str) or not body["content"]:
        raise Refused(44002, "empty post data")
    if len(body["content"]) > CONTENT_LIMIT:
        raise Refused(45002, "content size out of limit")
    people.require_recent_visit(sim, people.by_openid(sim, body.get("openid"), call.appid), TEXT_VISIT_S)
    text = "\n".join(str(body.get(part) or "") for part in ("content", "nickname", "title", "signature"))
    hits = [entry for entry in sim.words if entry["word"] in text]
    worst = max(hits, key=lambda entry: entry["suggest"] == "risky", default=PASS)
    return {
        "errcode": 0,
        "errmsg": "ok",
        "detail": [model_detail(worst), *(keyword_detail(entry) for entry in hits)],
        "trace_id": secrets.token_hex(16),
        "result": {"suggest": worst["suggest"], "label": worst["label"]},
    }


def judge_alone(sim: Simulator, content: object) -> dict:
    if not isinstance(content, str) or not content:
        raise Refused(44002, "empty post data")
    if len(content.encode()) > FIRST_LIMIT:
        raise Refused(45002, "content size out of limit")
    if any(entry["word"] in content and entry["suggest"] == "risky" for entry in sim.words):
        raise Refused(87014, "risky content")
    return OK


def check_image(sim: Simulator, call: Call) -> dict:
    """POST /wxa/img_sec_check, the first version: 87014 where the file's name has a risky word of words.json; 41005 no
    file, 40005 no picture, 40006 above a megabyte."""
    file = call.upload
    if file is None or not file.content:
        raise Refused(41005, "media data missing")
    if not file.content.startswith(PICTURES):
        raise Refused(40005, "invalid file type")
    if len(file.content) > LARGEST_PICTURE:
        raise Refused(40006, "invalid media size")
    return judge_alone(sim, file.name or "picture")


def model_detail(worst: dict) -> dict:
    return {"strategy": "content_model", "errcode": 0, "suggest": worst["suggest"], "label": worst["label"], "prob": 90}


def keyword_detail(entry: dict) -> dict:
    return {
        "strategy": "keyword",
        "errcode": 0,
        "suggest": entry["suggest"],
        "label": entry["label"],
        "level": 90 if entry["suggest"] == "risky" else 20,
        "keyword": entry["word"],
    }


def get_risk_rank(sim: Simulator, call: Call) -> dict:
    """POST /wxa/getuserriskrank: 0 (none) to 4, as set by ``POST /_sim/risk``; 61010 after half an hour away."""
    body = call.body
    if body.get("appid") != call.appid:
        raise Refused(40013, "invalid appid")
    person = people.by_openid(sim, body.get("openid"), call.appid)
    if body.get("scene") not in (0, 1) or not body.get("client_ip"):
        raise Refused(40097, "invalid args")
    people.require_recent_visit(sim, person, RISK_VISIT_S)
    return {
        "errcode": 0,
        "errmsg": "getuserriskrank succ",
        "risk_rank": person["risk_rank"],
        "unoin_id": secrets.randbelow(10**12),
    }


def set_risk_rank(sim: Simulator, openid: object, rank: int) -> None:
    person = people.by_openid(sim, openid)
    with sim.database:
        sim.database.execute("UPDATE people SET risk_rank = ? WHERE name = ?", (rank, person["name"]))
