"""What WeChat's message push tells (消息推送): what kind of thing, of whom, about what; pure readings of it.

A push may come twice: messages are known by their MsgId, events by who, when and what (WeChat's own words).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from mall.kit.errors import BadInput, Conflict

FOLLOW, UNFOLLOW = "event.subscribe", "event.unsubscribe"
POPUP, CHANGE, SENT = ("event.subscribe_msg_popup_event", "event.subscribe_msg_change_event",
                       "event.subscribe_msg_sent_event")
REMIND_SHIPPING, SETTLED = "event.trade_manage_remind_shipping", "event.trade_manage_order_settlement"
_SUBJECTS = {REMIND_SHIPPING: "merchant_trade_no", SETTLED: "merchant_trade_no", "event.wxa_media_check": "trace_id",
             "event.TEMPLATESENDJOBFINISH": "MsgID", "event.user_enter_tempsession": "SessionFrom"}
KNOWN = frozenset((FOLLOW, UNFOLLOW, POPUP, CHANGE, SENT, *_SUBJECTS, "text", "image", "miniprogrampage"))
_FURTHEST = 4_102_444_800  # 2100: a time beyond is no time


class PushIncomplete(BadInput):
    code, message = "PUSH_INCOMPLETE", "推送缺少必要内容"


class AlreadyHeard(Conflict):
    """The same push again: nothing is done, and WeChat is told that it went well."""

    code, message = "PUSH_ALREADY_HEARD", "该推送已处理"


@dataclass(frozen=True)
class Note:
    """One push. `subject`: the number at WeChat or of ours that it is about, where it has one."""

    once_key: str
    kind: str
    openid: str
    subject: str | None
    happened_at: datetime
    document: dict[str, Any] = field(repr=False)


def note_of(appid: str, message: dict[str, Any]) -> Note:
    """Raises PushIncomplete for what names no kind, person or time."""
    kind, openid, stamp = _text(message, "MsgType"), _text(message, "FromUserName"), _text(message, "CreateTime")
    event = _text(message, "Event")
    if not kind or not openid or not stamp.isdigit() or int(stamp) > _FURTHEST or kind == "event" and not event:
        raise PushIncomplete()
    kind = f"event.{event}"[:64] if kind == "event" else kind[:64]
    number = _text(message, "MsgId")
    known_by = (appid, "message", number) if number else (appid, openid, stamp, kind, *_parts(kind, message))
    once_key = hashlib.sha256("\n".join(known_by).encode("utf-8", "surrogatepass")).hexdigest()
    subject = _text(message, _SUBJECTS.get(kind, "")) or None
    return Note(once_key, kind, openid, subject and subject[:64], datetime.fromtimestamp(int(stamp), timezone.utc),
                message)


def _parts(kind: str, message: dict[str, Any]) -> tuple[str, ...]:
    """Two orders may be settled in one second, and each message sent tells of itself: the subject belongs to these."""
    if kind in _SUBJECTS:
        return (_text(message, _SUBJECTS[kind]),)
    return (str(sorted(map(sorted_items, answers(message)))),) if kind in (POPUP, CHANGE, SENT) else ()


def sorted_items(found: dict[str, Any]) -> list[tuple[str, str]]:
    return sorted((str(name), str(value)) for name, value in found.items())


def answers(message: dict[str, Any]) -> list[dict[str, Any]]:
    """The entries of a subscribe-message event: in JSON `List`, one or several; in XML within an element of its own."""
    holder = next((value for name, value in message.items()
                   if name.lower() in ("subscribemsgpopupevent", "subscribemsgchangeevent", "subscribemsgsentevent")
                   and isinstance(value, dict)), message)
    found = holder.get("List", [])
    return [each for each in (found if isinstance(found, list) else [found]) if isinstance(each, dict)]


def allowed(message: dict[str, Any]) -> list[str]:
    """WeChat's ids of the templates that the person has just allowed one more message of."""
    return _answered(message, "accept")


def forbidden(message: dict[str, Any]) -> list[str]:
    return _answered(message, "reject")


def _answered(message: dict[str, Any], word: str) -> list[str]:
    return [_text(each, "TemplateId") for each in answers(message) if _text(each, "SubscribeStatusString") == word]


def scene_of(message: dict[str, Any]) -> str:
    """Where a follower came from: the scene of a QR code, without WeChat's prefix."""
    return _text(message, "EventKey").removeprefix("qrscene_")[:64]


def _text(message: dict[str, Any], name: str) -> str:
    value = message.get(name)
    return str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
