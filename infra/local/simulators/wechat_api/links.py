"""Links that open the mini program from outside (URL Link, URL Scheme, Short Link): made, asked about, opened."""

from __future__ import annotations

import re
import secrets

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from infra.local.simulators.wechat_api import pages
from infra.local.simulators.wechat_api.messages import PAGE
from infra.local.simulators.wechat_api.pictures import VERSIONS
from infra.local.simulators.wechat_api.simulator import OK, Call, Refused, Simulator

URL_LINK, SCHEME, SHORT = "urllink", "scheme", "short"
QUERY = re.compile(r"[A-Za-z0-9!#$&'()*+,/:;=?@\-._~%]{0,1024}")
LONGEST_DAYS, DAY_S = 30, 86400
SCHEME_START = "weixin://dl/business/?t="


def generate_url_link(sim: Simulator, call: Call) -> dict:
    """POST /wxa/generate_urllink: 40165 path, 40212 query, 85402 version, 85401 the time it ends."""
    body = call.body
    key = make(sim, call.appid, URL_LINK, body, expires_at(sim, body))
    return OK | {"url_link": f"{sim.public_url}/l/{key}"}


def generate_scheme(sim: Simulator, call: Call) -> dict:
    """POST /wxa/generatescheme: refused as a URL Link is."""
    target = call.body.get("jump_wxa") or {}
    if not isinstance(target, dict):
        raise Refused(47001, "data format error")
    key = make(sim, call.appid, SCHEME, target, expires_at(sim, call.body))
    return OK | {"openlink": SCHEME_START + key}


def generate_short_link(sim: Simulator, call: Call) -> dict:
    """POST /wxa/genwxashortlink: for inside WeChat, thirty days or for ever (is_permanent); 40165 the page."""
    page_url, title = call.body.get("page_url"), call.body.get("page_title") or ""
    if not isinstance(page_url, str) or not page_url or not isinstance(title, str) or len(title.encode()) > 60:
        raise Refused(40165, "invalid weapp pagepath")
    path, _, query = page_url.partition("?")
    ends = None if call.body.get("is_permanent") else sim.clock.now() + LONGEST_DAYS * DAY_S
    key = make(sim, call.appid, SHORT, {"path": path, "query": query}, ends)
    return OK | {"link": f"#小程序://{title or '商城'}/{key}"}


def query_url_link(sim: Simulator, call: Call) -> dict:
    """POST /wxa/query_urllink: how a link was made; 40097 for what is none of this account's."""
    given = call.body.get("url_link")
    key = given.partition("?")[0].rpartition("/")[2] if isinstance(given, str) else ""
    return OK | {"url_link_info": describe(sim, call.appid, URL_LINK, key), "quota_info": {"remain_visit_quota": 0}}


def query_scheme(sim: Simulator, call: Call) -> dict:
    """POST /wxa/queryscheme: the same of a scheme."""
    given = call.body.get("scheme")
    key = given.removeprefix(SCHEME_START) if isinstance(given, str) else ""
    return OK | {"scheme_info": describe(sim, call.appid, SCHEME, key), "quota_info": {"remain_visit_quota": 0}}


def make(sim: Simulator, appid: str, kind: str, asked: dict, ends: float | None) -> str:
    path, query, version = asked.get("path") or "", asked.get("query") or "", asked.get("env_version") or "release"
    if not isinstance(path, str) or (path and not is_page(sim, path)):
        raise Refused(40165, "invalid weapp pagepath")
    if not isinstance(query, str) or not QUERY.fullmatch(query):
        raise Refused(40212, "invalid query")
    if version not in VERSIONS:
        raise Refused(85402, "invalid env_version")
    key = secrets.token_urlsafe(9)
    with sim.database:
        sim.database.execute(
            "INSERT INTO links VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (key, kind, appid, path, query, version, sim.clock.now(), ends),
        )
    return key


def is_page(sim: Simulator, path: str) -> bool:
    well_formed = PAGE.fullmatch(path.removeprefix("/")) and "?" not in path
    return bool(well_formed) and (not sim.account["pages"] or path.removeprefix("/") in sim.account["pages"])


def expires_at(sim: Simulator, body: dict) -> float:
    """When the link ends: thirty days at most, from a minute on; thirty days when nothing is said."""
    now, kind = sim.clock.now(), body.get("expire_type", 0)
    if kind == 1:
        days = body.get("expire_interval")
        if isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= LONGEST_DAYS:
            raise Refused(85401, "time limit between 1min and 30days")
        return now + days * DAY_S
    moment = body.get("expire_time")
    if kind != 0:
        raise Refused(40097, "invalid args")
    if moment is None:
        return now + LONGEST_DAYS * DAY_S
    if isinstance(moment, bool) or not isinstance(moment, int) or not 60 <= moment - now <= LONGEST_DAYS * DAY_S:
        raise Refused(85401, "time limit between 1min and 30days")
    return moment


def describe(sim: Simulator, appid: str, kind: str, key: str) -> dict:
    row = find(sim, key)
    if row is None or (row["appid"], row["kind"]) != (appid, kind):
        raise Refused(40097, "invalid args")
    return {
        "appid": row["appid"],
        "path": row["path"],
        "query": row["query"],
        "create_time": int(row["created_at"]),
        "expire_time": int(row["expires_at"]),
        "env_version": row["env_version"],
    }


def find(sim: Simulator, key: str):
    return sim.database.execute("SELECT * FROM links WHERE key = ?", (key,)).fetchone()


def open_link(sim: Simulator, request: Request) -> Response:
    """GET /l/KEY: what a phone would show: the page that opens, or that the link has ended (410)."""
    row = find(sim, request.path_params["key"])
    if row is None:
        return HTMLResponse(pages.notice("无法打开", "链接不存在"), status_code=404)
    if row["expires_at"] is not None and row["expires_at"] <= sim.clock.now():
        return HTMLResponse(pages.notice("无法打开", "链接已失效"), status_code=410)
    opened = row["path"] + ("?" + row["query"] if row["query"] else "")
    return HTMLResponse(pages.notice("打开小程序", f"{row['appid']} · {row['env_version']} · {opened or '首页'}"))
