"""Messages and consents of a member who becomes another one (spec A1)."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, update

from mall.domains.messaging.store import MOST_CONSENTS, consents_of
from mall.kit.db import Tx
from mall.kit.owners import hand_over, hands_over
from mall.tables.reach import message_consents, messages

_TO_OWNER, _CONSENTS_TO = hands_over(messages.c.member_id), hands_over(
    message_consents.c.member_id, message_consents.c.template)
_ADD = (
    update(message_consents).where(message_consents.c.member_id == bindparam("of_member"),
                                   message_consents.c.template == bindparam("of_template"))
    .values(remaining=bindparam("sum"))
)
_DROP = delete(message_consents).where(message_consents.c.member_id == bindparam("of_member"))


def change_owner(tx: Tx, ended_id: str, member_id: str) -> None:
    """What the one was told and is to be told is the other's, and what each of them still allows is added."""
    hand_over(tx, _TO_OWNER, ended_id, member_id)
    given, own = consents_of(tx, ended_id), consents_of(tx, member_id)
    for template in sorted(given.keys() & own.keys()):
        tx.write(_ADD, of_member=member_id, of_template=template,
                 sum=min(MOST_CONSENTS, own[template] + given[template]))
    hand_over(tx, _CONSENTS_TO, ended_id, member_id, sorted(given.keys() - own.keys()))
    tx.write(_DROP, of_member=ended_id)
