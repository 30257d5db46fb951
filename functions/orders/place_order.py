"""Place an order (下单): hold the stock, make an unpaid order of each seller and parcel, for thirty minutes."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from mall.app import KEY, Count, Ctx, Fen, Id, Input, KindFields, Line, Name, Output, Phone, Quantity, command
from mall.domains.carts import store as carts
from mall.domains.carts.rules import MAX_LINES, check_out
from mall.domains.orders.rules import Delivery
from mall.flows import kinds
from mall.flows.trade import checkout_pages
from mall.flows.trade import place_order as flow
from mall.flows.trade.price import PickupPersonMissing, Wanted


class OrderLine(Input):
    sku_id: Id
    quantity: Quantity


class PlaceOrder(KindFields):
    lines: list[OrderLine] = Field(min_length=1, max_length=MAX_LINES)
    delivery: Literal["EXPRESS", "PICKUP", "VIRTUAL"] = Delivery.EXPRESS.value
    address_id: Id | None = None  # absent: the default address
    coupon_ids: list[Id] | None = Field(None, max_length=5)  # absent: the best set by itself
    balance_fen: Fen = 0  # of the price, from the buyer's stored value; WeChat collects the rest
    points: Count = 0  # to be used: a hundred take a yuan off the goods
    expected_pay_fen: Fen | None = None  # what the buyer saw: a changed price is told, not charged
    seen: Id | None = None  # of pricing.quote_checkout: other goods under these ids are told, not sold
    from_cart: bool = False  # take the lines out of the cart
    note: Line = ""
    pickup_name: Name | None = None  # who comes for a pick-up, both or neither; absent: who receives his parcels
    pickup_phone: Phone | None = None


class OrderPlaced(Output):
    """Amounts are of all its orders together, which one payment pays."""

    order_no: str  # of the first
    checkout_id: str
    group_id: str | None  # that it opened or joined
    pay_fen: int
    balance_fen: int  # the part of it that is held of the stored value, or spent when it is all
    points_used: int  # held, or spent when there is nothing to pay
    state: str  # of the first
    expires_at: datetime
    orders: list[checkout_pages.PlacedOrder]


@command("orders.place_order", allow="member", repeat=KEY)
def place_order(ctx: Ctx, cmd: PlaceOrder) -> OrderPlaced:
    """Spec E1, E13: one-click, cart and of a kind. Raises OutOfStock, PriceChanged, GoodsChanged, CouponNotUsable,
    NotDeliverable, GoodsUnavailable, TooManyOfOne, TooManyOrders, AmountTooLarge, AddressMissing, PickupPersonMissing,
    ActivityNotFound, TooManyUnpaid, StoredValueOff, BalanceShort, BalanceNotUsable, PointsShort, PointsNotUsable,
    QuantityNotAllowed, what its kind refuses; BelowLeast, NotAMultiple, OverLimit, NotForYourLevel (B9)."""
    placed = flow.place(ctx.tx, ctx.me, wanted_of(cmd), ctx.settings, ctx.now, new_id=ctx.new_id,
                        expected_pay_fen=cmd.expected_pay_fen, seen=cmd.seen, buyer_note=cmd.note)
    if cmd.from_cart:
        carts.drop(ctx.tx, ctx.me.member_id, [line.sku_id for line in cmd.lines])
    orders = checkout_pages.placed(placed.orders, ctx.settings.shop_name)
    return OrderPlaced(order_no=orders[0].order_no, checkout_id=placed.checkout_id, group_id=placed.group_id,
                       pay_fen=placed.pay_fen, balance_fen=placed.balance_fen, points_used=placed.points_used,
                       state=placed.state, expires_at=placed.expires_at, orders=orders)


def wanted_of(cmd: PlaceOrder) -> Wanted:
    """The same SKU twice is one line of both quantities."""
    quantities = check_out((line.sku_id, line.quantity) for line in cmd.lines)
    return Wanted(quantities, cmd.delivery, cmd.address_id,
                  None if cmd.coupon_ids is None else tuple(cmd.coupon_ids), kinds.asked_in(cmd), cmd.balance_fen,
                  cmd.points or None, _person(cmd))


def _person(cmd: PlaceOrder) -> dict[str, str] | None:
    if cmd.pickup_name is None and cmd.pickup_phone is None:
        return None
    if cmd.pickup_name is None or cmd.pickup_phone is None:
        raise PickupPersonMissing(field="pickup_name" if cmd.pickup_name is None else "pickup_phone")
    return {"name": cmd.pickup_name, "phone": cmd.pickup_phone}
