"""sellers.view_shop (spec E13)."""

import pytest
from mall.kit.scope import PLATFORM

from tests.support import sellers
from tests.support.shop import Shop, refused

pytestmark = pytest.mark.spec("E13")


def test_buyers_see_the_licence_and_whether_it_is_open_and_nobody_to_call(shop: Shop):
    tea = sellers.open_shop(shop)
    sellers.suspend(shop, tea)
    assert shop.call("sellers.view_shop", seller_id=tea.seller_id) == {
        "seller_id": tea.seller_id, "name": "南山茶坊", "licence_no": "91440300MA5EXAMP0C", "state": "SUSPENDED",
        "reason": "资质到期"}


def test_one_that_waits_is_nobodys_to_see(shop: Shop):
    waiting = shop.member().call("sellers.apply_to_sell", **sellers.TOLD)["seller_id"]
    for seller_id in (waiting, "sel_nobody"):
        with refused("SELLER_NOT_FOUND", status=404):
            shop.call("sellers.view_shop", seller_id=seller_id)


def test_the_platforms_own_shop_is_as_the_settings_tell_it(shop: Shop):
    assert shop.call("sellers.view_shop", seller_id=PLATFORM) == {
        "seller_id": PLATFORM, "name": "好物商城", "licence_no": "", "state": "ACTIVE", "reason": ""}
    staff = shop.staff()
    with refused("BAD_SETTING", status=400, field="shop_licence_no"):
        staff.call("staff.save_settings", version=0, changes={"shop_licence_no": sellers.LICENCE[:-1] + "0"})
    staff.call("staff.save_settings", version=0, changes={"shop_licence_no": sellers.LICENCE.lower()})
    assert shop.call("sellers.view_shop", seller_id=PLATFORM)["licence_no"] == sellers.LICENCE
