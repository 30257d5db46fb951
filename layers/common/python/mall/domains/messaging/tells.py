"""What each kind of message tells, by our own names; which of it a merchant's template shows, and where (spec I1, I2).

`TOLD` is the list that a merchant chooses from. `USUAL` are the templates that the catalogue of WeChat's own words is
mostly filled in by: what holds where the settings name a template and nothing more is said of its fields.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from mall.domains.messaging.values import Told, fits, kind_of, takes, thing, written
from mall.kit.errors import BadInput
from mall.kit.money import yuan

MOST_FIELDS = 10

T = Told
_ORDER = {"order_no": T.CODE, "goods": T.TEXT}


class Template(str, Enum):
    """Our names; the merchant says which template of WeChat each of them is."""

    ORDER_PAID = "order_paid"
    ORDER_SHIPPED = "order_shipped"
    GROUP_PROGRESS = "group_progress"
    GROUP_SUCCESS = "group_success"
    GROUP_FAILED = "group_failed"
    COUPON_EXPIRING = "coupon_expiring"
    ORDER_UNPAID = "order_unpaid"
    REFUND_DONE = "refund_done"
    REFUND_REFUSED = "refund_refused"


TOLD: dict[Template, dict[str, Told]] = {
    Template.ORDER_PAID: {**_ORDER, "paid_fen": T.FEN, "paid_at": T.MOMENT},
    Template.ORDER_SHIPPED: {**_ORDER, "delivery": T.WORD, "tracking_no": T.CODE, "shipped_at": T.MOMENT},
    Template.GROUP_PROGRESS: {"goods": T.TEXT, "size": T.COUNT, "missing": T.COUNT, "expires_at": T.MOMENT,
                              "hint": T.TEXT},
    Template.GROUP_SUCCESS: {**_ORDER, "pay_fen": T.FEN, "size": T.COUNT, "ended_at": T.MOMENT},
    Template.GROUP_FAILED: {**_ORDER, "pay_fen": T.FEN},
    Template.COUPON_EXPIRING: {"title": T.TEXT, "saving": T.TEXT, "valid_until": T.MOMENT, "condition": T.TEXT},
    Template.ORDER_UNPAID: {**_ORDER, "pay_fen": T.FEN, "expires_at": T.MOMENT},
    Template.REFUND_DONE: {"number": T.CODE, "amount_fen": T.FEN, "finished_at": T.MOMENT, "cause": T.WORD},
    Template.REFUND_REFUSED: {**_ORDER, "asked_fen": T.FEN, "refused_at": T.MOMENT, "answer": T.TEXT},
}


class Channel(str, Enum):
    """By what a message goes out."""

    SUBSCRIBE = "SUBSCRIBE"  # 订阅消息: the mini program, one for each that the buyer allowed
    TEMPLATE = "TEMPLATE"  # 模板消息: the service account, to who follows it


@dataclass(frozen=True)
class Field:
    """One field of a template: its key at WeChat, and what stands in it: a value of ours, or always the same words."""

    key: str
    value: str | None = None
    text: str | None = None


@dataclass(frozen=True)
class Mapped:
    """A template as the merchant has set it up."""

    template_id: str
    fields: tuple[Field, ...]


class FieldUnfit(BadInput):
    code, message = "MESSAGE_FIELD_UNFIT", "模板字段与内容不匹配，请检查字段名与所选内容"


def _usual(**fields: str) -> tuple[Field, ...]:
    """A word with a hash before it is always the same."""
    return tuple(Field(key, text=told[1:]) if told.startswith("#") else Field(key, told)
                 for key, told in fields.items())


USUAL: dict[Template, tuple[Field, ...]] = {
    Template.ORDER_PAID: _usual(character_string1="order_no", thing2="goods", amount3="paid_fen", time4="paid_at",
                                thing5="#我们会尽快为您安排"),
    Template.ORDER_SHIPPED: _usual(character_string1="order_no", thing2="goods", phrase3="delivery",
                                   character_string4="tracking_no", time5="shipped_at"),
    Template.GROUP_PROGRESS: _usual(thing1="goods", number2="size", number3="missing", time4="expires_at",
                                    thing5="hint"),
    Template.GROUP_SUCCESS: _usual(character_string1="order_no", thing2="goods", amount3="pay_fen", number4="size",
                                   time5="ended_at"),
    Template.GROUP_FAILED: _usual(character_string1="order_no", thing2="goods", thing3="#拼团时间内人数不足",
                                  amount4="pay_fen", thing5="#款项将原路退回"),
    Template.COUPON_EXPIRING: _usual(thing1="title", thing2="saving", time3="valid_until", thing4="condition"),
    Template.ORDER_UNPAID: _usual(character_string1="order_no", thing2="goods", amount3="pay_fen",
                                  time4="expires_at", thing5="#逾期订单将自动关闭"),
    Template.REFUND_DONE: _usual(character_string1="number", amount2="amount_fen", time3="finished_at",
                                 thing4="#原支付账户", thing5="cause"),
    Template.REFUND_REFUSED: _usual(character_string1="order_no", thing2="goods", amount3="asked_fen",
                                    time4="refused_at", thing5="answer"),
}


def check_fields(template: Template, fields: Sequence[Field]) -> None:
    """Raises FieldUnfit with the place and a sentence: a key of no known kind or named twice, a value that this message
    does not tell or that cannot stand in a field of the kind, words that WeChat would not take."""
    seen: set[str] = set()
    for number, field in enumerate(fields):
        kind, at = kind_of(field.key), f"fields.{number}"
        if kind is None:
            raise FieldUnfit(f"{field.key} 不是可识别的模板字段，应如 thing1、amount2", field=f"{at}.key")
        if field.key in seen:
            raise FieldUnfit(f"{field.key} 重复了", field=f"{at}.key")
        seen.add(field.key)
        if (field.value is None) == (field.text is None):
            raise FieldUnfit("每个字段填写一项内容：value 或 text", field=at)
        if field.text is not None:
            if not takes(kind, field.text):
                raise FieldUnfit(f"{field.key} 的固定文字不符合微信对 {kind} 的要求", field=f"{at}.text")
            continue
        told = TOLD[template].get(field.value)
        if told is None:
            raise FieldUnfit(f"此消息没有 {field.value}，可选：{'、'.join(TOLD[template])}", field=f"{at}.value")
        if not fits(kind, told):
            raise FieldUnfit(f"{field.value} 不能放进 {kind} 类型的字段 {field.key}", field=f"{at}.value")


def filled(template: Template, fields: Sequence[Field], facts: Mapping[str, Any]) -> dict[str, str]:
    """The fields as they are sent. A field whose value is not there (a newer release has renamed it) says so little
    that WeChat still takes it."""
    told, found = TOLD[template], {}
    for field in fields:
        kind = kind_of(field.key)
        if field.text is not None:
            found[field.key] = field.text
        elif kind and field.value in facts and field.value in told and fits(kind, told[field.value]):
            found[field.key] = written(kind, told[field.value], facts[field.value])
        else:
            found[field.key] = "0" if kind in ("number", "amount") else "-"
    return found


# the facts of each message

def order_paid(order_no: str, goods: str, paid_fen: int, paid_at: datetime) -> dict[str, Any]:
    return {"order_no": order_no, "goods": goods, "paid_fen": paid_fen, "paid_at": paid_at.isoformat()}


def order_shipped(order_no: str, goods: str, delivery: str, tracking_no: str | None,
                  shipped_at: datetime) -> dict[str, Any]:
    return {"order_no": order_no, "goods": goods, "delivery": _DELIVERY.get(delivery, "其他方式"),
            "tracking_no": tracking_no or "", "shipped_at": shipped_at.isoformat()}


def group_progress(goods: str, size: int, missing: int, expires_at: datetime) -> dict[str, Any]:
    return {"goods": goods, "size": size, "missing": missing, "expires_at": expires_at.isoformat(),
            "hint": f"还差{missing}人成团，快邀请好友"}


def group_success(order_no: str, goods: str, pay_fen: int, size: int, ended_at: datetime) -> dict[str, Any]:
    return {"order_no": order_no, "goods": goods, "pay_fen": pay_fen, "size": size, "ended_at": ended_at.isoformat()}


def group_failed(order_no: str, goods: str, pay_fen: int) -> dict[str, Any]:
    return {"order_no": order_no, "goods": goods, "pay_fen": pay_fen}


def coupon_expiring(title: str, kind: str, document: dict, valid_until: datetime) -> dict[str, Any]:
    """`kind` and `document` are the coupon template's."""
    return {"title": thing(title), "saving": _saving(kind, document), "valid_until": valid_until.isoformat(),
            "condition": _condition(document)}


def order_unpaid(order_no: str, goods: str, pay_fen: int, expires_at: datetime) -> dict[str, Any]:
    return {"order_no": order_no, "goods": goods, "pay_fen": pay_fen, "expires_at": expires_at.isoformat()}


def refund_done(number: str, amount_fen: int, finished_at: datetime, cause: str) -> dict[str, Any]:
    return {"number": number, "amount_fen": amount_fen, "finished_at": finished_at.isoformat(),
            "cause": _CAUSES.get(cause, "订单退款")}


def refund_refused(order_no: str, goods: str, asked_fen: int, refused_at: datetime, answer: str) -> dict[str, Any]:
    return {"order_no": order_no, "goods": goods, "asked_fen": asked_fen, "refused_at": refused_at.isoformat(),
            "answer": thing(answer)}


_DELIVERY = {"EXPRESS": "快递", "PICKUP": "到店自提", "VIRTUAL": "无需物流"}
_CAUSES = {"LATE_PAYMENT": "订单已关闭", "SECOND_PAYMENT": "订单重复支付", "WRONG_AMOUNT": "支付金额不符",
           "BROKEN_OFF": "订单未付清已关闭", "KEPT_BACK": "商家退还已付款",
           "GROUP_FAILED": "拼团未成功", "PRICE_DIFFERENCE": "退差价", "FREIGHT": "退运费", "COMPENSATION": "补偿"}


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

