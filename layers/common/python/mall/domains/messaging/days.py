"""How many messages went out today, of a template in all and to one member (spec I1: daily limits).

The count in all is written when WeChat took a message and read before the next one: senders at the same moment may go
beyond it by as many as there are. The count of a member is exact: who sends locks him first.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, or_, and_, select, update

from mall.domains.messaging.rules import MessageState
from mall.kit.db import Tx
from mall.kit.ids import id_at
from mall.kit.zone import day_began, day_of
from mall.tables.reach import message_days, messages
from mall.tables.people import members

COMPOSED_WITHIN = timedelta(days=3)  # what is sent today: tries and a night are over within two

_HOLD = select(members.c.member_id).where(members.c.member_id == bindparam("member_id")).with_for_update()
_ON_ITS_WAY = and_(messages.c.state == MessageState.PENDING.value, messages.c.attempts > 0,
                   messages.c.send_at > bindparam("now"))
_OF_MEMBER = (
    select(func.count().label("told"))
    .where(messages.c.member_id == bindparam("member_id"), messages.c.message_id > bindparam("since"),
           messages.c.template == bindparam("template"), messages.c.message_id != bindparam("but"),
           or_(and_(messages.c.state == MessageState.SENT.value, messages.c.sent_at >= bindparam("day_began")),
               _ON_ITS_WAY))
)
_OF_ALL = select(message_days.c.sent).where(message_days.c.day == bindparam("day"),
                                            message_days.c.channel == bindparam("channel"),
                                            message_days.c.template == bindparam("template"))
_COUNT = (
    update(message_days)
    .where(message_days.c.day == bindparam("of_day"), message_days.c.channel == bindparam("of_channel"),
           message_days.c.template == bindparam("of_template"))
    .values(sent=message_days.c.sent + bindparam("sent_more"),
            dropped=message_days.c.dropped + bindparam("dropped_more"))
)
_OF_DAY = (
    select(message_days)
    .where(message_days.c.day == bindparam("day"))
    .order_by(message_days.c.channel, message_days.c.template)
)


def told(tx: Tx, message: Any, now: datetime) -> tuple[int, int]:
    """How many of this template the member, whom it locks, was told today, those included that are on their way; and
    how many all were."""
    of_member = {"member_id": message.member_id, "template": message.template, "but": message.message_id, "now": now,
                 "since": id_at("msg", now - COMPOSED_WITHIN), "day_began": day_began(now)}
    _, mine, every = tx.fetch(
        (_HOLD, {"member_id": message.member_id}), (_OF_MEMBER, of_member),
        (_OF_ALL, {"day": day_of(now).isoformat(), "channel": message.channel, "template": message.template}))
    return mine[0].told, every[0].sent if every else 0


def count(tx: Tx, message: Any, now: datetime, *, sent: int = 0, dropped: int = 0) -> None:
    day = day_of(now).isoformat()
    tx.insert_if_absent(message_days, day=day, channel=message.channel, template=message.template, sent=0, dropped=0)
    tx.write(_COUNT, rows=1, of_day=day, of_channel=message.channel, of_template=message.template, sent_more=sent,
             dropped_more=dropped)


def of_day(tx: Tx, now: datetime) -> list[Any]:
    """The counts of today."""
    return tx.all(_OF_DAY, day=day_of(now).isoformat())
