"""staff.expire_sensitive_changes (spec J6)."""

from mall.tables.trade import refunds

from tests.functions.staff.two_people import paid_order, start, states, two_people
from tests.support.shop import Shop


def test_what_waited_too_long_ends_once_and_may_be_asked_anew(shop: Shop):
    first, _ = two_people(shop, sensitive_change_hours=5)
    order_no, _ = paid_order(shop)
    start(first, order_no)
    shop.move(hours=4, minutes=59)
    assert shop.tick("staff.expire_sensitive_changes") == {"EXPIRED": 0, "failed": 0}
    shop.move(minutes=1)
    counts = shop.in_parallel(*[lambda: shop.tick("staff.expire_sensitive_changes")] * 2)
    assert sum(each["EXPIRED"] for each in counts) == 1
    assert (states(shop), shop.rows(refunds)) == (["EXPIRED"], [])
    assert start(first, order_no)["state"] == "WAITS"
