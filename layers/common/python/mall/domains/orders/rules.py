"""Orders: their states, what may happen in each, and what is told (spec E1 to E4)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, ClassVar

from mall.kit.errors import Conflict, NotFound, RuleBroken
from mall.kit.outbox import Event
from mall.kit.state import Flow, Words

_as_json = json.JSONEncoder(ensure_ascii=False).encode

class OrderState(str, Enum):
    UNPAID = "UNPAID"  # 待付款
    PART_PAID = "PART_PAID"  # 已付定金: paid in parts, and not all of them are
    WAITING = "GROUPING"  # paid, and waits for what its kind says; group buys were the first to
    TO_SHIP = "TO_SHIP"  # 待发货 (or to be picked up)
    SHIPPED = "SHIPPED"  # 待收货
    RECEIVED = "RECEIVED"  # 已完成
    CLOSED = "CLOSED"  # 已关闭


S = OrderState
FLOW = Flow(S, start=S.UNPAID, moves={
    "pay_part": ({S.UNPAID, S.PART_PAID}, S.PART_PAID),  # one that is not the last
    "pay": ({S.UNPAID, S.PART_PAID}, S.TO_SHIP, "paid_at"),
    "pay_and_wait": ({S.UNPAID, S.PART_PAID}, S.WAITING, "paid_at"),
    "pay_and_deliver": ({S.UNPAID, S.PART_PAID}, S.RECEIVED, "paid_at", "shipped_at", "received_at"),  # virtual goods
    "go_on": ({S.WAITING}, S.TO_SHIP),
    "go_on_and_deliver": ({S.WAITING}, S.RECEIVED, "shipped_at", "received_at"),
    "ship": ({S.TO_SHIP}, S.SHIPPED, "shipped_at"),  # with the last parcel
    "ship_without_rest": ({S.TO_SHIP}, S.SHIPPED, "shipped_at"),  # what had not gone out is refunded
    "withdraw_parcel": ({S.SHIPPED}, S.TO_SHIP),
    "pick_up": ({S.TO_SHIP}, S.RECEIVED, "received_at"),
    "receive": ({S.SHIPPED}, S.RECEIVED, "received_at"),
    "close_unpaid": ({S.UNPAID, S.PART_PAID}, S.CLOSED, "closed_at"),
    "close_refunded": ({S.WAITING, S.TO_SHIP, S.SHIPPED, S.RECEIVED}, S.CLOSED, "closed_at"),
    "flash_refund": ({S.TO_SHIP}, S.CLOSED),  # by the buyer, written down as close_refunded
})


class Delivery(str, Enum):
    EXPRESS = "EXPRESS"  # 快递
    PICKUP = "PICKUP"  # 到店自提
    VIRTUAL = "VIRTUAL"  # 无需物流


class CloseReason(str, Enum):
    EXPIRED = "EXPIRED"
    BUYER = "BUYER"
    STAFF = "STAFF"
    REFUNDED = "REFUNDED"


TO_PAY = (S.UNPAID.value, S.PART_PAID.value)  # something is still to be paid; `expires_at`: until when
STATE_WORDS = Words(OrderState, {
    "UNPAID": "待付款", "PART_PAID": "已付定金", "GROUPING": "待处理", "TO_SHIP": "待发货", "SHIPPED": "待收货",
    "RECEIVED": "已完成", "CLOSED": "已关闭"}, other="处理中")
PARTLY_SHIPPED = "部分发货"  # said of TO_SHIP when a parcel has gone out
CLOSE_WORDS = Words(CloseReason, {
    "EXPIRED": "超时未付款", "BUYER": "买家取消", "STAFF": "商家关闭", "REFUNDED": "全额退款"}, other="其他")
DELIVERY_WORDS = Words(Delivery, {"EXPRESS": "快递", "PICKUP": "到店自提", "VIRTUAL": "无需物流"}, other="其他方式")
BUYER_BUTTONS = {  # what a buyer's page offers in each state, driven by FLOW
    "pay": "start_payment", "close_unpaid": "cancel_order", "receive": "confirm_receipt",
    "flash_refund": "request_flash_refund", "close_refunded": "ask_refund",
}
STAFF_BUTTONS = {
    "ship": "ship_orders", "pick_up": "check_off_pickup", "close_unpaid": "close_order",
    "close_refunded": "start_refund",
}
PRICE_BUTTON = "adjust_order_price"  # moves nothing: an unpaid order stays unpaid

TABS = {  # the buyer's list, by tab
    "all": tuple(S), "unpaid": (S.UNPAID,), "part_paid": (S.PART_PAID,), "grouping": (S.WAITING,),
    "to_ship": (S.TO_SHIP,), "shipped": (S.SHIPPED,), "finished": (S.RECEIVED,), "closed": (S.CLOSED,),
}


MOST_NOTES = 100  # of one order


class TooManyNotes(RuleBroken):
    code, message = "TOO_MANY_NOTES", "该订单的备注已达上限"


class OrderNotFound(NotFound):
    code, message = "ORDER_NOT_FOUND", "订单不存在"
    field = "order_no"


class GoodsUnavailable(RuleBroken):
    code, message = "GOODS_UNAVAILABLE", "部分商品已下架或失效，请返回确认后重新提交"
    field = "lines"


class OrderLapsed(RuleBroken):
    code, message = "ORDER_LAPSED", "订单已超过付款时间，请重新下单"


class TooManyUnpaid(RuleBroken):
    code, message = "TOO_MANY_UNPAID", "尚未付款的订单过多，请先付款或取消后再下单"


class NotUnpaid(RuleBroken):
    code, message = "ORDER_NOT_UNPAID", "只有待付款的订单可以改价；已付款的订单请用部分退款退还差价"


RECEIVER = ("name", "phone", "province", "city", "district", "detail")  # of an order's own address
ADDRESS_OPEN = (*TO_PAY, S.WAITING.value, S.TO_SHIP.value)  # where a parcel may still be sent elsewhere


class AddressFixed(RuleBroken):
    code, message = "ADDRESS_FIXED", "订单已经发货，不能再修改收货地址"

    @classmethod
    def of(cls, order: Any) -> AddressFixed:
        if order.delivery != Delivery.EXPRESS.value:
            return cls("该订单无需邮寄，没有收货地址可改", delivery=order.delivery)
        return cls("订单已经关闭，不能再修改收货地址" if order.state == S.CLOSED.value else None, state=order.state)


class AddressChanged(Conflict):
    code, message = "ADDRESS_CHANGED", "收货地址刚刚被修改过，请刷新后再改"


class FreightDiffers(Conflict):
    """Shown before it is agreed to: `before_fen`, `after_fen` and `difference_fen`, of which nothing is charged."""

    code, message = "FREIGHT_DIFFERS", "新地址的运费不同，请确认后重新提交"


class FreightWouldRise(RuleBroken):
    code, message = "FREIGHT_WOULD_RISE", "新地址的运费更高，请联系商家修改"


class ParcelChanged(Conflict):
    code, message = "PARCEL_CHANGED", "快递信息刚刚被更正过，请刷新后再改"


class NotOnItsWay(RuleBroken):
    code, message = "NOT_ON_ITS_WAY", "只有已发货、尚未收货的快递包裹可以更正或撤回"


class GoodsChanged(Conflict):
    code, message = "GOODS_CHANGED", "商品信息已变化，请确认后重新提交"


class StateChanged(Conflict):
    code, message = "ORDER_STATE_CHANGED", "订单状态刚刚发生了变化，请刷新后再决定"


class DeliveryMismatch(RuleBroken):
    code, message = "DELIVERY_MISMATCH", "所选配送方式不适用于这些商品"


@dataclass(frozen=True)
class OrderPlaced(Event):
    kind: ClassVar[str] = "orders.order_placed"
    order_no: str
    member_id: str
    pay_fen: int


@dataclass(frozen=True)
class OrderPriceChanged(Event):
    kind: ClassVar[str] = "orders.order_price_changed"
    order_no: str
    member_id: str
    before_fen: int
    pay_fen: int


@dataclass(frozen=True)
class OrderPaid(Event):
    kind: ClassVar[str] = "orders.order_paid"
    order_no: str
    payment_no: str
    member_id: str
    paid_fen: int


@dataclass(frozen=True)
class OrderPartPaid(Event):
    """One of its parts is paid, and not the last; `part` counts them from 1."""

    kind: ClassVar[str] = "orders.order_part_paid"
    order_no: str
    payment_no: str
    member_id: str
    part: int
    paid_fen: int


@dataclass(frozen=True)
class OrderClosed(Event):
    kind: ClassVar[str] = "orders.order_closed"
    order_no: str
    member_id: str
    reason: str


@dataclass(frozen=True)
class OrderShipped(Event):
    """A parcel of it has gone out; `parcel` counts them from 1."""

    kind: ClassVar[str] = "orders.order_shipped"
    order_no: str
    member_id: str
    parcel: int = 1


@dataclass(frozen=True)
class ParcelCorrected(Event):
    """Carrier or number of a parcel that is on its way was wrong; `correction` counts them from 1."""

    kind: ClassVar[str] = "orders.parcel_corrected"
    order_no: str
    member_id: str
    correction: int
    parcel: int = 1


@dataclass(frozen=True)
class OrderReceived(Event):
    kind: ClassVar[str] = "orders.order_received"
    order_no: str
    member_id: str


def seen(skus: Iterable[Any], gifts: Iterable[tuple[str, int]] = ()) -> str:
    """A digest of what a buyer is shown of these goods: which, their titles, their specification values; and of the
    gifts (sku_id, quantity) that come with them. Beside the price it is what a confirmation binds."""
    shown = sorted([sku.sku_id, sku.title, list(sku.spec_values)] for sku in skus)
    shown += [list(gift) for gift in sorted(gifts)]
    return hashlib.sha256(_as_json(shown).encode()).hexdigest()[:32]


def check_unpaid(unpaid: int, most: int) -> None:
    """Whether a member who has so many unpaid checkouts may have one more. Raises TooManyUnpaid."""
    if unpaid >= most:
        raise TooManyUnpaid(f"您有 {unpaid} 笔订单尚未付款，请先付款或取消其中的订单，再提交新订单", most=most)


CLOSE_SOONEST, CLOSE_LATEST = timedelta(minutes=2), timedelta(hours=1)


def close_next(expires_at: datetime, now: datetime) -> datetime:
    """When to try again to close an order whose time was over at `expires_at`: ever more rarely, as long again as it
    has been over."""
    return now + min(CLOSE_LATEST, max(CLOSE_SOONEST, now - expires_at))


def by_wechat_fen(order: Any) -> int:
    """What of the order's price WeChat is to collect; stored value pays the rest (E8)."""
    return order.pay_fen - order.balance_fen


def buyer_buttons(state: str, *, flash_refund: bool, ask_refund: bool) -> list[str]:
    """The actions a buyer may take now, in the order of the state machine; `flash_refund`: whether the shop has any,
    `ask_refund`: whether one may be asked for there (refunds.view_refundable says whether of this order)."""
    offered = {"flash_refund": flash_refund, "close_refunded": ask_refund}
    hidden = [move for move, is_offered in offered.items() if not is_offered]
    return [BUYER_BUTTONS[move] for move in FLOW.allowed(state) if move in BUYER_BUTTONS and move not in hidden]


def staff_buttons(state: str, delivery: str) -> list[str]:
    """The actions staff may take now; what is picked up is not shipped."""
    hidden = "ship" if delivery == Delivery.PICKUP.value else "pick_up"
    moving = [STAFF_BUTTONS[move] for move in FLOW.allowed(state) if move in STAFF_BUTTONS and move != hidden]
    return [PRICE_BUTTON, *moving] if state in TO_PAY else moving
