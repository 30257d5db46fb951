"""Tickets for what runs in a page of WeChat's (JS-SDK, 卡券): one for two hours, the same to all who ask."""

from __future__ import annotations

import secrets

from infra.local.simulators.wechat_api.simulator import OK, Call, Refused, Simulator

TYPES = ("jsapi", "wx_card")
LIFE_S = 7200


def get_ticket(sim: Simulator, call: Call) -> dict:
    """GET /cgi-bin/ticket/getticket: the living ticket of this type, or a new one; 40097 another type."""
    kind, now = call.query.get("type"), sim.clock.now()
    if kind not in TYPES:
        raise Refused(40097, "invalid args")
    row = sim.database.execute(
        "SELECT * FROM tickets WHERE appid = ? AND type = ? AND expires_at > ? ORDER BY expires_at DESC LIMIT 1",
        (call.appid, kind, now),
    ).fetchone()
    ticket, expires_at = (row["ticket"], row["expires_at"]) if row else (new_ticket(), now + LIFE_S)
    if row is None:
        with sim.database:
            sim.database.execute("INSERT INTO tickets VALUES (?, ?, ?, ?)", (ticket, call.appid, kind, expires_at))
    return OK | {"ticket": ticket, "expires_in": round(expires_at - now)}


def new_ticket() -> str:
    return "sM4AOVdWfPE4DxkXGEs8V" + secrets.token_urlsafe(48)
