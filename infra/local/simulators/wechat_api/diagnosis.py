"""What was refused and why: every errmsg's rid can be asked for; and WeChat's own addresses."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from urllib.parse import urlencode

from infra.local.simulators.wechat_api.simulator import OK, Call, Refused, Simulator

KEPT_S = 7 * 86400
LONGEST = 4096
RID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}")
SECRET = ("secret", "appsecret", "refresh_token")


@dataclass(frozen=True)
class Refusal:
    """One refused request: what came, from where, and how long it took. ``appid`` "" when nobody proved to be one."""

    rid: str
    appid: str
    path: str
    query: dict[str, str]
    raw: bytes
    client_ip: str
    cost_ms: int


def remember(sim: Simulator, refusal: Refusal, response: dict) -> None:
    """Keep it for seven days; secrets and all of a token but its beginning are left out."""
    query = {key: hide(key, value) for key, value in refusal.query.items()}
    body = refusal.raw[:LONGEST].decode("utf-8", "replace")
    body = re.sub(r'("(?:secret|appsecret)"\s*:\s*")[^"]*', r"\1***", body)
    now = sim.clock.now()
    with sim.database:
        sim.database.execute("DELETE FROM refusals WHERE at < ?", (now - KEPT_S,))
        sim.database.execute(
            "INSERT INTO refusals VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (refusal.rid, refusal.appid, now, refusal.cost_ms, refusal.path + ("?" + urlencode(query) if query else ""),
             body, json.dumps(response, ensure_ascii=False), refusal.client_ip),
        )  # fmt: skip


def hide(key: str, value: str) -> str:
    if key in SECRET:
        return "***"
    return value[:10] + "***" if key == "access_token" and value else value


def get_rid(sim: Simulator, call: Call) -> dict:
    """POST /cgi-bin/openapi/rid/get: 76002 no rid, 76001 unknown, 76003 another account's, 76004 older than a week."""
    rid = call.body.get("rid")
    if not isinstance(rid, str) or not RID.fullmatch(rid):
        raise Refused(76002, "rid is error")
    row = sim.database.execute("SELECT * FROM refusals WHERE rid = ?", (rid,)).fetchone()
    if row is None:
        raise Refused(76001, "rid not found")
    if row["appid"] not in ("", call.appid):
        raise Refused(76003, "could not query this rid for no permission")
    if sim.clock.now() - row["at"] > KEPT_S:
        raise Refused(76004, "rid time out")
    return OK | {
        "request": {
            "invoke_time": int(row["at"]),
            "cost_in_ms": row["cost_ms"],
            "request_url": row["url"],
            "request_body": row["body"],
            "response_body": row["response"],
            "client_ip": row["client_ip"],
        }
    }


def callback_addresses(_sim: Simulator, _call: Call) -> dict:
    """GET /cgi-bin/getcallbackip: from where messages are pushed; here this machine."""
    return {"ip_list": ["127.0.0.1"]}


def api_addresses(_sim: Simulator, _call: Call) -> dict:
    """GET /cgi-bin/get_api_domain_ip: where the interfaces answer."""
    return {"ip_list": ["127.0.0.1"]}
