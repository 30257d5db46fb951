"""A buyer of many sellers: the order desk reads nothing of what he bought elsewhere (spec E11, E13)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.trade import orders

from tests.lists.test_lists_read_what_they_show import Look
from tests.support import filled
from tests.support.shop import Shop

pytestmark = pytest.mark.spec("E11", "E13")
ELSEWHERE, HERE, MOST = 3_000, 3, 200


def test_a_members_orders_are_found_among_those_of_other_sellers_without_reading_these(shop: Shop):
    member = shop.member()
    filled.add(shop, orders, [
        {"order_no": f"ord_{number:05}", "checkout_id": f"chk_{number}", "member_id": member.subject_id,
         "seller_id": DEFAULT_SELLER if number < HERE else "sel_2", "state": "RECEIVED", "delivery": "PICKUP",
         "kind": "NORMAL", "price": {}, "placed_at": shop.now - timedelta(days=1), "expires_at": shop.now}
        for number in range(ELSEWHERE + HERE)])
    if shop.database.kind != "sqlite":
        shop.database.link()._cursor().execute("ANALYZE TABLE orders")
    staff, look = shop.staff(), Look(shop)
    with look.watched("by member", MOST):
        found = staff.call("orders.search_orders", member_id=member.subject_id)
    assert [each["order"]["order_no"] for each in found["items"]] == ["ord_00002", "ord_00001", "ord_00000"]
    assert found["next_cursor"] is None
    assert look.found == []
