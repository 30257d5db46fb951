"""What the people of a group are told: one more has paid, it is full, it has failed (spec I2)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mall.domains.group_buys import told
from mall.domains.group_buys.rules import GroupFailed, GroupProgressed, GroupSucceeded, SeatState
from mall.domains.messaging import rules, tells
from mall.domains.messaging.rules import Message
from mall.domains.messaging.tells import Template
from mall.domains.messaging.values import thing
from mall.flows.kinds.kind import Messages
from mall.kit.db import Tx


def _progressed(tx: Tx, payload: dict[str, Any]) -> list[Message]:
    group, seats = told.group(tx, payload["group_id"])
    if group is None:
        return []
    facts = tells.group_progress(thing(group.title), group.size, payload["missing"], group.expires_at)
    page = f"pages/group/group?group_id={group.group_id}"
    subject = f"{group.group_id}:{payload['missing']}"
    return [Message(Template.GROUP_PROGRESS, subject, seat.member_id, page, facts)
            for seat in seats if seat.state == SeatState.PAID.value]


def _succeeded(tx: Tx, payload: dict[str, Any]) -> list[Message]:
    group, seats = _ended(tx, payload["group_id"])
    return [rules.about_order(Template.GROUP_SUCCESS, seat, tells.group_success(
        seat.order_no, thing(group.title), seat.pay_fen, group.size, group.ended_at)) for seat in seats]


def _failed(tx: Tx, payload: dict[str, Any]) -> list[Message]:
    group, seats = _ended(tx, payload["group_id"])
    return [rules.about_order(Template.GROUP_FAILED, seat, tells.group_failed(
        seat.order_no, thing(group.title), seat.pay_fen)) for seat in seats]


def _ended(tx: Tx, group_id: str) -> tuple[Any, list]:
    """The group and the seats that were paid when it ended (their refund may have come since)."""
    group, seats = told.group(tx, group_id)
    return group, [seat for seat in seats
                   if seat.state == SeatState.PAID.value or seat.changed_at >= group.ended_at]


def _still_missing(tx: Tx, message: Any, subject: str, now: datetime) -> str | None:
    group_id, _, missing = subject.partition(":")
    why = told.why_outdated(*told.group(tx, group_id), message.member_id, int(missing), now)
    return None if why is None else f"{rules.OUTDATED} {why}".rstrip()


MESSAGES = Messages(
    heard=(GroupProgressed, GroupSucceeded, GroupFailed),
    compose={GroupProgressed.kind: _progressed, GroupSucceeded.kind: _succeeded, GroupFailed.kind: _failed},
    outdated={Template.GROUP_PROGRESS: _still_missing, Template.GROUP_FAILED: lambda *_: None},  # failed: it stays so
)
