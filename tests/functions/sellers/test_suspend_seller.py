"""sellers.suspend_seller: one rule for whatever buyers see (spec E13)."""

from datetime import timedelta

import pytest
from mall.tables.marketing import groups
from mall.tables.sellers import sellers as rows

from tests.support import seed, sellers, trade
from tests.support.shop import Shop, refused

pytestmark = pytest.mark.spec("E13")
WHY = "商家已暂停营业（资质到期），暂不能购买"


def test_its_goods_are_on_no_list_and_their_page_the_cart_the_price_and_the_order_say_why(shop: Shop):
    tea, me, other = sellers.open_shop(shop), shop.member(), shop.member("小明")
    path = seed.category(shop, seller_id=tea.seller_id)
    goods = seed.product(shop, seller_id=tea.seller_id, category_path=path, tags=("春茶",))
    own = seed.product(shop)
    me.call("carts.put_cart_item", sku_id=goods.sku_id, quantity=1)
    sellers.suspend(shop, tea)
    before = shop.snapshot()
    for narrow in ({}, {"category_id": path[-1]}, {"tag": "春茶"}, {"seller_id": tea.seller_id}, {"keyword": "T"}):
        found = shop.call("catalog.list_products", **narrow)["items"]
        assert goods.spu_id not in [card["spu_id"] for card in found]
    assert [card["spu_id"] for card in shop.call("catalog.list_products")["items"]] == [own.spu_id]
    line = {"lines": [{"sku_id": goods.sku_id, "quantity": 1}]}
    for action, given, caller in (("catalog.get_product", {"spu_id": goods.spu_id}, me),
                                  ("pricing.quote_checkout", line, me)):
        with refused("SELLER_SUSPENDED", status=422) as caught:
            caller.call(action, **given)
        assert caught[0].message == WHY and caught[0].data == {"seller_id": tea.seller_id}
    with refused("SELLER_SUSPENDED"):
        me.call("orders.place_order", delivery="PICKUP", **line)
    with refused("SELLER_SUSPENDED", status=422):
        other.call("carts.put_cart_item", sku_id=goods.sku_id, quantity=1)
    cart = me.call("carts.view_cart")
    assert [(item["reason"], item["sentence"]) for item in cart["invalid_items"]] == [("SELLER_SUSPENDED", WHY)]
    assert cart["items"] == [] and shop.snapshot() == before


def test_orders_that_run_go_on_and_its_staff_come_in(shop: Shop):
    tea, me = sellers.open_shop(shop), shop.member()
    goods = seed.product(shop, seller_id=tea.seller_id)
    paid, unpaid = trade.paid_order(shop, me, goods.sku_id), trade.place(shop, me, goods.sku_id)["order_no"]
    sellers.suspend(shop, tea)
    trade.pay(shop, unpaid)
    parcel = {"order_no": paid, "carrier": "ZTO", "tracking_no": "78900000000001"}
    assert tea.staff.call("fulfilment.ship_orders", parcels=[parcel])["shipped"] == 1
    tea.staff.call("refunds.start_refund", order_no=unpaid, reason="缺货")
    assert trade.order_states(shop) == {paid: "SHIPPED", unpaid: "CLOSED"}


def coupon(shop: Shop, tea: sellers.Seller, channel: str) -> str:
    return tea.staff.call(
        "coupons.save_coupon", kind="no_threshold", title="券", terms={"off_fen": 500}, channel=channel, quota=30,
        per_member=2, claim_from=shop.now, claim_until=shop.now.replace(year=shop.now.year + 1),
        valid_days=10)["template_id"]


def test_its_coupons_are_not_handed_out_meanwhile(shop: Shop):
    tea, me = sellers.open_shop(shop), shop.member()
    centre = coupon(shop, tea, "CENTRE")
    printed = tea.staff.call("coupons.make_code_batch", template_id=coupon(shop, tea, "CODE"), count=1)["codes"]
    ways = (("coupons.claim_coupon", {"template_id": centre}), ("coupons.redeem_code", {"code": printed[0]}))
    assert len(me.call("coupons.list_claimable_coupons")["items"]) == 1
    sellers.suspend(shop, tea)
    assert me.call("coupons.list_claimable_coupons")["items"] == []
    before = shop.snapshot()
    for action, given in ways:
        with refused("SELLER_SUSPENDED", status=422) as caught:
            me.call(action, **given)
        assert caught[0].data == {"seller_id": tea.seller_id}
    assert shop.snapshot() == before
    sellers.resume(shop, tea)
    assert all(me.call(action, **given)["coupon_id"] for action, given in ways)


def test_nobody_is_asked_to_join_its_groups_meanwhile(shop: Shop):
    tea, me, other = sellers.open_shop(shop), shop.member(), shop.member("小明")
    goods = seed.product(shop, seller_id=tea.seller_id)
    offer = tea.staff.call(
        "group_buys.save_group_buy", spu_id=goods.spu_id, title="拼", size=2, open_hours=24, per_member=5,
        prices=[{"sku_id": goods.sku_id, "price_fen": 5_000}], starts_at=shop.now,
        ends_at=shop.now + timedelta(days=5))["group_buy_id"]
    opened = trade.place(shop, me, goods.sku_id, delivery="PICKUP", group_buy_id=offer)
    trade.pay(shop, opened["order_no"], openid=me.openid)
    [group] = shop.rows(groups)

    def seen() -> tuple[int, bool]:
        return (len(other.call("group_buys.list_joinable_groups", spu_id=goods.spu_id)["items"]),
                other.call("group_buys.view_group", group_id=group.group_id)["may_join"])

    assert seen() == (1, True)
    sellers.suspend(shop, tea)
    assert seen() == (0, False)
    sellers.resume(shop, tea)
    assert seen() == (1, True)


def test_what_cannot_be_suspended_changes_nothing(shop: Shop):
    tea = sellers.open_shop(shop)
    waiting = shop.member().call("sellers.apply_to_sell", **{**sellers.TOLD, "name": "乙店"})["seller_id"]
    before = shop.snapshot()
    for code, given in (("SELLER_CHANGED", {"seller_id": tea.seller_id, "version": 7}),
                        ("ILLEGAL_MOVE", {"seller_id": waiting, "version": 1}),
                        ("SELLER_NOT_FOUND", {"seller_id": "sel_nobody", "version": 1})):
        with refused(code):
            tea.platform.call("sellers.suspend_seller", reason="资质到期", **given)
    with refused("PLATFORM_ONLY"):
        tea.staff.call("sellers.suspend_seller", seller_id=tea.seller_id, version=1, reason="自己")
    assert shop.snapshot() == before and shop.rows(rows, seller_id=tea.seller_id)[0].state == "ACTIVE"
