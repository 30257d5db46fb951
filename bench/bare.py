"""The bare driver (裸驱动): an order's seven writes and COMMIT in one message, and nothing else.

Order, two lines, a coupon, the outbox, the idempotency row and the guarded stock row, which goes last. No request,
nobody who is checked, no read, no price: what the server and PyMySQL can do at all on this machine.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any

from mall.kit.ids import new_id

from bench import floor_sql
from bench.drivers import Driver

USE_COUPON = "UPDATE coupons SET order_no = ?, used_at = ? WHERE coupon_id = ? AND state = 'USED'"
REGISTER = floor_sql.REGISTER.format(ignore="")
ADDRESS = json.dumps(["张三", "13800000000", "广东省", "深圳市", "南山区", "科技园 1 号"] * 2)
PHONE_HASH = "0" * 64
PRICE = json.dumps({"version": 1, "lines": ["x" * 60] * 10})  # as long as the floor's


def coupon_of(member_id: str) -> str:
    return f"cpn_{member_id[4:]}"


class Bare:
    """Orders of one SKU over one connection."""

    def __init__(self, driver: Driver, sku_id: str, warehouse_id: str):
        self.driver, self.sku_id, self.warehouse_id = driver, sku_id, warehouse_id

    def place_order(self, member_id: str) -> None:
        """Raises drivers.Refused when the last piece is gone."""
        now = datetime.now(timezone.utc)
        at, until = self.driver.moment(now), self.driver.moment(now + timedelta(minutes=30))
        order_no, sku_id, warehouse_id = new_id("ord"), self.sku_id, self.warehouse_id
        told = json.dumps({"order_no": order_no, "member_id": member_id, "pay_fen": 3_500})
        key = new_id("key")

        def line() -> tuple[Any, ...]:
            return (floor_sql.ORDER_LINE, (new_id("lin"), order_no, sku_id, sku_id, warehouse_id, "马克杯", "[]",
                                           None, 0, 1, 3_500, 3_500), None)

        self.driver.at_once(
            (floor_sql.ORDER, (order_no, new_id("chk"), floor_sql.SELLER, member_id, 3_500, 0, 0, 3_500,
                           floor_sql.POINTS_TERMS, ADDRESS, PHONE_HASH, PHONE_HASH, PRICE, "",
                           until, at), None),
            line(), line(), (USE_COUPON, (order_no, at, coupon_of(member_id)), 1),
            (floor_sql.OUTBOX, (new_id("evt"), "orders.order_placed", told, new_id("req"), at, at), None),
            (REGISTER, (key, key, key, key[:16], told, at), None),
            (floor_sql.STOCK_MOVE, (-1, 1, sku_id, warehouse_id, -1, 1), 1))
