"""Template messages of a service account (模板消息): to followers, and told afterwards whether they arrived."""

from __future__ import annotations

import json

from infra.local.simulators.wechat_api import followers, messages, people, templates
from infra.local.simulators.wechat_api.account import MINI
from infra.local.simulators.wechat_api.simulator import OK, Call, Refused, Simulator
from infra.local.simulators.wechat_api.templates import library

MOST_TEMPLATES = 25
ONCE_S = 600  # a client_msg_id is one message for ten minutes
LONGEST_CLIENT_ID = 32


def send(sim: Simulator, call: Call) -> dict:
    """POST /cgi-bin/message/template/send: 40003 person, 43004 does not follow, 40037 template, 47003 a value,
    40013 a foreign mini program, 45066 the client_msg_id. A blocking person is told by the event only."""
    body = call.body
    person = people.by_openid(sim, body.get("touser"), call.appid)
    follower = followers.require_follower(sim, person["account_openid"])
    template = templates.find_template(sim, call.appid, body.get("template_id"))
    values = messages.read_values(template, body.get("data"))
    target = body.get("miniprogram") or {}
    if target and (target.get("appid") not in sim.accounts or sim.accounts[target["appid"]].kind != MINI):
        raise Refused(40013, "invalid appid")
    client_id = str(body.get("client_msg_id") or "")
    if len(client_id) > LONGEST_CLIENT_ID:
        raise Refused(45066, "clientmsgid size out of limit")
    msgid = sent_before(sim, follower["openid"], client_id)
    if msgid is None:
        page = target.get("pagepath") or body.get("url") or ""
        msgid = deliver(sim, follower, template, page, values, client_id)
    return OK | {"msgid": msgid}


def sent_before(sim: Simulator, openid: str, client_id: str) -> int | None:
    row = sim.database.execute(
        "SELECT msgid FROM client_messages WHERE openid = ? AND client_msg_id = ? AND sent_at > ?",
        (openid, client_id, sim.clock.now() - ONCE_S),
    ).fetchone()
    return row["msgid"] if row and client_id else None


def deliver(sim: Simulator, follower, template: dict, page: str, values: dict, client_id: str) -> int:
    """Into the inbox, unless the person blocks it; the account is told which (TEMPLATESENDJOBFINISH)."""
    openid, blocks = follower["openid"], bool(follower["blocks"])
    with sim.database:
        msgid = messages.next_msgid(sim)
        if not blocks:
            messages.store(sim, msgid, openid, template["template_id"], page, "", values)
        if client_id:
            sim.database.execute(
                "INSERT OR REPLACE INTO client_messages VALUES (?, ?, ?, ?)",
                (openid, client_id, msgid, sim.clock.now()),
            )
    status = "failed:user block" if blocks else "success"
    sim.tell_event(follower["appid"], openid, "TEMPLATESENDJOBFINISH", MsgID=msgid, Status=status)
    return msgid


def add_template(sim: Simulator, call: Call) -> dict:
    """POST /cgi-bin/template/api_add_template: one of the library; 40037 unknown, 45026 the account has 25."""
    wanted = call.body.get("template_id_short")
    entry = next((one for one in library()["service"] if one["short_id"] == wanted), None)
    if entry is None:
        raise Refused(40037, "invalid template_id")
    if len(templates.templates_of(sim, call.appid)) >= MOST_TEMPLATES:
        raise Refused(45026, "template num exceeds limit")
    return OK | {"template_id": templates.add(sim, call.appid, templates.as_service_template(entry))}


def list_templates(sim: Simulator, call: Call) -> dict:
    """GET /cgi-bin/template/get_all_private_template."""
    told = ("template_id", "title", "primary_industry", "deputy_industry", "content", "example")
    return {"template_list": [{key: one[key] for key in told} for one in templates.templates_of(sim, call.appid)]}


def delete_template(sim: Simulator, call: Call) -> dict:
    """POST /cgi-bin/template/del_private_template: 40037 when the account has it not."""
    templates.delete(sim, call.appid, call.body.get("template_id"))
    return OK


def set_industry(sim: Simulator, call: Call) -> dict:
    """POST /cgi-bin/template/api_set_industry: 40102 unknown, 43100 changed within a month."""
    given = [str(call.body.get(key)) for key in ("industry_id1", "industry_id2")]
    if not set(given) <= set(library()["industries"]):
        raise Refused(40102, "invalid industry id")
    row = read_industries(sim, call.appid)
    if row and sim.clock.now() - row["at"] < 30 * 86400:
        raise Refused(43100, "change template too frequently")
    with sim.database:
        sim.database.execute(
            "INSERT OR REPLACE INTO industries VALUES (?, ?, ?)", (call.appid, json.dumps(given), sim.clock.now())
        )
    return OK


def get_industry(sim: Simulator, call: Call) -> dict:
    """GET /cgi-bin/template/get_industry: the first of the list while none was set."""
    row = read_industries(sim, call.appid)
    names = [library()["industries"][one] for one in (json.loads(row["ids"]) if row else ["1", "1"])]
    told = [{"first_class": first, "second_class": second} for first, second in names]
    return {"primary_industry": told[0], "secondary_industry": told[1]}


def read_industries(sim: Simulator, appid: str):
    return sim.database.execute("SELECT * FROM industries WHERE appid = ?", (appid,)).fetchone()
