"""Subscribe messages (订阅消息): which there are, what stands in each, when a failed one is sent again.

A value is bent to WeChat's limits here (订阅消息参数值内容限制说明), so that a long title never loses a
message: thing at most 20 characters, phrase 5 hanzi, character_string 32 of ASCII, nothing empty.
Spec I1, I2.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from enum import Enum
from typing import Any

from mall.kit.errors import RuleBroken
from mall.kit.money import yuan
from mall.kit.state import Flow

SHOP_TIME = timezone(timedelta(hours=8))
THING, CHARACTERS, PHRASE = 20, 32, 5
ATTEMPTS = 6  # of one message, until it is given up
LEASE = timedelta(minutes=10)  # longer than any one call: after it the sender is taken for dead


class Template(str, Enum):
    """Our names; the merchant's settings say which template of WeChat each of them is."""

    ORDER_PAID = "order_paid"
    ORDER_SHIPPED = "order_shipped"
    GROUP_PROGRESS = "group_progress"
    GROUP_SUCCESS = "group_success"
    GROUP_FAILED = "group_failed"
    COUPON_EXPIRING = "coupon_expiring"
    ORDER_UNPAID = "order_unpaid"
    REFUND_DONE = "refund_done"


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
    fields: dict[str, str]

    @property
    def once_key(self) -> str:
        return f"{self.template.value}:{self.subject}:{self.member_id}"


def subject_of(row: Any) -> str:
    """What a message that was written down is about."""
    return row.once_key.removeprefix(f"{row.template}:").removesuffix(f":{row.member_id}")


# whether it is still true when it is sent: why not, or None

def outdated_order(template: Template, order: Any | None, fields: dict[str, str], now: datetime) -> str | None:
    """Of an order that is gone, nobody needs to hear."""
    if order is None:
        return OUTDATED
    if template is Template.ORDER_UNPAID and fields.get("amount3") != amount(order.pay_fen):
        return f"{OUTDATED} PRICE"
    if template is Template.ORDER_UNPAID:
        is_true = order.state == "UNPAID" and order.expires_at > now
    elif template is Template.ORDER_SHIPPED:
        is_true = order.state not in ("CLOSED", "RECEIVED")
    else:
        is_true = order.state != "CLOSED"
    return None if is_true else f"{OUTDATED} {order.state}"


def corrected_since(shipment: Any | None, correction: str) -> bool:
    """Whether a parcel has another number by now than the one that is told; `correction` "": the first."""
    return shipment is not None and shipment.corrections > int(correction or 0)


def outdated_group(group: Any | None, seats: list[Any], member_id: str, missing: int, now: datetime) -> str | None:
    """Of a group that has ended, that the member has left, or that others have joined since (of these it is told
    anew)."""
    if group is None:
        return OUTDATED
    if group.state != "FORMING" or group.expires_at <= now:
        return f"{OUTDATED} {group.state if group.state != 'FORMING' else 'EXPIRED'}"
    paid = [seat for seat in seats if seat.state == "PAID"]
    if member_id not in {seat.member_id for seat in paid}:
        return f"{OUTDATED} REFUNDED"
    return f"{OUTDATED} JOINED" if group.size - len(paid) < missing else None


def outdated_coupon(coupon: Any | None, now: datetime) -> str | None:
    if coupon is None:
        return OUTDATED
    if coupon.state != "USABLE":
        return f"{OUTDATED} {coupon.state}"
    return None if coupon.valid_until > now else f"{OUTDATED} EXPIRED"


# what stands in each message

def order_paid(order_no: str, goods: str, paid_fen: int, paid_at: datetime) -> dict[str, str]:
    return {"character_string1": characters(order_no), "thing2": goods, "amount3": amount(paid_fen),
            "time4": moment(paid_at), "thing5": "我们会尽快为您安排"}


def order_shipped(order_no: str, goods: str, delivery: str, tracking_no: str | None,
                  shipped_at: datetime) -> dict[str, str]:
    return {"character_string1": characters(order_no), "thing2": goods, "phrase3": _DELIVERY.get(delivery, "其他方式"),
            "character_string4": characters(tracking_no or ""), "time5": moment(shipped_at)}


def group_progress(goods: str, size: int, missing: int, expires_at: datetime) -> dict[str, str]:
    return {"thing1": goods, "number2": str(size), "number3": str(missing), "time4": moment(expires_at),
            "thing5": thing(f"还差{missing}人成团，快邀请好友")}


def group_success(order_no: str, goods: str, pay_fen: int, size: int, ended_at: datetime) -> dict[str, str]:
    return {"character_string1": characters(order_no), "thing2": goods, "amount3": amount(pay_fen),
            "number4": str(size), "time5": moment(ended_at)}


def group_failed(order_no: str, goods: str, pay_fen: int) -> dict[str, str]:
    return {"character_string1": characters(order_no), "thing2": goods, "thing3": "拼团时间内人数不足",
            "amount4": amount(pay_fen), "thing5": "款项将原路退回"}


def coupon_expiring(title: str, kind: str, document: dict, valid_until: datetime) -> dict[str, str]:
    """`kind` and `document` are the coupon template's."""
    return {"thing1": thing(title), "thing2": thing(_saving(kind, document)), "time3": moment(valid_until),
            "thing4": thing(_condition(document))}


def order_unpaid(order_no: str, goods: str, pay_fen: int, expires_at: datetime) -> dict[str, str]:
    return {"character_string1": characters(order_no), "thing2": goods, "amount3": amount(pay_fen),
            "time4": moment(expires_at), "thing5": "逾期订单将自动关闭"}


def refund_done(number: str, amount_fen: int, finished_at: datetime, cause: str) -> dict[str, str]:
    return {"character_string1": characters(number), "amount2": amount(amount_fen), "time3": moment(finished_at),
            "thing4": "原支付账户", "thing5": _CAUSES.get(cause, "订单退款")}


_DELIVERY = {"EXPRESS": "快递", "PICKUP": "到店自提", "VIRTUAL": "无需物流"}
_CAUSES = {"LATE_PAYMENT": "订单已关闭", "SECOND_PAYMENT": "订单重复支付", "WRONG_AMOUNT": "支付金额不符",
           "GROUP_FAILED": "拼团未成功"}


def _saving(kind: str, document: dict) -> str:
    if kind == "free_shipping":
        return "免运费"
    if kind == "discount":
        return f"{document['percent'] / 10:g}折"
    return f"立减{yuan(document['off_fen'])}元"


def _condition(document: dict) -> str:
    threshold_fen = document.get("threshold_fen", 0)
    if threshold_fen:
        return f"满{yuan(threshold_fen)}元可用"
    everywhere = (document.get("scope") or {}).get("kind", "all") == "all"
    return "全场商品可用" if everywhere else "指定商品可用"


def goods_name(title: str, pieces: int) -> str:
    """The first title and how many pieces there are in all: 云南小粒咖啡豆等2件."""
    tail = f"等{pieces}件" if pieces > 1 else ""
    return thing(title, THING - len(tail)) + tail


# WeChat's kinds of value

def thing(text: str, limit: int = THING) -> str:
    """Clipped with an ellipsis. What lies beyond the first plane (emoji) counts twice, as it does in
    WeChat's own client."""
    clean = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    if _width(clean) > limit:
        while _width(clean) > limit - 1:
            clean = clean[:-1]
        clean = clean.rstrip() + "…"
    return clean or "无"


def _width(text: str) -> int:
    return sum(2 if ord(letter) > 0xFFFF else 1 for letter in text)


def characters(text: str) -> str:
    return "".join(letter for letter in text if " " <= letter <= "~").strip()[:CHARACTERS].strip() or "-"


def amount(amount_fen: int) -> str:
    return f"¥{yuan(amount_fen)}"


def moment(at: datetime) -> str:
    return at.astimezone(SHOP_TIME).strftime("%Y-%m-%d %H:%M")


# after WeChat's answer

OUTDATED = "OUTDATED"  # the problem of a message that was true when it was composed, before the state since
NO_CONSENT = "NO_CONSENT"  # the problem of a message that nobody allowed
UNAVAILABLE, NO_CONSENT_LEFT = "UNAVAILABLE", "NO_CONSENT_LEFT"  # codes of the errors of the adapter


@dataclass(frozen=True)
class Outcome:
    """What became of one attempt; PENDING is tried again at `send_at`."""

    state: MessageState
    problem: str | None = None
    send_at: datetime | None = None


def after_refusal(code: str, errcode: int | None, attempts: int, now: datetime) -> Outcome:
    """Only silence is tried again: no consent, a quota that is used up and a value that WeChat does not
    take would be refused in the same way the next time. `attempts` counts this one."""
    problem = f"{code} {errcode}" if errcode else code
    if code == NO_CONSENT_LEFT:
        return Outcome(S.SKIPPED, NO_CONSENT)
    if code == UNAVAILABLE and attempts < ATTEMPTS:
        return Outcome(S.PENDING, problem, now + timedelta(minutes=2**attempts))
    return Outcome(S.FAILED, problem)
