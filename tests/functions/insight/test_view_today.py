"""insight.view_today: what waits, counted to a hundred, and the hours of today beside yesterday's (E9)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from mall.domains.insight.today import MOST
from mall.kit.zone import day_began, day_of
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.accounts import differences
from mall.tables.trade import cases

from tests.functions.insight.books import chart, some_days
from tests.functions.ops.seeds import stranger
from tests.support import filled, seed, trade
from tests.support.shop import Shop, refused

pytestmark = pytest.mark.spec("E9")
NOTHING = dict.fromkeys(("to_ship", "refund_requests", "approvals", "cases", "stock_alerts", "parked_events",
                         "differences"), 0)


def test_nothing_waits_in_a_new_shop(shop: Shop):
    seen = shop.staff("insight.*").call("insight.view_today")
    assert seen["waits"] == NOTHING
    assert [each["hour"] for each in seen["yesterday"]] == list(range(24))
    assert [each["hour"] for each in seen["today"]] == list(range(len(seen["today"]))) and seen["today"]
    assert {(each["takings_fen"], each["orders"]) for each in seen["today"] + seen["yesterday"]} == {(0, 0)}


def test_each_kind_that_waits_is_counted_of_the_seller_alone(shop: Shop):
    member, goods = shop.member(), seed.product(shop, stock=5, safe_level=4)
    order_no = trade.paid_order(shop, member, goods.sku_id, 2)
    trade.paid_order(shop, member, seed.product(shop).sku_id)
    trade.place(shop, member, goods.sku_id)
    shop.tick("stock.raise_stock_alerts")
    member.call("refunds.ask_refund", key="k" * 20, order_no=order_no, reason="NOT_WANTED", note="")
    filled.add(shop, cases, [{"case_id": f"cas_{number}", "seller_id": DEFAULT_SELLER, "reference": f"{number}",
                              "state": "OPEN"} for number in range(MOST + 5)])
    filled.add(shop, differences, [{"difference_id": "dif_1", "seller_id": DEFAULT_SELLER, "state": "OPEN"}])
    waits = shop.staff("insight.*").call("insight.view_today")["waits"]
    assert waits == {**NOTHING, "to_ship": 2, "refund_requests": 1, "cases": MOST, "stock_alerts": 1, "differences": 1}
    assert stranger(shop).call("insight.view_today")["waits"] == NOTHING


def test_the_hours_add_up_to_the_days_of_the_chart(shop: Shop):
    some_days(shop, 3, 6)
    trade.paid_order(shop, shop.member(), seed.product(shop, price_fen=700).sku_id)
    today, staff = day_of(shop.now), shop.staff("insight.*")
    seen = staff.call("insight.view_today")
    days = chart(staff, "chart_takings", today - timedelta(days=1), today)
    assert [(sum(each["takings_fen"] for each in hours), sum(each["orders"] for each in hours))
            for hours in (seen["yesterday"], seen["today"])] == [(day["takings_fen"], day["orders"]) for day in days]
    hour = (shop.now - day_began(shop.now)) // timedelta(hours=1)
    assert len(seen["today"]) == hour + 1 and seen["today"][hour]["orders"] == 1


def test_who_may_not_does_not_see_it(shop: Shop):
    with refused("NOT_ALLOWED", status=403):
        shop.staff("orders.*").call("insight.view_today")
