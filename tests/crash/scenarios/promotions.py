"""Promotions (促销) where orders meet them: gifts, hook prices, n-th pieces."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from mall.tables.trade import order_lines

from tests.crash.scenarios.kept import scenario
from tests.crash.scenarios.words import FAR, basics, call, express, paid, timer
from tests.crash.town import Play, Town


@scenario("orders.place_order", "with a gift, a hook price and an n-th piece")
def _place_order_under_promotions(town: Town) -> Play:
    member, goods = basics(town)
    hooked, gift = goods.sku_ids
    promotions_on(town, hooked, gift)
    return call(town, member, "orders.place_order", **express(town, member), lines=[{"sku_id": hooked, "quantity": 3}])


def promotions_on(town: Town, hooked: str, gift: str) -> None:
    """A gift of a SKU, a price for one piece of another, and the second piece at half."""
    window = {"title": "活动", "starts_at": town.shop.now - timedelta(hours=1), "ends_at": FAR}
    for terms in ({"kind": "gift", "threshold_fen": 5_000, "gifts": [{"sku_id": gift, "quantity": 2}]},
                  {"kind": "hook", "goods": [{"sku_id": hooked, "price_fen": 990}]},
                  {"kind": "nth_piece", "nth": 2, "percent": 50}):
        town.shop.staff().call("promotions.save_promotion", **window, **terms)


@scenario("refunds.start_refund", "the pieces that a gift was for")
def _refund_with_gift(town: Town) -> Play:
    member, goods = basics(town)
    hooked, gift = goods.sku_ids
    promotions_on(town, hooked, gift)
    order_no = paid(town, member, hooked, quantity=3)
    pieces = [{"line_id": row.line_id, "quantity": row.quantity}
              for row in town.shop.rows(order_lines, order_no=order_no) if row.sku_id == hooked]
    return call(town, town.shop.staff(), "refunds.start_refund", order_no=order_no, reason="不要了", lines=pieces)


@scenario("pricing.start_rehearsal")
def _start_rehearsal(town: Town) -> Play:
    sold(town)
    return call(town, town.shop.staff(), "pricing.start_rehearsal", **ten_percent_off(town))


@scenario("pricing.cancel_rehearsal")
def _cancel_rehearsal(town: Town) -> Play:
    return call(town, town.shop.staff(), "pricing.cancel_rehearsal", rehearsal_id=rehearsed(town))


@scenario("pricing.rehearse_periods")
def _rehearse_periods(town: Town) -> Play:
    rehearsed(town)
    return timer(town, "pricing.rehearse_periods")


def sold(town: Town) -> None:
    member, goods = basics(town)
    for _ in range(2):
        paid(town, member, goods.sku_id)


def ten_percent_off(town: Town) -> dict[str, Any]:
    now = town.shop.now
    return {"kind": "limited_time", "percent": 90, "placed_from": now - timedelta(days=1), "placed_until": now}


def rehearsed(town: Town) -> str:
    """One over two orders that is under way, with a coupon of which the member has one."""
    sold(town)
    coupon = {"kind": "no_threshold", "terms": {"off_fen": 100}}
    return town.shop.staff().call("pricing.start_rehearsal", coupon=coupon, **ten_percent_off(town))["rehearsal_id"]
