"""An order as people see it: the buyer's page, the staff's page, and the rows of lists (订单详情、订单列表)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from mall.domains.fulfilment import store as fulfilment
from mall.domains.fulfilment.rules import CARRIERS
from mall.domains.instalments import store as instalments
from mall.domains.members.rules import mask_name, mask_phone
from mall.domains.orders import store as orders
from mall.domains.orders.pieces import is_partly_shipped, shipped, still_owed
from mall.domains.orders.rules import CLOSE_WORDS, TO_PAY, Delivery, OrderState
from mall.domains.points import store as points
from mall.domains.refunds import request_store as requests
from mall.domains.refunds import store as refunds
from mall.domains.refunds.requests import RequestView, view
from mall.domains.refunds.rules import KIND_WORDS, MONEY_WORDS, money_back
from mall.domains.stock import warehouse_store
from mall.flows import kinds
from mall.flows.kinds.kind import Kind
from mall.flows.trade import part_pages
from mall.flows.trade.part_pages import PartView
from mall.kit.db import Tx
from mall.kit.documents import make
from mall.kit.public_store import PublicStore

HIDDEN = "****"
WORDS = {  # the timeline, as the buyer reads it
    "place": "提交订单",
    "change_price": "商家已修改价格",
    "pay_part": "部分付款成功",
    "end_parts": "已付部分的处理",
    "give_back_kept": "商家退还已付款",
    "pay": "付款成功",
    "pay_and_wait": "付款成功",
    "pay_and_deliver": "付款成功，已自动发货",
    "go_on": "等待发货",
    "go_on_and_deliver": "已自动发货",
    "change_address": "收货地址已修改",
    "ship": "商家已发货",
    "ship_part": "部分商品已发货",
    "ship_without_rest": "其余商品已退款，已全部发货",
    "withdraw_parcel": "包裹未寄出，商家已撤回",
    "correct_parcel": "快递信息已更正",
    "refund_part": "部分退款已受理",
    "pick_up": "已到店提货",
    "receive": "确认收货",
    "close_unpaid": "订单已关闭",
    "close_refunded": "退款已受理，订单关闭",  # whether the money is there, its refunds say
}
OTHER_WORDS = "订单有更新"  # of a move that only a newer release knows


@dataclass(frozen=True)
class LineView:
    line_id: str
    spu_id: str
    sku_id: str
    title: str
    spec_values: list[str]
    picture_url: str | None
    is_virtual: bool
    quantity: int  # as ordered
    refunded_quantity: int
    left_quantity: int  # what is still to be handed over, or the buyer's to keep
    shipped_quantity: int  # in its parcels
    to_ship_quantity: int  # still to follow
    unit_fen: int
    pay_fen: int  # its share of every discount taken off


@dataclass(frozen=True)
class Discount:
    kind: str  # full_reduction, goods_coupon, free_shipping_coupon ...
    title: str
    amount_fen: int


@dataclass(frozen=True)
class PriceView:
    """list_fen - unit_off_fen - discounts + freight_fen = pay_fen, of which balance_fen by stored value."""

    list_fen: int  # the goods before any rule
    unit_off_fen: int  # by member, tier and group prices
    discounts: list[Discount]
    freight_fen: int
    pay_fen: int
    balance_fen: int
    refunded_fen: int
    balance_refunded_fen: int  # the part of it that went back into stored value


@dataclass(frozen=True)
class PointsView:
    """A hundred points take a yuan off; what is earned comes with receipt."""

    used: int
    returned: int  # of those used: with refunds, or because the order closed unpaid
    earned: int
    taken_back: int  # of those earned, with refunds


@dataclass(frozen=True)
class AddressView:
    name: str
    phone: str
    province: str
    city: str
    district: str
    detail: str
    version: int  # to be sent back with a change


@dataclass(frozen=True)
class PersonView:
    name: str
    phone: str


@dataclass(frozen=True)
class PieceView:
    line_id: str
    quantity: int


@dataclass(frozen=True)
class ParcelView:
    parcel: int  # of its order: 1, 2 ...
    delivery: str
    carrier: str | None
    carrier_name: str | None
    tracking_no: str | None
    corrections: int  # how often carrier or number was put right
    lines: list[PieceView]  # what is in it; of before parcels had lines nothing: all of the order
    shipped_at: datetime


@dataclass(frozen=True)
class ProposedParcel:
    """What of an order may go out together: all that is owed and lies in one warehouse."""

    warehouse_id: str
    warehouse: str  # its name
    lines: list[PieceView]


@dataclass(frozen=True)
class RefundView:
    """Money on its way back. state: UNDER_WAY, DONE, FAILED."""

    refund_no: str
    kind: str  # GOODS PRICE_DIFFERENCE FREIGHT COMPENSATION
    kind_words: str
    reason: str
    state: str
    words: str
    amount_fen: int
    balance_fen: int  # the part of it that goes into stored value
    asked_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True)
class Step:
    """One entry of the timeline. who: member, staff or system."""

    move: str
    words: str
    state: str
    who: str
    reason: str  # as somebody wrote it, or why the order closed, in words
    at: datetime


@dataclass(frozen=True)
class OrderView:
    """What both sides see of an order."""

    order_no: str
    checkout_id: str
    seller_id: str
    state: str
    state_words: str
    kind: str
    kind_words: str  # "" of an ordinary order
    kind_says: str  # how it stands with what its kind is about
    delivery: str
    group_id: str | None
    lines: list[LineView]
    price: PriceView
    instalments: list[PartView]  # the parts that it is paid in; none: at once
    points: PointsView
    partly_shipped: bool  # 部分发货: a parcel has gone out, and something is still to follow
    parcels: list[ParcelView]  # in the order they went out
    refunds: list[RefundView]
    refund_state: str  # of all of them together: NONE UNDER_WAY DONE FAILED
    refund_words: str
    refund_requests: list[RequestView]  # the buyer's, the newest first, with the shop's answers
    timeline: list[Step]
    buyer_note: str
    close_reason: str | None
    placed_at: datetime
    paid_at: datetime | None
    received_at: datetime | None


@dataclass(frozen=True)
class RowView:
    """An order in a list."""

    order_no: str
    checkout_id: str  # orders with the same one were placed together
    seller_id: str
    state: str
    state_words: str
    kind: str
    kind_words: str
    delivery: str
    group_id: str | None
    pay_fen: int
    lines: list[LineView]
    partly_shipped: bool
    placed_at: datetime
    expires_at: datetime | None  # of one that is to be paid
    due: PartView | None  # what is to be paid next of one that is paid in parts
    refund_state: str  # NONE UNDER_WAY DONE FAILED
    refund_words: str


def page(tx: Tx, order_no: str, now: datetime, shown: PublicStore) -> tuple[Any | None, list[Any], OrderView | None]:
    """The order's row, its lines' rows and its view, in one round trip and what its kind asks; Nones when there is no
    such order."""
    found, lines, steps, parcels, pieces, used, earnings, given_back, asked = tx.fetch(
        orders.ask(order_no), orders.ask_lines(order_no), orders.ask_timeline(order_no),
        fulfilment.ask_parcels([order_no]), fulfilment.ask_pieces([order_no]), points.ask_used(order_no),
        points.ask_earned(order_no), refunds.ask_of_orders([order_no]), requests.ask_of_orders([order_no]))
    if not found:
        return None, [], None
    order, money, kind = found[0], money_back(row.state for row in given_back), kinds.shown(found[0].kind)
    parts = part_pages.views(order, instalments.of_order(tx, order), now)
    return order, lines, OrderView(
        order_no, order.checkout_id, order.seller_id, order.state, kind.state_words(order.state), order.kind,
        kind.words, kind.says(tx, order, now),
        order.delivery, order.group_id, [_line(order, line, shown) for line in lines],
        _price(order), parts, _points(used[0], earnings), is_partly_shipped(order.state, lines),
        [_parcel(each, pieces) for each in fulfilment.living(parcels)],
        [_refund(row) for row in given_back], money, MONEY_WORDS[money], [view(each) for each in asked],
        [_step(step, kind) for step in steps],
        order.buyer_note, order.close_reason, order.placed_at, order.paid_at, order.received_at)


def rows(tx: Tx, found: list[Any], now: datetime, shown: PublicStore) -> list[RowView]:
    """The rows of a list with their lines, in one more round trip whatever the number of orders."""
    order_nos = [order.order_no for order in found]
    in_parts = [order.order_no for order in found if order.instalments and order.state in TO_PAY]
    asked = [orders.ask_lines_of(order_nos), refunds.ask_of_orders(order_nos)]
    if in_parts:
        asked.append(instalments.ask_of_orders(in_parts))
    lines, given_back, *parts = tx.fetch(*asked) if found else ((), ())
    return [_row(order, lines, money_back(row.state for row in given_back if row.order_no == order.order_no),
                 part_pages.due_of(order, parts[0] if parts else (), now), shown) for order in found]


def _row(order: Any, lines: Sequence[Any], money: str, due: PartView | None, shown: PublicStore) -> RowView:
    own, kind = [line for line in lines if line.order_no == order.order_no], kinds.shown(order.kind)
    return RowView(order.order_no, order.checkout_id, order.seller_id, order.state, kind.state_words(order.state),
                   order.kind, kind.words, order.delivery, order.group_id, order.pay_fen,
                   [_line(order, line, shown) for line in own], is_partly_shipped(order.state, own), order.placed_at,
                   order.expires_at if order.state in TO_PAY else None, due, money, MONEY_WORDS[money])


def proposed(tx: Tx, seller_id: str, found: list[Any]) -> dict[str, list[ProposedParcel]]:
    """{order: the parcels that are proposed for it, by warehouse} of a seller's orders that are sent by a carrier."""
    sent = {order.order_no: order for order in found
            if order.state == OrderState.TO_SHIP.value and order.delivery == Delivery.EXPRESS.value}
    if not sent:
        return {}
    lines, rows = tx.fetch(orders.ask_lines_of(sorted(sent)), warehouse_store.ask_every(seller_id))
    names, parcels = warehouse_store.names_of(rows), dict[str, list[ProposedParcel]]()
    for line in sorted(lines, key=lambda line: (line.order_no, line.warehouse_id, line.line_id)):
        own, left = parcels.setdefault(line.order_no, []), still_owed(sent[line.order_no], line)
        if left and (not own or own[-1].warehouse_id != line.warehouse_id):
            own.append(ProposedParcel(line.warehouse_id, names.get(line.warehouse_id, ""), []))
        if left:
            own[-1].lines.append(PieceView(line.line_id, left))
    return parcels


def own_address(order: Any) -> AddressView | None:
    """Where the parcel goes, as its buyer sees it: with the phone masked. None for pick-up and virtual goods."""
    if order.address is None or order.delivery != Delivery.EXPRESS.value:
        return None
    return make(AddressView, order.address, phone=mask_phone(order.address["phone"]), version=order.address_version)


def masked_address(order: Any) -> AddressView | None:
    """The same as staff see it until they open it (`orders.open_receiver`): who and which door are hidden."""
    found = own_address(order)
    return found and replace(found, name=mask_name(found.name), detail=HIDDEN if found.detail else "")


def whole_address(order: Any) -> AddressView | None:
    """The same with nothing hidden."""
    found = own_address(order)
    return found and replace(found, phone=order.address["phone"])


def own_person(order: Any) -> PersonView | None:
    """Who comes for a pick-up order, as its buyer sees it."""
    found = person(order, masked=False)
    return found and replace(found, phone=mask_phone(found.phone))


def person(order: Any, *, masked: bool) -> PersonView | None:
    """Who comes for a pick-up order; None for orders of before they were asked, and for others."""
    if order.address is None or order.delivery != Delivery.PICKUP.value:
        return None
    name, phone = order.address["name"], order.address["phone"]
    return PersonView(mask_name(name), mask_phone(phone)) if masked else PersonView(name, phone)


def seconds_left(order: Any, now: datetime) -> int | None:
    """How long the order, or the part that is due, may still be paid; None when nothing is to be paid."""
    if order.state not in TO_PAY:
        return None
    return max(0, int((order.expires_at - now).total_seconds()))


def _line(order: Any, row: Any, shown: PublicStore) -> LineView:
    return LineView(row.line_id, row.spu_id, row.sku_id, row.title, row.spec_values,
                    shown.medium(row.picture_url), row.is_virtual, row.quantity, row.refunded_quantity,
                    row.quantity - row.refunded_quantity, shipped(order, row), still_owed(order, row), row.unit_fen,
                    row.pay_fen)


def _refund(row: Any) -> RefundView:
    money = money_back([row.state])
    return RefundView(row.refund_no, row.kind, KIND_WORDS.get(row.kind, KIND_WORDS["GOODS"]), row.reason, money,
                      MONEY_WORDS[money], row.amount_fen + row.balance_fen, row.balance_fen, row.created_at,
                      row.finished_at)


def _price(order: Any) -> PriceView:
    told = order.price
    discounts = [Discount(each["kind"], each["title"], each["amount_fen"]) for each in told["adjustments"]
                 if each["kind"] != "balance"]
    return PriceView(told["list_fen"], told["list_fen"] - told["goods_fen"], discounts, told["freight_fen"],
                     order.pay_fen, order.balance_fen, order.refunded_fen, order.balance_refunded_fen)


def _points(used: Any, earnings: list[Any]) -> PointsView:
    earned, taken_back = (earnings[0].earned, earnings[0].taken_back) if earnings else (0, 0)
    return PointsView(int(used.points), int(used.returned), earned, taken_back)


def _parcel(row: Any, pieces: Sequence[Any]) -> ParcelView:
    held: dict[str, int] = {}
    for piece in pieces:
        if piece.shipment_id == row.shipment_id:
            held[piece.line_id] = held.get(piece.line_id, 0) + piece.quantity
    return ParcelView(row.parcel, row.delivery, row.carrier, CARRIERS.get(row.carrier), row.tracking_no,
                      row.corrections, [PieceView(*each) for each in held.items()], row.created_at)


def _step(row: Any, kind: Kind) -> Step:
    who = row.actor.split(" ")[0]
    return Step(row.move, kind.step_words(row.move, WORDS.get(row.move, OTHER_WORDS)), row.to_state,
                who if who in ("member", "staff") else "system",
                {**CLOSE_WORDS, **kind.reasons}.get(row.reason, row.reason), row.created_at)
