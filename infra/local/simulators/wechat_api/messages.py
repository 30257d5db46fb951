"""Subscribe messages (订阅消息): consents given on the phone, messages sent by the server, the inbox."""

from __future__ import annotations

import json
import re

from infra.local.simulators.wechat_api import people
from infra.local.simulators.wechat_api.database import next_number
from infra.local.simulators.wechat_api.message_values import is_valid
from infra.local.simulators.wechat_api.simulator import Call, Refused, Simulator
from infra.local.simulators.wechat_api.templates import every_template, find_template

STATES = ("developer", "trial", "formal")
PAGE = re.compile(r"[\w\-]+(/[\w\-]+)*(\?[^\s]*)?", re.ASCII)


def send(sim: Simulator, call: Call) -> dict:
    """POST /cgi-bin/message/subscribe/send: spends one consent and puts the message into the inbox.

    Refused in this order, with nothing spent: 40003 person, 40037 template, 41030 page,
    43101 no consent left, 47003 a value missing or not of its kind.
    """
    body = call.body
    person = people.by_openid(sim, body.get("touser"), call.appid)
    template = find_template(sim, call.appid, body.get("template_id"))
    page = body.get("page") or ""
    if page:
        check_page(sim, page)
    if consents_left(sim, person["account_openid"], template["template_id"]) < 1:
        raise Refused(43101, "user refuse to accept the msg")
    values = read_values(template, body.get("data"))
    state = body.get("miniprogram_state", "formal")
    if state not in STATES:
        raise Refused(47003, "argument invalid! miniprogram_state invalid")
    return {"errcode": 0, "errmsg": "ok", "msgid": deliver(sim, person, template, page, state, values)}


def check_page(sim: Simulator, page: object, *, query_allowed: bool = True) -> None:
    """41030 unless the page is well formed and, where app.json lists pages, one of them."""
    well_formed = isinstance(page, str) and PAGE.fullmatch(page) and (query_allowed or "?" not in page)
    if not well_formed or (sim.account["pages"] and page.partition("?")[0] not in sim.account["pages"]):
        raise Refused(41030, "invalid page")


def read_values(template: dict, data: object) -> dict[str, str]:
    """The value of each of the template's fields; others are ignored. 47003 names the field at fault."""
    if not isinstance(data, dict):
        raise Refused(47003, "argument invalid! data invalid")
    values = {}
    for key in (field["key"] for field in template["fields"]):
        given = data.get(key)
        value = given.get("value") if isinstance(given, dict) else None
        if value is None or value == "":
            raise Refused(47003, f"argument invalid! data.{key}.value is empty")
        if not is_valid(key, str(value)):
            raise Refused(47003, f"argument invalid! data.{key}.value invalid")
        values[key] = str(value)
    return values


def deliver(sim: Simulator, person, template: dict, page: str, state: str, values: dict) -> int:
    """Spend a consent and store the message, both or neither. Returns msgid."""
    openid = person["account_openid"]
    with sim.database:
        sim.database.execute(
            "UPDATE consents SET times_left = times_left - 1 WHERE openid = ? AND template_id = ?",
            (openid, template["template_id"]),
        )
        msgid = next_msgid(sim)
        store(sim, msgid, openid, template["template_id"], page, state, values)
    return msgid


def next_msgid(sim: Simulator) -> int:
    """A number that no message had before. The caller commits."""
    return next_number(sim.database, "msgid", 2097683633284153344)


def store(sim: Simulator, msgid: int, openid: str, template_id: str, page: str, state: str, values: dict) -> None:
    """Into the inbox. The caller commits."""
    sim.database.execute(
        "INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, ?)",
        (msgid, sim.clock.now(), openid, template_id, page, state, json.dumps(values, ensure_ascii=False)),
    )


def consents_left(sim: Simulator, openid: str, template_id: str) -> int:
    row = sim.database.execute(
        "SELECT times_left FROM consents WHERE openid = ? AND template_id = ?", (openid, template_id)
    ).fetchone()
    return row["times_left"] if row else 0


def person_of(sim: Simulator, openid: object):
    """Who has this openid, in whichever account; 40003 nobody."""
    row = sim.database.execute("SELECT * FROM openids WHERE openid = ?", (str(openid),)).fetchone()
    if row is None:
        raise Refused(40003, "invalid openid")
    return row


def give_consent(sim: Simulator, openid: object, template_id: object, times: int) -> int:
    """The person taps "allow" in the phone's dialog, that many times. Returns how many are left now."""
    person = person_of(sim, openid)
    template = find_template(sim, person["appid"], template_id)
    with sim.database:
        sim.database.execute(
            "INSERT INTO consents VALUES (?, ?, ?)"
            " ON CONFLICT (openid, template_id) DO UPDATE SET times_left = times_left + excluded.times_left",
            (person["openid"], template["template_id"], times),
        )
    return consents_left(sim, person["openid"], template["template_id"])


def inbox(sim: Simulator, openid: str | None = None, *, limit: int = -1) -> list[dict]:
    """The messages of one person or of all, newest first, each with its template's title and labels."""
    rows = sim.database.execute(
        "SELECT messages.*, people.name FROM messages JOIN openids USING (openid) JOIN people USING (name)"
        " WHERE ? IS NULL OR messages.openid = ? ORDER BY msgid DESC LIMIT ?",
        (openid, openid, limit),
    ).fetchall()
    known = every_template(sim)
    return [as_card(row, known.get(row["template_id"])) for row in rows]


def as_card(row, template: dict | None) -> dict:
    data = json.loads(row["data"])
    labels = {field["key"]: field["label"] for field in template["fields"]} if template else {}
    return {
        "msgid": row["msgid"],
        "sent_at": row["sent_at"],
        "openid": row["openid"],
        "person": row["name"],
        "template_id": row["template_id"],
        "template": template["name"] if template else "",
        "title": template["title"] if template else "",
        "page": row["page"],
        "miniprogram_state": row["miniprogram_state"],
        "data": data,
        "fields": [{"key": key, "label": labels.get(key, key), "value": value} for key, value in data.items()],
    }
