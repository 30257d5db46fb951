"""Coupons (优惠券) where orders meet them (spec D4).

A coupon is held once by a checkout, and may take something off several orders of it. It is used with the first that is
paid, and goes back with the last that is closed or wholly refunded.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mall.domains.coupons import store as coupons
from mall.domains.coupons.rules import used_in
from mall.domains.orders import checkouts
from mall.kit.db import Tx


def use(tx: Tx, order: Any, now: datetime) -> None:
    """The order is paid."""
    if coupon_ids := used_in(order.price):
        coupons.use(tx, coupon_ids, order, now)


def give_back(tx: Tx, order: Any, now: datetime) -> None:
    """The order is closed: those of its coupons that no other order of its checkout still has go back. The coupons are
    locked before the other orders are read, so that two that close at the same moment cannot each wait for the
    other."""
    coupon_ids = used_in(order.price)
    if not coupon_ids:
        return
    _, others = tx.fetch(coupons.ask_lock_held(coupon_ids, order), checkouts.ask_other_open(order))
    kept = {coupon_id for other in others for coupon_id in used_in(other.price)}
    if free := [coupon_id for coupon_id in coupon_ids if coupon_id not in kept]:
        coupons.give_back(tx, free, order, now)
