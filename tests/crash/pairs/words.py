"""The words of the scenarios: one call, one order, one payment, and what they are made of."""

from __future__ import annotations

from typing import Any

from tests.crash.scenarios.words import call
from tests.crash.town import WEBHOOKS, Play, Town


def notice(town: Town, payment_no: str, what: str = "payment") -> Play:
    """WeChat tells of this number, once."""
    import json

    told = town.books.find("notice", f"{what} {payment_no}")
    return lambda: town.shop.send(WEBHOOKS[what], {"body": json.dumps(told), "headers": {}, "httpMethod": "POST",
                                                   "path": "/", "queryString": {}})


def refund(town: Town, order_no: str, *pieces: tuple[str, int]) -> Play:
    """Of the whole order, or of these lines and quantities."""
    lines = {"lines": [{"line_id": line_id, "quantity": quantity} for line_id, quantity in pieces]} if pieces else {}
    return call(town, town.shop.staff(), "refunds.start_refund", order_no=order_no, reason="不要了", **lines)


def wanting(town: Town, member: Any, sku_id: str, **more: Any) -> Play:
    lines = [{"sku_id": sku_id, "quantity": 1}]
    return call(town, member, "orders.place_order", delivery="PICKUP", lines=lines, **more)


def parcel(town: Town, order_no: str, tracking_no: str) -> Play:
    return call(town, town.shop.staff(), "fulfilment.ship_orders", parcels=[
        {"order_no": order_no, "carrier": "ZTO", "tracking_no": tracking_no}])
