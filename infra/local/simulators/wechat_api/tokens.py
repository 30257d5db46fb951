"""Access tokens (接口调用凭据): issued by stable_token or token, asked for by every other server interface.

The two kinds know nothing of each other: a new token of one kind ends none of the other.
"""

from __future__ import annotations

import secrets

from infra.local.simulators.wechat_api.account import Account
from infra.local.simulators.wechat_api.sign_in import check_app
from infra.local.simulators.wechat_api.simulator import Call, Refused, Simulator

LIFE_S = 7200
OVERLAP_S = 300  # so long are old and new good together
FORCED_A_DAY = 20
FORCED_APART_S = 30
DAY_S = 86400
STABLE, PLAIN = "stable", "plain"
INVALID = "invalid credential, access_token is invalid or not latest, could get access_token by getStableAccessToken"


def stable_token(sim: Simulator, call: Call) -> dict:
    """POST /cgi-bin/stable_token: the current token, or with force_refresh a new one that ends the old."""
    if call.body.get("grant_type") != "client_credential":
        raise Refused(40002, "invalid grant_type")
    account = check_app(sim, call.body, "appid", "secret")
    if call.body.get("force_refresh"):
        return issue_by_force(sim, account)
    current = current_token(sim, account.appid)
    if current and current["expires_at"] - sim.clock.now() > OVERLAP_S:
        return as_answer(sim, current["token"], current["expires_at"])
    return issue(sim, account, STABLE)


def token(sim: Simulator, call: Call) -> dict:
    """GET /cgi-bin/token: a new token each time; the one before it is good for five minutes more."""
    if call.query.get("grant_type") != "client_credential":
        raise Refused(40002, "invalid grant_type")
    account = check_app(sim, call.query, "appid", "secret")
    with sim.database:
        sim.database.execute(
            "UPDATE access_tokens SET revoked_at = ? WHERE appid = ? AND kind = ? AND revoked_at IS NULL",
            (sim.clock.now() + OVERLAP_S, account.appid, PLAIN),
        )
    return issue(sim, account, PLAIN)


def check_token(sim: Simulator, token: str | None) -> Account:
    """The account whose token it is. 41001 missing, 40001 unknown or ended, 42001 expired."""
    if not token:
        raise Refused(41001, "access_token missing")
    row = sim.database.execute("SELECT * FROM access_tokens WHERE token = ?", (token,)).fetchone()
    now = sim.clock.now()
    if row is None or row["appid"] not in sim.accounts or (row["revoked_at"] is not None and row["revoked_at"] <= now):
        raise Refused(40001, INVALID)
    if row["expires_at"] <= now:
        raise Refused(42001, "access_token expired")
    return sim.accounts[row["appid"]]


def current_token(sim: Simulator, appid: str):
    """The account's newest stable token that still lives, or None."""
    return sim.database.execute(
        "SELECT * FROM access_tokens WHERE appid = ? AND kind = ? AND revoked_at IS NULL AND expires_at > ?"
        " ORDER BY issued_at DESC, rowid DESC LIMIT 1",
        (appid, STABLE, sim.clock.now()),
    ).fetchone()


def issue_by_force(sim: Simulator, account: Account) -> dict:
    now = sim.clock.now()
    forced = sim.database.execute(
        "SELECT count(*) AS times, max(issued_at) AS latest FROM access_tokens"
        " WHERE forced AND appid = ? AND kind = ? AND issued_at > ?",
        (account.appid, STABLE, now - DAY_S),
    ).fetchone()
    if forced["times"] >= FORCED_A_DAY:
        raise Refused(45009, "reach max api daily quota limit")
    if forced["latest"] and now - forced["latest"] < sim.wait(FORCED_APART_S):
        raise Refused(45011, "api minute-quota reach limit  mustslower  retry next minute")
    with sim.database:
        sim.database.execute(
            "UPDATE access_tokens SET revoked_at = ? WHERE appid = ? AND kind = ? AND revoked_at IS NULL",
            (now, account.appid, STABLE),
        )
    return issue(sim, account, STABLE, forced=True)


def issue(sim: Simulator, account: Account, kind: str, *, forced: bool = False) -> dict:
    now = sim.clock.now()
    token, expires_at = "80_" + secrets.token_urlsafe(102), now + LIFE_S
    with sim.database:
        sim.database.execute(
            "INSERT INTO access_tokens VALUES (?, ?, ?, ?, ?, ?, NULL)",
            (token, account.appid, kind, now, expires_at, forced),
        )
    return as_answer(sim, token, expires_at)


def as_answer(sim: Simulator, token: str, expires_at: float) -> dict:
    return {"access_token": token, "expires_in": round(expires_at - sim.clock.now())}
