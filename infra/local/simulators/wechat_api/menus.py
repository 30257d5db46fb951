"""Custom menus of a service account (自定义菜单): one for all, others for whom a rule fits, and what a tap tells."""

from __future__ import annotations

import json

from infra.local.simulators.wechat_api import followers, people
from infra.local.simulators.wechat_api.bodies import BadControl
from infra.local.simulators.wechat_api.simulator import OK, Call, Refused, Simulator

MOST_BUTTONS, MOST_SUB_BUTTONS = 3, 5
LONGEST_NAME, LONGEST_SUB_NAME, LONGEST_KEY, LONGEST_URL = 16, 60, 128, 1024  # bytes
NEEDS = {  # of each type what it must have
    "click": ("key",), "view": ("url",), "miniprogram": ("url", "appid", "pagepath"), "scancode_push": ("key",),
    "scancode_waitmsg": ("key",), "pic_sysphoto": ("key",), "pic_photo_or_album": ("key",), "pic_weixin": ("key",),
    "location_select": ("key",), "media_id": ("media_id",), "view_limited": ("media_id",),
    "article_id": ("article_id",), "article_view_limited": ("article_id",),
}  # fmt: skip
RULES = ("tag_id", "client_platform_type")
EVENTS = {"click": "CLICK", "view": "VIEW", "miniprogram": "view_miniprogram"}


def create(sim: Simulator, call: Call) -> dict:
    """POST /cgi-bin/menu/create, in the place of the one before: 40016 and 40023 how many, 40018 and 40025 names, 40017
    and 40024 types, 40019 and 40026 keys, 40020 and 40027 addresses, 40013 another's mini program."""
    buttons = check_buttons(sim, call.body.get("button"))
    with sim.database:
        sim.database.execute("DELETE FROM menus WHERE appid = ? AND rule IS NULL", (call.appid,))
        sim.database.execute("INSERT INTO menus (appid, rule, buttons) VALUES (?, NULL, ?)",
                             (call.appid, json.dumps(buttons, ensure_ascii=False)))
    return OK


def show(sim: Simulator, call: Call) -> dict:
    """GET /cgi-bin/menu/get: 46003 there is none."""
    rows = rows_of(sim, call.appid)
    told = [as_menu(row) for row in rows if row["rule"] is None]
    if not told:
        raise Refused(46003, "menu no exist")
    others = [as_menu(row) for row in rows if row["rule"] is not None]
    return {"menu": told[0]} | ({"conditionalmenu": others} if others else {})


def show_current(sim: Simulator, call: Call) -> dict:
    """GET /cgi-bin/get_current_selfmenu_info."""
    told = [json.loads(row["buttons"]) for row in rows_of(sim, call.appid) if row["rule"] is None]
    buttons = [{**one, "sub_button": {"list": one["sub_button"]}} if one.get("sub_button") else
               {key: value for key, value in one.items() if key != "sub_button"} for one in (told[0] if told else [])]
    return {"is_menu_open": int(bool(told)), "selfmenu_info": {"button": buttons}}


def delete(sim: Simulator, call: Call) -> dict:
    """GET /cgi-bin/menu/delete: all of them, also those with a rule."""
    with sim.database:
        sim.database.execute("DELETE FROM menus WHERE appid = ?", (call.appid,))
    return OK


def add_conditional(sim: Simulator, call: Call) -> dict:
    """POST /cgi-bin/menu/addconditional: 65303 there is none for all, 65301 the rule; else as menu/create."""
    if not any(row["rule"] is None for row in rows_of(sim, call.appid)):
        raise Refused(65303, "there is no selfmenu, please create selfmenu first")
    rule = call.body.get("matchrule")
    found = {key: str(rule[key]) for key in RULES if rule.get(key)} if isinstance(rule, dict) else {}
    if not found or not set(rule) <= set(RULES):
        raise Refused(65301, "no such conditional menu rule")
    buttons = check_buttons(sim, call.body.get("button"))
    with sim.database:
        row = sim.database.execute("INSERT INTO menus (appid, rule, buttons) VALUES (?, ?, ?)",
                                   (call.appid, json.dumps(found), json.dumps(buttons, ensure_ascii=False)))
    return {"menuid": str(row.lastrowid)}


def delete_conditional(sim: Simulator, call: Call) -> dict:
    """POST /cgi-bin/menu/delconditional: 65301 there is none of this number."""
    with sim.database:
        gone = sim.database.execute("DELETE FROM menus WHERE appid = ? AND id = ? AND rule IS NOT NULL",
                                    (call.appid, str(call.body.get("menuid"))))
    if not gone.rowcount:
        raise Refused(65301, "no such conditional menu")
    return OK


def try_match(sim: Simulator, call: Call) -> dict:
    """POST /cgi-bin/menu/trymatch: what this person sees; 40003, 46003."""
    person = people.by_openid(sim, call.body.get("user_id"), call.appid)
    return {"button": seen_by(sim, call.appid, person["account_openid"])}


def tap(sim: Simulator, appid: str, name: str, label: str) -> dict:
    """A follower taps the button of this name: the account is told (CLICK, VIEW, view_miniprogram)."""
    openid = people.openid_of(appid, name)
    followers.require_follower(sim, openid)
    shown = [sub for one in seen_by(sim, appid, openid) for sub in (one["sub_button"] or [one])]
    button = next((one for one in shown if one["name"] == label), None)
    if button is None or button["type"] not in EVENTS:
        raise BadControl(f'"button" is one of {", ".join(one["name"] for one in shown if one["type"] in EVENTS)}')
    key = {"click": "key", "view": "url", "miniprogram": "pagepath"}[button["type"]]
    sim.tell_event(appid, openid, EVENTS[button["type"]], EventKey=button[key])
    return {"openid": openid, "event": EVENTS[button["type"]], "key": button[key]}


def seen_by(sim: Simulator, appid: str, openid: str) -> list[dict]:
    """Of the menus whose rule fits the newest, else the one for all."""
    rows, own = rows_of(sim, appid), {str(tag) for tag in followers.tagids(sim, appid, openid)}
    fitting = [row for row in rows if row["rule"] and json.loads(row["rule"]).get("tag_id") in own]
    found = fitting[-1:] or [row for row in rows if row["rule"] is None]
    if not found:
        raise Refused(46003, "menu no exist")
    return json.loads(found[0]["buttons"])


def rows_of(sim: Simulator, appid: str) -> list:
    return sim.database.execute("SELECT * FROM menus WHERE appid = ? ORDER BY id", (appid,)).fetchall()


def as_menu(row) -> dict:
    told = {"button": json.loads(row["buttons"]), "menuid": row["id"]}
    return told | ({"matchrule": json.loads(row["rule"])} if row["rule"] else {})


def check_buttons(sim: Simulator, given: object) -> list[dict]:
    """As they are kept: each with its `sub_button`, empty where it has none."""
    if not isinstance(given, list) or not 0 < len(given) <= MOST_BUTTONS:
        raise Refused(40016, "invalid button size")
    buttons = []
    for one in given:
        subs = one.get("sub_button") if isinstance(one, dict) else None
        if subs:
            if not isinstance(subs, list) or len(subs) > MOST_SUB_BUTTONS:
                raise Refused(40023, "invalid sub button size")
            check_name(one, LONGEST_NAME, 40018)
            buttons.append({"name": one["name"], "sub_button": [
                check_button(sim, sub, LONGEST_SUB_NAME, (40025, 40024, 40026, 40027)) for sub in subs]})
        else:
            buttons.append(check_button(sim, one, LONGEST_NAME, (40018, 40017, 40019, 40020)))
    return buttons


def check_button(sim: Simulator, one: object, longest: int, codes: tuple[int, int, int, int]) -> dict:
    """`codes`: of the name, the type, the key, the address."""
    for_name, for_type, for_key, for_url = codes
    check_name(one, longest, for_name)
    if one.get("type") not in NEEDS:
        raise Refused(for_type, "invalid button type")
    for field in NEEDS[one["type"]]:
        value, most = one.get(field), LONGEST_URL if field == "url" else LONGEST_KEY
        if not isinstance(value, str) or not 0 < len(value.encode()) <= most:
            raise Refused(for_url if field == "url" else for_key, f"invalid button {field} size")
    if one["type"] == "miniprogram" and one["appid"] not in sim.accounts:
        raise Refused(40013, "invalid appid")
    return {"type": one["type"], "name": one["name"], **{key: one[key] for key in NEEDS[one["type"]]}, "sub_button": []}


def check_name(one: object, longest: int, code: int) -> None:
    name = one.get("name") if isinstance(one, dict) else None
    if not isinstance(name, str) or not 0 < len(name.encode()) <= longest:
        raise Refused(code, "invalid button name size")
