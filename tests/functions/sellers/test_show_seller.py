"""sellers.show_seller (spec E13)."""

import pytest

from tests.functions.sellers.test_save_seller import receiver
from tests.support import seed, sellers, trade
from tests.support.shop import Shop, refused

pytestmark = pytest.mark.spec("E13")


def test_its_standing_its_staff_and_what_it_is_owed(shop: Shop):
    tea, me = sellers.open_shop(shop), shop.member()
    goods = seed.product(shop, seller_id=tea.seller_id, price_fen=9_900)
    trade.paid_order(shop, me, goods.sku_id)
    receiver_id = receiver(shop, tea.seller_id)
    role = tea.staff.call("staff.save_role", name="店主", permissions=["*"])
    tea.staff.call("staff.save_staff", username="tea.owner", display_name="李四", role_id=role["role_id"],
                   password="a good long pass of tea")
    shown = tea.platform.call("sellers.show_seller", seller_id=tea.seller_id)
    assert (shown["seller"]["state"], shown["staff"], shown["owed_fen"]) == ("ACTIVE", 1, 9_900)
    assert shown["receivers"] == [{"receiver_id": receiver_id, "label": "商家", "state": "ACTIVE",
                                   "per_ten_thousand": 3_000, "is_seller": False}]


def test_for_the_platforms_staff_alone(shop: Shop):
    tea = sellers.open_shop(shop)
    with refused("PLATFORM_ONLY"):
        tea.staff.call("sellers.show_seller", seller_id=tea.seller_id)
    with refused("SELLER_NOT_FOUND", status=404):
        tea.platform.call("sellers.show_seller", seller_id="sel_nobody")
