"""Price what a buyer is about to order (结算页): every fen explained, nothing held."""

from typing import Any, Literal

from pydantic import Field

from mall.app import Count, Ctx, Fen, Id, Input, KindFields, Output, Quantity, query
from mall.domains.carts.rules import MAX_LINES, check_out
from mall.domains.points.rules import check_usable, earned_for
from mall.domains.pricing.rules import to_json
from mall.domains.stock.rules import told
from mall.domains.wallets import store as wallets
from mall.domains.wallets.rules import check_balance
from mall.flows import kinds
from mall.flows.trade import checkout_pages
from mall.flows.trade.part_pages import PlannedPart, planned
from mall.flows.trade.price import Priced, Wanted
from mall.flows.trade.price import quote as price_of


class QuoteLine(Input):
    sku_id: Id
    quantity: Quantity


class QuoteCheckout(KindFields):
    lines: list[QuoteLine] = Field(min_length=1, max_length=MAX_LINES)
    delivery: Literal["EXPRESS", "PICKUP", "VIRTUAL"] = "EXPRESS"
    address_id: Id | None = None  # absent: the default address
    coupon_ids: list[Id] | None = Field(None, max_length=5)  # absent: the best set by itself
    balance_fen: Fen = 0  # as in orders.place_order
    points: Count = 0  # as in orders.place_order


class Short(Output):
    sku_id: str
    available: int  # at most 10, which is ten or more


class CheckoutQuoted(Output):
    pay_fen: int  # by whatever means
    instalments: list[PlannedPart]  # the parts that it is paid in; none: at once
    balance_fen: int  # the part of it that was asked to come from the stored value
    balance_usable_fen: int  # how much of it the stored value could pay; 0 while stored value is off
    points_used: int  # what was asked: a hundred take a yuan off
    points_usable: int  # the most that this order and the buyer's points allow
    points_to_earn: int  # at receipt, when nothing goes back
    goods_fen: int
    discount_fen: int  # points too
    freight_fen: int
    coupon_ids: list[str]  # those that apply
    short: list[Short]  # SKUs whose stock does not suffice
    needs_address: bool
    deliverable: bool
    orders: list[checkout_pages.OrderQuoted]  # their amounts add up to those above
    seen: str  # what these goods look like, for orders.place_order to find that they still do
    explanation: dict[str, Any]  # the whole quote: docs/pricing.md


@query("pricing.quote_checkout", allow="member")
def quote_checkout(ctx: Ctx, cmd: QuoteCheckout) -> CheckoutQuoted:
    """Spec D2, D3, D4, E8, E13, B9. Raises GoodsUnavailable, AddressNotFound, ActivityNotFound, DeliveryMismatch,
    QuantityNotAllowed, TooManyOfOne, TooManyOrders, AmountTooLarge, StoredValueOff, BalanceNotUsable, PointsShort,
    PointsNotUsable, OverLimit, PartsDoNotFit, and what the kind of the order refuses."""
    quantities = check_out((line.sku_id, line.quantity) for line in cmd.lines)
    coupon_ids = None if cmd.coupon_ids is None else tuple(cmd.coupon_ids)
    wanted = Wanted(quantities, cmd.delivery, cmd.address_id, coupon_ids, kinds.asked_in(cmd),
                    cmd.balance_fen, cmd.points)
    priced = price_of(ctx.tx, ctx.me.member_id, ctx.me.level, wanted, ctx.settings, ctx.now)
    quote, free = priced.whole, sum(lot.free for lot in priced.lots)
    check_usable(cmd.points, free, priced.points_most)
    licence, usable_fen = ctx.settings.stored_value_licence, 0
    if licence and priced.terms.balance:
        usable_fen = min(quote.pay_fen, wallets.owed(ctx.tx, ctx.me.member_id).free_fen)
    check_balance(cmd.balance_fen, usable_fen, licence)
    return CheckoutQuoted(
        pay_fen=quote.pay_fen, balance_fen=cmd.balance_fen, balance_usable_fen=usable_fen,
        instalments=planned(priced.terms.instalments, quote.pay_fen, cmd.balance_fen),
        points_used=quote.points_used, points_usable=min(free, priced.points_most),
        points_to_earn=sum(earned_for(part.goods_pay_fen, ctx.settings.points_per_yuan) for part in priced.parts),
        goods_fen=quote.goods_fen, discount_fen=quote.discount_fen, coupon_ids=priced.used_coupon_ids,
        freight_fen=quote.freight_fen - quote.freight_coupon_fen, short=short_of(priced, quantities),
        needs_address=priced.needs_address(wanted), deliverable=not quote.undeliverable,
        orders=checkout_pages.quoted(priced, ctx.settings.shop_name), seen=priced.seen,
        explanation=to_json(priced.quote))


def short_of(priced: Priced, quantities: dict[str, int]) -> list[Short]:
    return [Short(sku_id=sku_id, available=told(priced.left(sku_id)))
            for sku_id, wanted in quantities.items() if priced.left(sku_id) < wanted]
