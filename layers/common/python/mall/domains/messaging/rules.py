"""Subscribe messages (订阅消息): of whom and what each of them is, whether it is still true, when a failed one is sent
again. What stands in it: `tells`; how a value is written: `values`. Spec I1, I2.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from mall.domains.messaging.tells import USUAL, Channel, Field, Mapped, Template, filled
from mall.domains.messaging.values import amount
from mall.kit.errors import RuleBroken
from mall.kit.state import Flow

ATTEMPTS = 6  # of one message, until it is given up
LEASE = timedelta(minutes=10)  # longer than any one call: after it the sender is taken for dead


class MessageState(str, Enum):
    PENDING = "PENDING"
    SENT = "SENT"
    SKIPPED = "SKIPPED"  # nobody to send it to, no consent, or no longer true: not a failure, `problem` says which
    FAILED = "FAILED"


S = MessageState
FLOW = Flow(S, start={S.PENDING, S.SKIPPED}, moves={
    "send": ({S.PENDING}, S.SENT), "skip": ({S.PENDING}, S.SKIPPED), "fail": ({S.PENDING}, S.FAILED),
})


class TemplateNotSet(RuleBroken):
    code, message = "TEMPLATE_NOT_SET", "商家未开通此消息提醒"


@dataclass(frozen=True)
class Message:
    """One message to one member about one subject."""

    template: Template
    subject: str  # what it is about: the same thing is told to the same member once
    member_id: str
    page: str
    facts: dict[str, Any]  # by our names

    @property
    def fields(self) -> dict[str, str]:
        """As the usual template shows them: what a release of before the mapping sends."""
        return filled(self.template, USUAL[self.template], self.facts)

    @property
    def once_key(self) -> str:
        return f"{self.template.value}:{self.subject}:{self.member_id}"


def about_order(template: Template, order: Any, facts: dict[str, Any]) -> Message:
    """To the buyer of an order (or of a row with its `order_no` and `member_id`), with its page behind it."""
    return Message(template, order.order_no, order.member_id, f"pages/order/order?order_no={order.order_no}", facts)


def set_up(rows: list[Any], named: Mapping[str, str]) -> dict[str, Mapped]:
    """The templates that are in use, by our names. `rows`: what the merchant has saved of each; `named`: those of which
    the settings name WeChat's id alone, whose fields are the usual ones."""
    found = {each.value: Mapped(named[each.value], USUAL[each]) for each in Template if each.value in named}
    for row in rows:
        if row.template in {each.value for each in Template}:
            found.pop(row.template, None)
            if row.active:
                found[row.template] = Mapped(row.template_id, fields_of(row.fields))
    return {each.value: found[each.value] for each in Template if each.value in found}


def fields_of(stored: list[dict[str, Any]]) -> tuple[Field, ...]:
    return tuple(Field(each["key"], each.get("value"), each.get("text")) for each in stored)


def subject_of(row: Any) -> str:
    """What a message that was written down is about."""
    return row.once_key.removeprefix(f"{row.template}:").removesuffix(f":{row.member_id}")


# whether it is still true when it is sent: why not, or None

def outdated_order(template: Template, order: Any | None, fields: dict[str, str], now: datetime) -> str | None:
    """Of an order that is gone, nobody needs to hear."""
    if order is None:
        return OUTDATED
    if template is Template.ORDER_UNPAID and fields.get("amount3") != amount(order.due_fen):
        return f"{OUTDATED} PRICE"
    if template is Template.ORDER_UNPAID:
        is_true = order.state in ("UNPAID", "PART_PAID") and order.expires_at > now
    elif template is Template.ORDER_SHIPPED:
        is_true = order.state not in ("CLOSED", "RECEIVED")
    else:
        is_true = order.state != "CLOSED"
    return None if is_true else f"{OUTDATED} {order.state}"


def about_parcel(order_no: str, parcel: int, correction: int = 0) -> str:
    """What the message of a parcel is about; the first parcel's number, and no correction, are left out."""
    return ":".join([order_no, *([f"p{parcel}"] if parcel > 1 else []), *([str(correction)] if correction else [])])


def about_part(order_no: str, part: int) -> str:
    """What the reminder of a part is about; the first part's is the order's."""
    return f"{order_no}:{part}" if part > 1 else order_no


def parcel_of(subject: str) -> tuple[str, int, int]:
    """Order, parcel and correction of what `about_parcel` wrote."""
    order_no, *rest = subject.split(":")
    parcel = next((int(part[1:]) for part in rest if part.startswith("p")), 1)
    return order_no, parcel, next((int(part) for part in rest if not part.startswith("p")), 0)


def corrected_since(shipment: Any | None, correction: int) -> bool:
    """Whether a parcel has another number by now than the one that is told, or was withdrawn."""
    return shipment is not None and (shipment.corrections > correction or shipment.withdrawn_at is not None)


def outdated_coupon(coupon: Any | None, now: datetime) -> str | None:
    if coupon is None:
        return OUTDATED
    if coupon.state != "USABLE":
        return f"{OUTDATED} {coupon.state}"
    return None if coupon.valid_until > now else f"{OUTDATED} EXPIRED"


# after WeChat's answer

OUTDATED = "OUTDATED"  # the problem of a message that was true when it was composed, before the state since
NO_CONSENT = "NO_CONSENT"  # the problem of a message that nobody allowed
NO_OPENID, TEMPLATE_NOT_SET, NOT_FOLLOWING = "NO_OPENID", "TEMPLATE_NOT_SET", "NOT_FOLLOWING"
UNREACHED = frozenset((NO_CONSENT, NO_OPENID, TEMPLATE_NOT_SET, NOT_FOLLOWING))  # by this channel; by another perhaps
UNAVAILABLE, NO_CONSENT_LEFT = "UNAVAILABLE", "NO_CONSENT_LEFT"  # codes of the errors of the adapters
SETUP_ERRORS = {  # WeChat's codes by which the template is at fault and not the message: every next one would fail too
    40037: "模板 ID 不存在或已被删除", 47003: "字段内容不符合模板要求", 41030: "页面路径不存在",
}


@dataclass(frozen=True)
class Outcome:
    """What became of one attempt; PENDING is tried again at `send_at`."""

    state: MessageState
    problem: str | None = None
    send_at: datetime | None = None
    setup: dict[str, Any] | None = None  # what is wrong with the template: errcode and, where WeChat names it, key
    channel: Channel | None = None  # another one, by which it is tried next


def after_refusal(code: str, errcode: int | None, attempts: int, now: datetime, key: str | None = None) -> Outcome:
    """Only silence is tried again: no consent, a quota that is used up and a value that WeChat does not
    take would be refused in the same way the next time. `attempts` counts this one; `key`: the field at fault."""
    problem = f"{code} {errcode}" if errcode else code
    if code == NO_CONSENT_LEFT:
        return Outcome(S.SKIPPED, NO_CONSENT)
    if code == NOT_FOLLOWING:
        return Outcome(S.SKIPPED, NOT_FOLLOWING)
    if code == UNAVAILABLE and attempts < ATTEMPTS:
        return Outcome(S.PENDING, problem, now + timedelta(minutes=2**attempts))
    setup = {"errcode": errcode, "key": key} if errcode in SETUP_ERRORS else None
    return Outcome(S.FAILED, problem, setup=setup)


def channel_after(channel: Channel, order: Sequence[str], open_to: Set[Channel]) -> Channel | None:
    """The next channel in the shop's order that reaches the member; None: no further one does. A channel that the shop
    has taken out since is followed by none."""
    later = order[order.index(channel.value) + 1:] if channel.value in order else []
    return next((Channel(name) for name in later if Channel(name) in open_to), None)


def case_about(channel: Channel, template: str) -> str:
    """What a case about a template is known by."""
    return template if channel is Channel.SUBSCRIBE else f"{template}@service"


def setup_sentence(template: str, template_id: str, setup: dict[str, Any]) -> str:
    """For the staff who set the template up."""
    field = f"，字段 {setup['key']}" if setup["key"] else ""
    return f"消息模板 {template}（{template_id}）被微信拒绝{field}：{SETUP_ERRORS[setup['errcode']]}"
