"""Checkouts of several orders as tests need them: orders that were placed one by one are joined before they are paid.

    first, second = checkouts.joined(shop, trade.place(...)["order_no"], trade.place(...)["order_no"])
    payment_no = checkouts.pay(shop, first, second)
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from mall.domains.orders.rules import by_wechat_fen
from mall.domains.payments import store as payments
from mall.flows.trade import settle_payment
from mall.kit.ids import new_id
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.marketing import coupons
from mall.tables.trade import orders
from sqlalchemy import update

from tests.support import trade
from tests.support.shop import APPID, Shop


def joined(shop: Shop, *order_nos: str) -> tuple[str, ...]:
    """These unpaid orders are one checkout from now on, the first one's, with its end; their numbers."""
    first = trade.order(shop, order_nos[0])

    def join(tx: Any) -> None:
        tx.write(update(orders).where(orders.c.order_no.in_(order_nos))
                 .values(checkout_id=first.checkout_id, expires_at=first.expires_at))
        tx.write(update(coupons).where(coupons.c.order_no.in_(order_nos)).values(checkout_id=first.checkout_id))

    shop.database.run(join)
    return order_nos


def also_took(shop: Shop, coupon_id: str, order_no: str) -> None:
    """The coupon took something off this order too, though nothing is left of it after rounding."""
    _reprice(shop, order_no, lambda price: {**price, "adjustments": [*price["adjustments"], {
        "kind": "goods_coupon", "part": "goods", "source_id": coupon_id, "title": "券", "amount_fen": 0, "shares": [],
        "steps": [], "repeats": False}]})


def given_by_the_platform(shop: Shop, order_no: str) -> None:
    """What took something off the order was the platform's, as where its coupon is used on another seller's goods."""
    _reprice(shop, order_no, lambda price: {**price, "adjustments": [
        {**each, "given_by": DEFAULT_SELLER} for each in price["adjustments"]]})


def _reprice(shop: Shop, order_no: str, change: Any) -> None:
    price = change(trade.order(shop, order_no).price)
    shop.database.run(lambda tx: tx.write(update(orders).where(orders.c.order_no == order_no).values(price=price)))


def prepay(shop: Shop, *order_nos: str, openid: str = "openid-of-the-payer") -> str:
    """A payment of these orders that WeChat knows and the buyer has not paid yet; its number."""
    found, payment_no = [trade.order(shop, order_no) for order_no in order_nos], new_id("pay")
    first = found[0]
    shop.database.run(payments.create, {
        "payment_no": payment_no, "checkout_id": first.checkout_id, "member_id": first.member_id, "channel": "jsapi",
        "state": "PREPAID", "amount_fen": sum(map(by_wechat_fen, found)), "refunded_fen": 0, "openid": openid,
        "appid": APPID, "prepay_id": f"wx{payment_no}", "code_url": None, "h5_url": None, "transaction_id": None,
        "active_key": first.checkout_id, "asked": 0, "ask_at": shop.now + timedelta(minutes=1),
        "expires_at": first.expires_at, "created_at": shop.now, "paid_at": None,
    }, found)
    return payment_no


def pay(shop: Shop, *order_nos: str) -> str:
    payment_no = prepay(shop, *order_nos)
    assert trade.settle(shop, payment_no) == settle_payment.SETTLED
    return payment_no


def states(shop: Shop, *order_nos: str) -> list[str]:
    return [trade.order(shop, order_no).state for order_no in order_nos]
