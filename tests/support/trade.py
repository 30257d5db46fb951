"""Orders as tests need them: placed through the action, paid through the flow that settles a notice.

    order_no = trade.paid_order(shop, member, goods.sku_id)                    # TO_SHIP
    order_no = trade.paid_order(shop, member, goods.sku_id, delivery="PICKUP")  # TO_SHIP with a pick-up code
    order_no = trade.place(shop, member, goods.sku_id)["order_no"]              # UNPAID
    payment_no = trade.pay(shop, order_no)

A parcel needs an address: the member gets one when `address_id` is not given.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from mall.app.settings import ShopSettings, read_settings
from mall.domains.instalments import store as instalments
from mall.domains.instalments.rules import due, due_fen
from mall.domains.orders import store as orders
from mall.domains.orders.rules import by_wechat_fen
from mall.domains.payments import store as payments
from mall.flows.goods import virtual_codes
from mall.flows.trade import settle_payment
from mall.kit.errors import NotFound
from mall.kit.ids import new_id
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.goods import products, stock_items
from mall.tables.people import shop_settings
from mall.tables.trade import order_lines
from mall.tables.trade import orders as order_rows
from sqlalchemy import update

from tests.support import seed
from tests.support.shop import APPID, Caller, Shop


def paid_order(shop: Shop, member: Caller, sku_id: str, quantity: int = 1, delivery: str = "EXPRESS",
               **wanted: Any) -> str:
    """The number of an order that was placed and paid: TO_SHIP, GROUPING, or RECEIVED for virtual goods."""
    order_no = place(shop, member, sku_id, quantity, delivery, **wanted)["order_no"]
    if order(shop, order_no).state == "UNPAID":  # an order of nothing to pay is paid when it is placed
        pay(shop, order_no, openid=member.openid)
    return order_no


def place(shop: Shop, member: Caller, sku_id: str, quantity: int = 1, delivery: str = "EXPRESS",
          **wanted: Any) -> dict[str, Any]:
    """The answer of orders.place_order; `wanted` holds more of its input, such as coupon_ids."""
    if delivery == "EXPRESS" and "address_id" not in wanted:
        wanted["address_id"] = seed.address(shop, member)
    return member.call("orders.place_order", key=secrets.token_hex(12), delivery=delivery,
                       lines=[{"sku_id": sku_id, "quantity": quantity}], **wanted)


def checkout(shop: Shop, member: Caller, *goods: str | tuple[str, int], **wanted: Any) -> dict[str, Any]:
    """The answer of orders.place_order for several goods, each a SKU or (SKU, pieces); `orders` are what it became."""
    if wanted.get("delivery", "EXPRESS") == "EXPRESS" and "address_id" not in wanted:
        wanted["address_id"] = seed.address(shop, member)
    lines = [each if isinstance(each, tuple) else (each, 1) for each in goods]
    return member.call("orders.place_order", key=secrets.token_hex(12), **wanted,
                       lines=[{"sku_id": sku_id, "quantity": quantity} for sku_id, quantity in lines])


def pay_checkout(shop: Shop, member: Caller, placed: dict[str, Any]) -> str:
    """One payment of all orders of a checkout, through the actions but for WeChat; its number."""
    payment_no = prepay_checkout(shop, placed["orders"][0]["order_no"], openid=member.openid)
    assert settle(shop, payment_no) == settle_payment.SETTLED
    return payment_no


def prepay_checkout(shop: Shop, order_no: str, *, openid: str | None = None) -> str:
    """A payment of all unpaid orders that were placed together with this one; its number."""
    checkout_id = order(shop, order_no).checkout_id
    owed = [row for row in shop.rows(order_rows, checkout_id=checkout_id) if row.state == "UNPAID"]
    return _prepaid(shop, sorted(owed, key=lambda row: row.order_no), openid, "jsapi")


def mixed_order(shop: Shop, member: Caller, *sku_ids: str, **wanted: Any) -> str:
    """An unpaid order of goods and codes together, as they were placed before codes had an order of their own."""
    codes_ = [row.spu_id for row in shop.rows(products) if row.is_virtual]

    def are_virtual(value: bool) -> None:
        shop.database.run(lambda tx: tx.write(
            update(products).where(products.c.spu_id.in_(codes_)).values(is_virtual=value)))

    are_virtual(False)
    order_no = checkout(shop, member, *sku_ids, **wanted)["order_no"]
    are_virtual(True)
    shop.database.run(lambda tx: tx.write(
        update(order_lines).where(order_lines.c.order_no == order_no, order_lines.c.spu_id.in_(codes_))
        .values(is_virtual=True)))
    return order_no


def prepay(shop: Shop, order_no: str, *, openid: str | None = None, channel: str = "jsapi",
           active: bool = True) -> str:
    """A payment of the order, or of the part of it that is due, that WeChat knows and the buyer has not paid yet; its
    number. `openid`: of the payer, absent for Native and H5. `active`: not beside another one."""
    return _prepaid(shop, [order(shop, order_no)], openid, channel, active)


def _prepaid(shop: Shop, found: list[Any], openid: str | None, channel: str, active: bool = True) -> str:
    payment_no, first = new_id("pay"), found[0]
    part = due(shop.database.read(lambda tx: instalments.of_order(tx, first)))
    amount_fen = due_fen(first, part) if part else sum(by_wechat_fen(each) for each in found)
    shop.database.run(payments.create, {
        "payment_no": payment_no, "checkout_id": first.checkout_id, "member_id": first.member_id, "channel": channel,
        "state": "PREPAID", "amount_fen": amount_fen, "part": part.number if part else 0, "refunded_fen": 0,
        "openid": openid, "appid": APPID,
        "prepay_id": f"wx{payment_no}", "code_url": None, "h5_url": None, "transaction_id": None,
        "active_key": first.checkout_id if active else None, "asked": 0, "ask_at": shop.now + timedelta(minutes=1),
        "expires_at": first.expires_at, "created_at": shop.now, "paid_at": None,
    }, found)
    return payment_no


def settle(shop: Shop, payment_no: str, *, amount_fen: int | None = None, paid_at: datetime | None = None) -> str:
    """The money of a payment arrives: "settled", "duplicate" or "sent_back"."""
    known = shop.database.read(lambda tx: payments.find(tx, payment_no))  # told again, it is the same transaction
    received = settle_payment.Received(payment_no, known.transaction_id or f"42000{payment_no[-20:]}",
                                       known.amount_fen if amount_fen is None else amount_fen, paid_at or shop.now)
    return shop.database.run(settle_payment.settle, received, settings(shop), actor="test", now=shop.now)


def settings(shop: Shop) -> ShopSettings:
    """The shop's settings as they are now."""
    rows = shop.rows(shop_settings, seller_id=DEFAULT_SELLER)
    return read_settings(rows[0].document if rows else None)


def pay(shop: Shop, order_no: str, *, openid: str | None = None) -> str:
    """Pay an unpaid order by JSAPI; the payment's number."""
    payment_no = prepay(shop, order_no, openid=openid or "openid-of-the-payer")
    assert settle(shop, payment_no) == settle_payment.SETTLED
    return payment_no


def ship(shop: Shop, order_no: str, carrier: str = "ZTO", tracking_no: str = "78900000000001") -> None:
    """Ship a paid order through fulfilment.ship_orders."""
    parcel = {"order_no": order_no, "carrier": carrier, "tracking_no": tracking_no}
    answer = shop.staff("fulfilment.*").call("fulfilment.ship_orders", parcels=[parcel])
    assert answer["shipped"] == 1, answer


def codes(shop: Shop, order_no: str) -> list[str]:
    """The codes that the order has got, as its buyer reads them."""
    def read(tx: Any) -> list[str]:
        found = virtual_codes.of_lines(tx, order_no, orders.lines(tx, order_no))
        return [code for line in found.values() for code in line]

    return shop.database.read(read)


def order(shop: Shop, order_no: str) -> Any:
    """The order's row as it is now."""
    return shop.database.read(lambda tx: orders.find(tx, order_no))


def order_states(shop: Shop) -> dict[str, str]:
    """{order number: state} of every order."""
    return {row.order_no: row.state for row in shop.rows(order_rows)}


def available(shop: Shop, sku_id: str) -> int:
    """How many units of the SKU may be sold, over all warehouses."""
    return sum(row.available for row in shop.rows(stock_items, sku_id=sku_id))


class Storage:
    """Object storage at the outside edge: what was put, and links that say what they open."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def put(self, key: str, body: bytes, content_type: str) -> None:
        self.objects[key] = body

    def get(self, key: str, *, limit_bytes: int) -> bytes:
        if key not in self.objects:
            raise NotFound()
        return self.objects[key]

    def sign_get(self, key: str, seconds: int) -> str:
        return f"https://storage.example/{key}?seconds={seconds}"


def storage(shop: Shop) -> Storage:
    """An empty storage in the shop's door."""
    found = Storage()
    shop.house.world.put("storage", found)
    return found
