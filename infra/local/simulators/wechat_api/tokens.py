"""Access tokens (接口调用凭据): issued by stable_token, asked for by every other server interface."""

from __future__ import annotations

import secrets

from infra.local.simulators.wechat_api.sign_in import check_app
from infra.local.simulators.wechat_api.simulator import Call, Refused, Simulator

LIFE_S = 7200
OVERLAP_S = 300  # in its last five minutes a token is succeeded; until it ends, old and new are good
FORCED_A_DAY = 20
FORCED_APART_S = 30
DAY_S = 86400
INVALID = "invalid credential, access_token is invalid or not latest, could get access_token by getStableAccessToken"
QUOTA_TEXTS = {
    45009: "reach max api daily quota limit",
    45011: "api minute-quota reach limit  mustslower  retry next minute",
}


def stable_token(sim: Simulator, call: Call) -> dict:
    """POST /cgi-bin/stable_token: the current token, or with force_refresh a new one that ends the old."""
    if call.body.get("grant_type") != "client_credential":
        raise Refused(40002, "invalid grant_type")
    check_app(sim, call.body, "appid", "secret", "mini")
    if call.body.get("force_refresh"):
        return issue_by_force(sim)
    current = current_token(sim)
    if current and current["expires_at"] - sim.clock.now() > OVERLAP_S:
        return as_answer(sim, current["token"], current["expires_at"])
    return issue(sim, forced=False)


def check_token(sim: Simulator, token: str | None) -> None:
    """41001 missing, 40001 unknown or ended by force, 42001 expired."""
    if not token:
        raise Refused(41001, "access_token missing")
    row = sim.database.execute("SELECT * FROM tokens WHERE token = ?", (token,)).fetchone()
    if row is None or row["revoked_at"] is not None:
        raise Refused(40001, INVALID)
    if row["expires_at"] <= sim.clock.now():
        raise Refused(42001, "access_token expired")


def current_token(sim: Simulator):
    """The newest token that still lives, or None."""
    return sim.database.execute(
        "SELECT * FROM tokens WHERE revoked_at IS NULL AND expires_at > ? ORDER BY issued_at DESC, rowid DESC LIMIT 1",
        (sim.clock.now(),),
    ).fetchone()


def issue_by_force(sim: Simulator) -> dict:
    now = sim.clock.now()
    forced = sim.database.execute(
        "SELECT count(*) AS times, max(issued_at) AS latest FROM tokens WHERE forced AND issued_at > ?",
        (now - DAY_S,),
    ).fetchone()
    if forced["times"] >= FORCED_A_DAY:
        raise Refused(45009, QUOTA_TEXTS[45009])
    if forced["latest"] and now - forced["latest"] < sim.wait(FORCED_APART_S):
        raise Refused(45011, QUOTA_TEXTS[45011])
    with sim.database:
        sim.database.execute("UPDATE tokens SET revoked_at = ? WHERE revoked_at IS NULL", (now,))
    return issue(sim, forced=True)


def issue(sim: Simulator, *, forced: bool) -> dict:
    now = sim.clock.now()
    token, expires_at = "80_" + secrets.token_urlsafe(102), now + LIFE_S
    with sim.database:
        sim.database.execute("INSERT INTO tokens VALUES (?, ?, ?, ?, NULL)", (token, now, expires_at, forced))
    return as_answer(sim, token, expires_at)


def as_answer(sim: Simulator, token: str, expires_at: float) -> dict:
    return {"access_token": token, "expires_in": round(expires_at - sim.clock.now())}
