"""A seller's own settings over the shop's (spec E13)."""

import pytest
from mall.app.settings import SELLERS_NAMES, ShopSettings

from tests.support import seed, sellers, trade
from tests.support.shop import Shop, refused

pytestmark = pytest.mark.spec("E13")


def test_what_a_seller_sets_holds_for_his_orders_and_not_for_the_shops(shop: Shop):
    tea, me = sellers.open_shop(shop), shop.member()
    tea.staff.call("staff.save_settings", version=0, changes={"pickup_store": "茶坊一楼", "refund_request_days": 0})
    goods, own = seed.product(shop, seller_id=tea.seller_id), seed.product(shop)
    theirs, ours = (trade.paid_order(shop, me, each.sku_id, delivery="PICKUP") for each in (goods, own))
    pages = {order_no: me.call("orders.get_order", order_no=order_no) for order_no in (theirs, ours)}
    assert [pages[order_no]["pickup_store"] for order_no in (theirs, ours)] == ["茶坊一楼", "门店自提点"]
    assert ["ask_refund" in pages[order_no]["buttons"] for order_no in (theirs, ours)] == [False, True]
    assert {row["order"]["order_no"]: "ask_refund" in row["buttons"]
            for row in me.call("orders.list_orders")["items"]} == {theirs: False, ours: True}
    before = shop.snapshot()
    with refused("REFUND_NOT_TO_BE_ASKED"):
        me.call("refunds.ask_refund", order_no=theirs, reason="OTHER")
    assert shop.snapshot() == before
    me.call("refunds.ask_refund", order_no=ours, reason="OTHER")


def test_a_seller_sees_what_holds_and_sets_what_is_marked_as_his(shop: Shop):
    tea = sellers.open_shop(shop)
    tea.platform.call("staff.save_settings", version=0, changes={"pickup_store": "总店", "refund_requests_most": 7})
    tea.staff.call("staff.save_settings", version=0, changes={"pickup_store": "茶坊一楼"})
    shown = tea.staff.call("staff.show_settings")
    assert (shown["version"], shown["settings"]["pickup_store"], shown["settings"]["refund_requests_most"]) == (
        1, "茶坊一楼", 7)
    assert shown["may_set"] == sorted(SELLERS_NAMES)
    assert tea.platform.call("staff.show_settings")["may_set"] == sorted(ShopSettings.model_fields)
    assert tea.staff.call("staff.save_settings", version=1, changes={"pickup_store": None})[
        "settings"]["pickup_store"] == "总店"


@pytest.mark.parametrize("name", ["sharing_mode", "shop_name", "seller_commission_per_ten_thousand", "no_such_name"])
def test_what_is_the_platforms_a_seller_cannot_set(shop: Shop, name: str):
    tea = sellers.open_shop(shop)
    before = shop.snapshot()
    with refused("BAD_SETTING", field=name):
        tea.staff.call("staff.save_settings", version=0, changes={name: "off"})
    assert shop.snapshot() == before


def test_a_pair_is_checked_against_what_the_shop_has(shop: Shop):
    tea = sellers.open_shop(shop)
    tea.platform.call("staff.save_settings", version=0, changes={"refund_day_limit_fen": 60_000,
                                                                 "refund_approval_limit_fen": 50_000})
    with refused("BAD_SETTING", field="refund_approval_limit_fen"):
        tea.staff.call("staff.save_settings", version=0, changes={"refund_approval_limit_fen": 60_001})
    tea.staff.call("staff.save_settings", version=0, changes={"refund_approval_limit_fen": 60_000})
    assert tea.staff.call("staff.show_settings")["settings"]["refund_approval_limit_fen"] == 60_000


def test_two_people_decide_in_one_shop_and_not_in_the_other(shop: Shop):
    tea, me = sellers.open_shop(shop), shop.member()
    second = sellers.enter(shop, shop.staff(), tea.seller_id)
    sellers.own_staff(shop, tea, 2)
    tea.staff.call("staff.save_settings", version=0, changes={"second_person": True, "refund_approval_limit_fen": 0})
    goods, own = seed.product(shop, seller_id=tea.seller_id), seed.product(shop)
    theirs, ours = (trade.paid_order(shop, me, each.sku_id) for each in (goods, own))
    assert "refund_no" in tea.platform.call("refunds.start_refund", order_no=ours, reason="缺货")
    asked = tea.staff.call("refunds.start_refund", order_no=theirs, reason="缺货")
    assert asked["state"] == "WAITS"
    with refused("OWN_CHANGE"):
        sellers.enter(shop, tea.platform, tea.seller_id).call(
            "staff.approve_sensitive_change", change_id=asked["change_id"], note="")
    second.call("staff.approve_sensitive_change", change_id=asked["change_id"], note="")
    assert trade.order_states(shop) == {theirs: "CLOSED", ours: "CLOSED"}


def test_that_two_people_decide_at_the_platform_does_not_hold_in_a_sellers_shop(shop: Shop):
    shop.staff()
    tea = sellers.open_shop(shop)
    tea.platform.call("staff.save_settings", version=0, changes={"second_person": True, "refund_approval_limit_fen": 0})
    role = tea.staff.call("staff.save_role", name="店主", permissions=["*"])
    tea.staff.call("staff.save_staff", username="tea.owner", display_name="李四", role_id=role["role_id"],
                   password="a good long pass of tea")
    order_no = trade.paid_order(shop, shop.member(), seed.product(shop, seller_id=tea.seller_id).sku_id)
    assert tea.staff.call("refunds.start_refund", order_no=order_no, reason="缺货")["state"] == "DUE"
    shown = tea.staff.call("staff.show_settings")["settings"]
    assert (shown["second_person"], shown["refund_approval_limit_fen"]) == (False, 0)
    with refused("NO_SECOND_PERSON"):  # of the seller's own there is one
        tea.staff.call("staff.save_settings", version=0, changes={"second_person": True})
    assert tea.platform.call("staff.show_settings")["settings"]["second_person"] is True
