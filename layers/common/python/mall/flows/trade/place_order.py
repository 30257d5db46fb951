"""Place an order: hold stock, coupons, points, stored value and what its kind needs, all or nothing, until it is to be
paid (spec E1). A checkout is one order for each seller and parcel (`parcels`), and one payment (E13).

Reads in one round trip (`flows.price.quote`), decides, queues every write; they go to the server
together with COMMIT, the stock row last.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from mall.domains.coupons import store as coupons
from mall.domains.instalments.rules import rows_of as instalments_of
from mall.domains.ledger import store as ledger
from mall.domains.orders import store as orders
from mall.domains.orders.rules import (
    RECEIVER, Delivery, GoodsChanged, OrderPlaced, OrderState, check_unpaid,
)
from mall.domains.points.rules import check_usable
from mall.domains.pricing import rules as pricing
from mall.domains.promotions import store as promotions
from mall.domains.stock import store as stock
from mall.domains.stock.rules import by_place
from mall.domains.wallets.rules import check_balance
from mall.flows.money import points
from mall.flows.trade import price
from mall.kit.db import Tx
from mall.kit.outbox import emit
from mall.kit.text import name_key


@dataclass(frozen=True)
class Placed:
    """Of the whole checkout; `orders` as their rows were written, each with its `seller_name`, None of the platform."""

    checkout_id: str
    group_id: str | None  # which it opens or joins
    pay_fen: int
    balance_fen: int
    points_used: int
    state: str
    expires_at: datetime
    orders: list[dict[str, Any]]


def place(tx: Tx, me: Any, wanted: price.Wanted, settings: Any, now: datetime, *, new_id: Callable[[str], str],
          expected_pay_fen: int | None, seen: str | None, buyer_note: str) -> Placed:
    """`seen`: as the quote told it. Raises OutOfStock, PriceChanged, GoodsChanged, NotDeliverable, CouponNotUsable,
    TooManyUnpaid, StoredValueOff, BalanceNotUsable, BalanceShort, PointsShort, PointsNotUsable, what
    `flows.price.quote` raises and what the kind refuses; then nothing is kept."""
    priced = price.quote(tx, me.member_id, me.level, wanted, settings, now, new_id=new_id)
    if seen is not None and seen != priced.seen:
        raise GoodsChanged(field="seen")
    if priced.needs_address(wanted):
        raise price.AddressMissing(field="address_id")
    if wanted.points:
        check_usable(wanted.points, sum(lot.free for lot in priced.lots), priced.points_most)
    pricing.check(priced.whole, expected_pay_fen=expected_pay_fen)
    check_balance(wanted.balance_fen, priced.quote.balance_fen, settings.stored_value_licence)
    is_free = priced.whole.pay_fen == priced.quote.balance_fen  # stored value pays it all, or a coupon above the total
    if not is_free:
        check_unpaid(priced.unpaid, settings.unpaid_orders_most)
    priced.check_pool(wanted.quantities)
    priced.check_stock()
    checkout_id, placed, lots = new_id("chk"), [], priced.lots
    for part in priced.parts:
        order = _order_row(new_id("ord"), checkout_id, me, wanted, priced, part, settings, now, new_id, buyer_note)
        instalments = instalments_of(priced.terms.instalments, order, order["expires_at"], now)
        if instalments:
            order |= {"instalments": len(instalments), "expires_at": instalments[0]["closes_at"]}
        lines = [_line_row(order["order_no"], quoted, priced) for quoted in part.whole.lines]
        _hold(tx, me, order, lines, part, priced, lots, now)
        if instalments:
            _keep_instalments(tx, instalments)
        lots = points.left(lots, order["points_used"])
        placed.append({**order, "seller_name": _sku(part, priced).seller_name})
    if priced.used_coupon_ids:
        coupons.hold(tx, priced.used_coupon_ids, member_id=me.member_id, order_no=placed[0]["order_no"],
                     checkout_id=checkout_id, now=now)
    if is_free:
        _settle_free(tx, placed, settings, me, now)
    return _answer(placed)


def _keep_instalments(tx: Tx, parts: list[dict[str, Any]]) -> None:
    from mall.domains.instalments import store  # for the few orders that are paid in parts

    store.place(tx, parts)


def _settle_free(tx: Tx, placed: list[dict[str, Any]], settings: Any, me: Any, now: datetime) -> None:
    from mall.flows.trade import settle_payment  # for the few orders that are paid as they are placed

    checkout_id = placed[0]["checkout_id"]
    placed[0]["state"] = settle_payment.settle_free(tx, checkout_id, settings, actor=me.name, now=now)
    if len(placed) > 1:
        states = {row.order_no: row.state for row in tx.fetch(orders.ask_lock_checkout(checkout_id))[0]}
        for order in placed:
            order["state"] = states[order["order_no"]]


def _answer(placed: list[dict[str, Any]]) -> Placed:
    first = placed[0]
    pay_fen, balance_fen, points_used = (
        sum([order[name] for order in placed]) for name in ("pay_fen", "balance_fen", "points_used"))
    return Placed(first["checkout_id"], first["group_id"], pay_fen, balance_fen, points_used, first["state"],
                  first["expires_at"], placed)


def _hold(tx: Tx, me: Any, order: dict, lines: list[dict], part: price.Part, priced: price.Priced, lots: list[Any],
          now: datetime) -> None:
    """What one order needs; the coupons are the whole checkout's."""
    order_no, gifts = order["order_no"], {line["sku_id"] for line in lines if line["is_gift"]}
    orders.place(tx, order, lines, actor=me.name, now=now)
    for sku_id, warehouse_id, quantity in by_place(
            (line["sku_id"], line["warehouse_id"], line["quantity"]) for line in lines):
        stock.hold(tx, sku_id, warehouse_id, quantity, order_no=order_no, actor=me.name, now=now,
                   is_gift=sku_id in gifts)
    if taken := _taken(part.quote):
        promotions.take(tx, order_no, me.member_id, taken, now)
    if order["points_used"]:
        points.hold(tx, order_no, me.member_id, lots, order["points_used"], now)
    if order["balance_fen"]:
        ledger.hold_balance(tx, order_no, me.member_id, order["balance_fen"], now)
    priced.kind.hold(tx, order, priced.terms, now)
    emit(tx, OrderPlaced(order_no, me.member_id, order["pay_fen"]), now)


def _taken(quote: pricing.Quote) -> dict[str, int]:
    """Pieces at prices of which each person has a few, by promotion."""
    found: dict[str, int] = {}
    for line in quote.lines:
        if line.unit_rule is pricing.UnitRule.HOOK:
            promotion_id = line.unit_offers[0].source_id
            found[promotion_id] = found.get(promotion_id, 0) + line.quantity
    return found


def _sku(part: price.Part, priced: price.Priced) -> Any:
    """One of its seller's."""
    return priced.sku(part.whole.lines[0].sku_id)


def _order_row(order_no: str, checkout_id: str, me: Any, wanted: price.Wanted, priced: price.Priced, part: price.Part,
               settings: Any, now: datetime, new_id: Callable[[str], str], buyer_note: str) -> dict[str, Any]:
    quote, kind, terms, delivery = part.whole, priced.kind, priced.terms, part.parcel.delivery
    pay_within = terms.pay_within or timedelta(minutes=settings.pay_within_minutes)
    address = _receiver(delivery, wanted, priced)
    return {
        "order_no": order_no, "checkout_id": checkout_id, "seller_id": part.parcel.seller_id,
        "member_id": me.member_id, "kind": kind.name, "group_id": None,
        "state": OrderState.UNPAID.value, "delivery": delivery,
        "goods_fen": quote.goods_fen,
        "discount_fen": quote.discount_fen,
        "freight_fen": quote.freight_fen - quote.freight_coupon_fen, "pay_fen": quote.pay_fen,
        "balance_fen": part.quote.balance_fen, "refunded_fen": 0, "balance_refunded_fen": 0,
        "commission_per_ten_thousand": _sku(part, priced).commission_per_ten_thousand,
        "points_used": quote.points_used, "points_terms": points.terms_of(settings),
        "address": address, "address_version": 1, "receiver_phone_hash": address and address["phone"],
        "receiver_name_hash": address and name_key(address["name"]),
        "price": pricing.to_json(part.quote), "buyer_note": buyer_note, "staff_note": "",
        "pickup_code": None, "payment_no": None, "close_reason": None, "unpaid_reminded": False,
        "expires_at": now + pay_within, "placed_at": now, "paid_at": None,
        "shipped_at": None, "received_at": None, "closed_at": None, **kind.columns(terms, new_id, now),
    }


def _receiver(delivery: str, wanted: price.Wanted, priced: price.Priced) -> dict[str, str] | None:
    """The order keeps its own copy of the address (spec A2); of a pick-up who comes for it: whom the buyer names, else
    who receives his parcels. Raises PickupPersonMissing."""
    if delivery == Delivery.EXPRESS.value:
        return priced.address and {name: getattr(priced.address, name) for name in RECEIVER}
    if delivery != Delivery.PICKUP.value:
        return None
    known = priced.known_person
    person = wanted.person or (known and {"name": known.name, "phone": known.phone})
    if person is None:
        raise price.PickupPersonMissing(field="pickup_phone")
    return {**dict.fromkeys(RECEIVER, ""), **person}


def _line_row(order_no: str, quoted: pricing.QuoteLine, priced: price.Priced) -> dict[str, Any]:
    sku = priced.sku(quoted.sku_id)
    return {
        "line_id": quoted.line_id, "order_no": order_no, "spu_id": quoted.spu_id, "sku_id": quoted.sku_id,
        "warehouse_id": priced.plan.of(quoted).warehouse_id, "title": sku.title, "spec_values": sku.spec_values,
        "picture_url": sku.picture_url or next(iter(sku.media.get("carousel", ())), None),
        "is_virtual": sku.is_virtual, "quantity": quoted.quantity, "unit_fen": quoted.unit_fen,
        "pay_fen": quoted.goods_pay_fen, "refunded_quantity": 0, "allowance_fen": 0, "delivered_codes": None,
        "is_gift": quoted.line_id in priced.running.gift_line_ids,
    }
