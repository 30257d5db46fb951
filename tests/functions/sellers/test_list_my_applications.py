"""sellers.list_my_applications (spec E13)."""

import pytest

from tests.support.sellers import TOLD
from tests.support.shop import Shop

pytestmark = pytest.mark.spec("E13")


def test_the_newest_first_with_the_reason_and_nobody_elses(shop: Shop):
    me, staff = shop.member(), shop.staff()
    first, second = (me.call("sellers.apply_to_sell", **{**TOLD, "name": name}) for name in ("甲店", "乙店"))
    shop.member("小明").call("sellers.apply_to_sell", **{**TOLD, "name": "丙店"})
    staff.call("sellers.decide_application", seller_id=first["seller_id"], version=1, accept=False, reason="执照模糊")
    page = me.call("sellers.list_my_applications", limit=1)
    assert [(row["name"], row["state"]) for row in page["items"]] == [("乙店", "PENDING")]
    rest = me.call("sellers.list_my_applications", cursor=page["next_cursor"])
    assert [(row["seller_id"], row["state"], row["reason"]) for row in rest["items"]] == [
        (first["seller_id"], "REFUSED", "执照模糊")]
    assert rest["next_cursor"] is None and second["seller_id"] not in str(rest)
