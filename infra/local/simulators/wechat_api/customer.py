"""Customer messages (客服消息): a person speaks first, which opens a window; the account may answer while it is open.

What the person does opens a window of its own kind: a message for 48 hours and five answers; entering the session (of
a mini program) for a minute and two; following or scanning (a service account) for a minute and three.
"""

from __future__ import annotations

import json

from infra.local.simulators.wechat_api import media, people
from infra.local.simulators.wechat_api.account import MINI
from infra.local.simulators.wechat_api.database import next_number
from infra.local.simulators.wechat_api.simulator import OK, Call, Refused, Simulator

MESSAGE, ENTER, FOLLOW, SCAN = "message", "enter", "follow", "scan"
WINDOWS = {MESSAGE: (48 * 3600, 5), ENTER: (60, 2), FOLLOW: (60, 3), SCAN: (60, 3)}  # seconds, answers
MINI_TYPES = ("text", "image", "link", "miniprogrampage")
WEB_TYPES = ("text", "image", "voice", "video", "music", "news", "mpnews", "msgmenu", "wxcard", "miniprogrampage")
NEEDED = {
    "text": ("content",), "image": ("media_id",), "voice": ("media_id",), "video": ("media_id",),
    "mpnews": ("media_id",), "news": ("articles",), "link": ("title", "description", "url"),
    "music": ("musicurl", "hqmusicurl", "thumb_media_id"), "msgmenu": ("list",),
    "wxcard": ("card_id",), "miniprogrampage": ("title", "pagepath", "thumb_media_id"),
}  # fmt: skip
LONGEST_TEXT = 2048  # bytes


def send(sim: Simulator, call: Call) -> dict:
    """POST /cgi-bin/message/custom/send: 40003 person, 40008 the kind, 44004 and 45002 the text, 40007 the picture,
    47001 a field, 45015 no window is open, 45047 its answers are used up."""
    person = people.by_openid(sim, call.body.get("touser"), call.appid)
    kind = call.body.get("msgtype")
    if kind not in (MINI_TYPES if call.account.kind == MINI else WEB_TYPES):
        raise Refused(40008, "invalid message type")
    content = call.body.get(kind)
    check_content(sim, call.appid, kind, content if isinstance(content, dict) else {})
    spend(sim, person["account_openid"])
    record(sim, call.appid, person["account_openid"], "account", kind, content)
    return OK


def check_content(sim: Simulator, appid: str, kind: str, content: dict) -> None:
    for key in NEEDED[kind]:
        if key in ("media_id", "thumb_media_id") and kind != "mpnews":  # mpnews names permanent material
            media.find(sim, appid, content.get(key))
        elif not content.get(key):
            raise Refused(44004, "empty content") if kind == "text" else Refused(47001, f"data format error: {key}")
    if kind == "text" and len(str(content["content"]).encode()) > LONGEST_TEXT:
        raise Refused(45002, "content size out of limit")


def spend(sim: Simulator, openid: str) -> None:
    """One answer of the window that closes first."""
    rows = sim.database.execute(
        "SELECT * FROM windows WHERE openid = ? AND until > ? ORDER BY until", (openid, sim.clock.now())
    ).fetchall()
    if not rows:
        raise Refused(45015, "response out of time limit or subscription is canceled")
    with sim.database:
        for row in rows:
            done = sim.database.execute(
                "UPDATE windows SET times_left = times_left - 1 WHERE openid = ? AND kind = ? AND times_left > 0",
                (openid, row["kind"]),
            )
            if done.rowcount:
                return
    raise Refused(45047, "out of response count limit")


def open_window(sim: Simulator, openid: str, kind: str) -> None:
    """The person did something: the window of this kind is open anew."""
    seconds, answers = WINDOWS[kind]
    with sim.database:
        sim.database.execute(
            "INSERT OR REPLACE INTO windows VALUES (?, ?, ?, ?)", (openid, kind, sim.clock.now() + seconds, answers)
        )


def typing(sim: Simulator, call: Call) -> dict:
    """POST /cgi-bin/message/custom/typing: 45072 the command, 45080 nobody wrote lately."""
    person = people.by_openid(sim, call.body.get("touser"), call.appid)
    if call.body.get("command") not in ("Typing", "CancelTyping"):
        raise Refused(45072, "invalid command")
    row = sim.database.execute(
        "SELECT 1 FROM windows WHERE openid = ? AND kind = ? AND until > ?",
        (person["account_openid"], MESSAGE, sim.clock.now()),
    ).fetchone()
    if row is None:
        raise Refused(45080, "no message from this user")
    return OK


def say(sim: Simulator, appid: str, name: str, text: str) -> dict:
    """The person writes to the account, which is told (a text message)."""
    people.meet(sim, name)
    openid = people.openid_of(appid, name)
    open_window(sim, openid, MESSAGE)
    msgid = record(sim, appid, openid, "person", "text", {"content": text})
    sim.tell(appid, openid, MsgType="text", Content=text, MsgId=msgid)
    return {"openid": openid, "msgid": msgid}


def enter(sim: Simulator, appid: str, name: str, session_from: str) -> dict:
    """The person opens the customer session of a mini program, which is told (user_enter_tempsession)."""
    people.meet(sim, name)
    openid = people.openid_of(appid, name)
    open_window(sim, openid, ENTER)
    sim.tell_event(appid, openid, "user_enter_tempsession", SessionFrom=session_from)
    return {"openid": openid}


def record(sim: Simulator, appid: str, openid: str, sender: str, kind: str, content: object) -> int:
    """Keep one message of the conversation. Returns its number."""
    with sim.database:
        msgid = next_number(sim.database, "conversation", 24000000000000001)
        sim.database.execute(
            "INSERT INTO conversations VALUES (?, ?, ?, ?, ?, ?, ?)",
            (msgid, sim.clock.now(), appid, openid, sender, kind, json.dumps(content, ensure_ascii=False)),
        )
    return msgid


def conversation(sim: Simulator, openid: str | None) -> list[dict]:
    """What was said by one person and to it, or by all, oldest first."""
    rows = sim.database.execute(
        "SELECT * FROM conversations WHERE ? IS NULL OR openid = ? ORDER BY msgid", (openid, openid)
    )
    return [{**dict(row), "content": json.loads(row["content"])} for row in rows]
