"""sellers.set_commission (spec E13, J6)."""

import pytest
from mall.tables.trade import orders

from tests.functions.sellers.test_save_seller import receiver
from tests.support import seed, sellers, trade
from tests.support.shop import Shop, refused

pytestmark = pytest.mark.spec("E13", "J6")


def test_orders_that_were_placed_keep_theirs(shop: Shop):
    tea, me = sellers.open_shop(shop), shop.member()
    goods, own = seed.product(shop, seller_id=tea.seller_id), seed.product(shop)
    first = trade.place(shop, me, goods.sku_id)["order_no"]
    answer = tea.platform.call("sellers.set_commission", seller_id=tea.seller_id, version=1,
                               commission_per_ten_thousand=800)
    assert answer == {"seller_id": tea.seller_id, "version": 2, "commission_per_ten_thousand": 800}
    second, platforms = (trade.place(shop, me, sku_id)["order_no"] for sku_id in (goods.sku_id, own.sku_id))
    assert {row.order_no: row.commission_per_ten_thousand for row in shop.rows(orders)} == {
        first: 500, second: 800, platforms: 0}


def test_where_two_people_decide_it_waits_for_both(shop: Shop):
    tea, other = sellers.open_shop(shop), shop.staff()
    tea.platform.call("staff.save_settings", version=0, changes={"second_person": True})
    asked = tea.platform.call("sellers.set_commission", seller_id=tea.seller_id, version=1,
                              commission_per_ten_thousand=100, reason="新合同")
    assert asked["state"] == "WAITS" and asked["says"] == "商家“南山茶坊”的佣金由万分之 500 改为万分之 100"
    assert sellers.row(shop, tea.seller_id).commission_per_ten_thousand == 500
    with refused("OWN_CHANGE"):
        tea.platform.call("staff.approve_sensitive_change", change_id=asked["change_id"], note="")
    other.call("staff.approve_sensitive_change", change_id=asked["change_id"], note="")
    assert sellers.row(shop, tea.seller_id).commission_per_ten_thousand == 100


@pytest.mark.parametrize("two_people", [False, True])
def test_an_application_has_none_that_its_approval_would_overwrite(shop: Shop, two_people: bool):
    platform, _ = shop.staff(), shop.staff()
    platform.call("staff.save_settings", version=0, changes={"second_person": two_people})
    seller_id = shop.member().call("sellers.apply_to_sell", **sellers.TOLD)["seller_id"]
    before = shop.snapshot()
    with refused("SELLER_NOT_OPEN"):
        platform.call("sellers.set_commission", seller_id=seller_id, version=1, commission_per_ten_thousand=100)
    assert shop.snapshot() == before


def test_what_its_receivers_get_leaves_the_platform_its_part(shop: Shop):
    tea = sellers.open_shop(shop)
    receiver(shop, tea.seller_id)  # of 3,000
    before = shop.snapshot()
    with refused("SHARES_ABOVE_MOST", field="commission_per_ten_thousand"):
        tea.platform.call("sellers.set_commission", seller_id=tea.seller_id, version=1,
                          commission_per_ten_thousand=7_001)
    with refused("SELLER_CHANGED"):
        tea.platform.call("sellers.set_commission", seller_id=tea.seller_id, version=4,
                          commission_per_ten_thousand=1)
    with refused("PLATFORM_ONLY"):
        tea.staff.call("sellers.set_commission", seller_id=tea.seller_id, version=1, commission_per_ten_thousand=1)
    assert shop.snapshot() == before
    tea.platform.call("sellers.set_commission", seller_id=tea.seller_id, version=1, commission_per_ten_thousand=7_000)
    with refused("SHARES_ABOVE_MOST"):
        tea.staff.call("settlements.save_receiver", kind="MERCHANT_ID", account="1900000009", name="某公司",
                       label="另一家", relation="SUPPLIER", per_ten_thousand=1)
