"""Service-account sign-in (公众号网页授权): the consent page, the code, the person."""

from __future__ import annotations

import secrets
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from infra.local.simulators.wechat_api import pages, people
from infra.local.simulators.wechat_api.account import WEB
from infra.local.simulators.wechat_api.sign_in import check_app, issue_code, redeem
from infra.local.simulators.wechat_api.simulator import OK, Call, Refused, Simulator

SCOPES = ("snsapi_base", "snsapi_userinfo")
TOKEN_LIFE_S = 7200
REFRESH_LIFE_S = 30 * 86400


def authorize(sim: Simulator, request: Request) -> Response:
    """GET /connect/oauth2/authorize: a page that asks who you are; with sim_person=NAME it is answered at once."""
    query = dict(request.query_params)
    problem = find_problem(sim, query)
    if problem:
        return HTMLResponse(pages.notice("无法授权", problem), status_code=400)
    name = query.get("sim_person", "")
    if not name:
        return HTMLResponse(pages.choose_person(sim, query))
    code = issue_code(sim, name, "oauth", query["scope"])
    return RedirectResponse(with_query(query["redirect_uri"], code=code, state=query.get("state", "")), 302)


def is_service_account(sim: Simulator, appid: str | None) -> bool:
    return appid in sim.accounts and sim.accounts[appid].kind == WEB


def find_problem(sim: Simulator, query: dict[str, str]) -> str:
    if not is_service_account(sim, query.get("appid")):
        return "AppID 参数错误"
    if urlsplit(query.get("redirect_uri", "")).scheme not in ("http", "https"):
        return "redirect_uri 参数错误"
    if query.get("response_type") != "code" or query.get("scope") not in SCOPES:
        return "Scope 参数错误或没有 Scope 权限"
    if len(query.get("sim_person", "")) > people.LONGEST_NAME or len(query.get("state", "")) > 128:
        return "参数太长"
    return ""


def with_query(url: str, **added: str) -> str:
    parts = urlsplit(url)
    query = urlencode(parse_qsl(parts.query, keep_blank_values=True) + list(added.items()))
    return urlunsplit(parts._replace(query=query))


def access_token(sim: Simulator, call: Call) -> dict:
    """GET /sns/oauth2/access_token: a code for a token of this one person."""
    account = check_app(sim, call.query, "appid", "secret", WEB)
    if call.query.get("grant_type") != "authorization_code":
        raise Refused(40002, "invalid grant_type")
    code = call.query.get("code", "")
    issued = sim.database.execute("SELECT scope FROM codes WHERE code = ?", (code,)).fetchone()
    person = redeem(sim, code, "oauth", used_errcode=40163)
    scope = issued["scope"] if issued else "snsapi_userinfo"
    answer = issue_web_token(sim, account.appid, person["name"], scope)
    return answer | ({"unionid": person["unionid"]} if scope == "snsapi_userinfo" else {})


def refresh_token(sim: Simulator, call: Call) -> dict:
    """GET /sns/oauth2/refresh_token: another access token within thirty days of the sign-in."""
    appid = call.query.get("appid")
    if not is_service_account(sim, appid):
        raise Refused(40013, "invalid appid")
    row = sim.database.execute(
        "SELECT * FROM oauth_tokens WHERE refresh_token = ? AND appid = ?",
        (call.query.get("refresh_token", ""), appid),
    ).fetchone()
    if row is None:
        raise Refused(40030, "invalid refresh_token")
    if row["refresh_until"] <= sim.clock.now():
        raise Refused(42002, "refresh_token expired")
    return issue_web_token(
        sim, row["appid"], row["person"], row["scope"], row["refresh_token"], row["refresh_until"]
    )


def issue_web_token(
    sim: Simulator,
    appid: str,
    name: str,
    scope: str,
    refresh_token: str | None = None,
    refresh_until: float | None = None,
) -> dict:
    """A new access token in the place of the one that shares its refresh token."""
    now = sim.clock.now()
    token, refresh_token = "98_" + secrets.token_urlsafe(64), refresh_token or "98_" + secrets.token_urlsafe(64)
    refresh_until = refresh_until or now + REFRESH_LIFE_S
    with sim.database:
        sim.database.execute("DELETE FROM oauth_tokens WHERE refresh_token = ?", (refresh_token,))
        sim.database.execute(
            "INSERT INTO oauth_tokens VALUES (?, ?, ?, ?, ?, ?, ?)",
            (token, appid, refresh_token, name, scope, now + TOKEN_LIFE_S, refresh_until),
        )
    return {
        "access_token": token,
        "expires_in": TOKEN_LIFE_S,
        "refresh_token": refresh_token,
        "openid": people.openid_of(appid, name),
        "scope": scope,
    }


def auth(sim: Simulator, call: Call) -> dict:
    """GET /sns/auth: whether this token of this person is still good."""
    find_web_token(sim, call)
    return OK


def find_web_token(sim: Simulator, call: Call):
    """The token's row. 40001 unknown or replaced, 42001 expired, 40003 another person's."""
    row = sim.database.execute(
        "SELECT * FROM oauth_tokens JOIN people ON people.name = oauth_tokens.person WHERE token = ?",
        (call.query.get("access_token", ""),),
    ).fetchone()
    if row is None:
        raise Refused(40001, "invalid credential, access_token is invalid or not latest")
    if row["expires_at"] <= sim.clock.now():
        raise Refused(42001, "access_token expired")
    if people.openid_of(row["appid"], row["person"]) != call.query.get("openid"):
        raise Refused(40003, "invalid openid")
    return row


def userinfo(sim: Simulator, call: Call) -> dict:
    """GET /sns/userinfo: name and unionid, where the person allowed snsapi_userinfo."""
    row = find_web_token(sim, call)
    if row["scope"] != "snsapi_userinfo":
        raise Refused(48001, "api unauthorized")
    return {
        "openid": people.openid_of(row["appid"], row["person"]),
        "nickname": row["name"],
        "sex": 0,
        "language": "",
        "city": "",
        "province": "",
        "country": "",
        "headimgurl": "",
        "privilege": [],
        "unionid": row["unionid"],
    }
