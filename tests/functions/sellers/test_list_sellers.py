"""sellers.list_sellers (spec E13)."""

import pytest

from tests.support import seed, sellers, trade
from tests.support.shop import Shop, refused

pytestmark = pytest.mark.spec("E13")


def test_by_state_by_name_and_whose_an_order_is_masked(shop: Shop):
    staff = shop.staff()
    shops = [sellers.open_shop(shop, name, platform=staff) for name in ("甲茶", "甲果", "乙店")]
    goods = seed.product(shop, seller_id=shops[1].seller_id)
    order_no = trade.place(shop, shop.member(), goods.sku_id)["order_no"]
    sellers.suspend(shop, shops[2])

    def names(**asked) -> list[str]:
        return [row["name"] for row in staff.call("sellers.list_sellers", **asked)["items"]]

    assert names() == ["乙店", "甲果", "甲茶"] and names(state="ACTIVE") == ["甲果", "甲茶"]
    assert names(state="SUSPENDED") == ["乙店"] and sorted(names(name="甲")) == ["甲果", "甲茶"]
    assert names(order_no=order_no) == ["甲果"] and names(order_no="ord_none") == []
    page = staff.call("sellers.list_sellers", name="甲", limit=1)
    rest = staff.call("sellers.list_sellers", name="甲", cursor=page["next_cursor"])
    assert sorted(row["name"] for row in page["items"] + rest["items"]) == ["甲果", "甲茶"]
    [row] = staff.call("sellers.list_sellers", name="乙")["items"]
    assert (row["contact_name"], row["contact_phone"], row["buttons"], row["reason"]) == (
        "李**", "139****0001", ["resume"], "资质到期")


def test_one_way_of_looking_at_a_time_and_the_platforms_staff_alone(shop: Shop):
    tea = sellers.open_shop(shop)
    with refused("BAD_INPUT", field="name"):
        tea.platform.call("sellers.list_sellers", name="甲", state="ACTIVE")
    with refused("PLATFORM_ONLY", status=403):
        tea.staff.call("sellers.list_sellers")
