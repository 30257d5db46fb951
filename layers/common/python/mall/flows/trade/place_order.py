"""Place an order: hold stock, coupons, points, stored value and what its kind needs, all or nothing, until it is to be
paid (spec E1).

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
from mall.domains.stock.warehouses import Line, choose
from mall.domains.wallets.rules import check_balance
from mall.flows.money import points
from mall.flows.trade import price
from mall.kit.db import Tx
from mall.kit.outbox import emit
from mall.kit.text import name_key


@dataclass(frozen=True)
class Placed:
    order_no: str
    checkout_id: str
    group_id: str | None  # which it opens or joins
    pay_fen: int
    balance_fen: int
    points_used: int
    state: str
    expires_at: datetime


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
    order_no = new_id("ord")
    order = _order_row(order_no, me, wanted, priced, settings, now, new_id, buyer_note)
    is_free = order["pay_fen"] == order["balance_fen"]  # stored value pays it all, or a coupon above the total
    if not is_free:
        check_unpaid(priced.unpaid, settings.unpaid_orders_most)
    priced.check_pool(wanted.quantities)
    parts = instalments_of(priced.terms.instalments, order, order["expires_at"], now)
    if parts:
        order |= {"instalments": len(parts), "expires_at": parts[0]["closes_at"]}
    picked = _picked(priced)
    lines = [_line_row(order_no, quoted, priced, picked[quoted.line_id]) for quoted in priced.whole.lines]
    _hold(tx, me, order, lines, priced, now)
    if parts:
        from mall.domains.instalments import store as instalments  # for the few orders that are paid in parts

        instalments.place(tx, parts)
    emit(tx, OrderPlaced(order_no, me.member_id, order["pay_fen"]), now)
    state = order["state"]
    if is_free:
        from mall.flows.trade import settle_payment  # for the few orders that are paid as they are placed

        state = settle_payment.settle_free(tx, order["checkout_id"], settings, actor=me.name, now=now)
    return Placed(order_no, order["checkout_id"], order["group_id"], order["pay_fen"], order["balance_fen"],
                  order["points_used"], state, order["expires_at"])


def _hold(tx: Tx, me: Any, order: dict, lines: list[dict], priced: price.Priced, now: datetime) -> None:
    order_no, gifts = order["order_no"], {line["sku_id"] for line in lines if line["is_gift"]}
    orders.place(tx, order, lines, actor=me.name, now=now)
    for sku_id, warehouse_id, quantity in by_place(
            (line["sku_id"], line["warehouse_id"], line["quantity"]) for line in lines):
        stock.hold(tx, sku_id, warehouse_id, quantity, order_no=order_no, actor=me.name, now=now,
                   is_gift=sku_id in gifts)
    if taken := priced.taken:
        promotions.take(tx, order_no, me.member_id, taken, now)
    if priced.used_coupon_ids:
        coupons.hold(tx, priced.used_coupon_ids, member_id=me.member_id, order_no=order_no, now=now)
    if order["points_used"]:
        points.hold(tx, order_no, me.member_id, priced.lots, order["points_used"], now)
    if order["balance_fen"]:
        ledger.hold_balance(tx, order_no, me.member_id, order["balance_fen"], now)
    priced.kind.hold(tx, order, priced.terms, now)


def _order_row(order_no: str, me: Any, wanted: price.Wanted, priced: price.Priced, settings: Any, now: datetime,
               new_id: Callable[[str], str], buyer_note: str) -> dict[str, Any]:
    quote, kind, terms = priced.whole, priced.kind, priced.terms
    pay_within = terms.pay_within or timedelta(minutes=settings.pay_within_minutes)
    delivery = Delivery.VIRTUAL.value if priced.is_virtual else wanted.delivery
    address = _receiver(delivery, wanted, priced)
    return {
        "order_no": order_no, "checkout_id": new_id("chk"), "seller_id": quote.lines[0].seller_id,
        "member_id": me.member_id, "kind": kind.name, "group_id": None,
        "state": OrderState.UNPAID.value, "delivery": delivery,
        "goods_fen": quote.goods_fen,
        "discount_fen": quote.discount_fen,
        "freight_fen": quote.freight_fen - quote.freight_coupon_fen, "pay_fen": quote.pay_fen,
        "balance_fen": priced.quote.balance_fen, "refunded_fen": 0, "balance_refunded_fen": 0,
        "commission_per_ten_thousand": priced.skus[quote.lines[0].sku_id].commission_per_ten_thousand,
        "points_used": quote.points_used, "points_terms": points.terms_of(settings),
        "address": address, "address_version": 1, "receiver_phone_hash": address and address["phone"],
        "receiver_name_hash": address and name_key(address["name"]),
        "price": pricing.to_json(priced.quote), "buyer_note": buyer_note, "staff_note": "",
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


def _line_row(order_no: str, quoted: pricing.QuoteLine, priced: price.Priced, warehouse_id: str) -> dict:
    sku = priced.sku(quoted.sku_id)
    return {
        "line_id": quoted.line_id, "order_no": order_no, "spu_id": quoted.spu_id, "sku_id": quoted.sku_id,
        "warehouse_id": warehouse_id, "title": sku.title, "spec_values": sku.spec_values,
        "picture_url": sku.picture_url or next(iter(sku.media.get("carousel", ())), None),
        "is_virtual": sku.is_virtual, "quantity": quoted.quantity, "unit_fen": quoted.unit_fen,
        "pay_fen": quoted.goods_pay_fen, "refunded_quantity": 0, "allowance_fen": 0, "delivered_codes": None,
        "is_gift": quoted.line_id in priced.running.gift_line_ids,
    }


def _picked(priced: price.Priced) -> dict[str, str]:
    """The warehouse of each line, by its id. Codes are in no parcel: where they lie draws no goods there. Raises
    OutOfStock."""
    found: dict[str, str] = {}
    for virtual in (False, True):
        lines = [Line(each.line_id, each.sku_id, each.quantity) for each in priced.whole.lines
                 if priced.sku(each.sku_id).is_virtual == virtual]
        stock_rows = {line.sku_id: priced.stock.get(line.sku_id, ()) for line in lines}
        found |= choose(lines, stock_rows, priced.places)
    return found
