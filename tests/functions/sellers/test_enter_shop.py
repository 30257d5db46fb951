"""sellers.enter_shop: the platform's staff see all, one shop at a time (spec E13)."""

from datetime import timedelta

import pytest
from mall.kit.scope import PLATFORM
from mall.tables.goods import categories, warehouses
from mall.tables.people import audit_entries, sessions, staff

from tests.support import seed, sellers, trade
from tests.support.shop import Shop, refused

pytestmark = pytest.mark.spec("E13")


def test_inside_they_see_and_touch_the_sellers_rows_and_no_others(shop: Shop):
    tea, me = sellers.open_shop(shop), shop.member()
    goods, own = seed.product(shop, seller_id=tea.seller_id), seed.product(shop)
    theirs, ours = (trade.paid_order(shop, me, each.sku_id) for each in (goods, own))
    found = tea.staff.call("orders.search_orders")["items"]
    assert [row["order"]["order_no"] for row in found] == [theirs]
    with refused("ORDER_NOT_FOUND", status=404):
        tea.staff.call("orders.view_order", order_no=ours)
    with refused("ORDER_NOT_FOUND", status=404):
        tea.platform.call("orders.view_order", order_no=theirs)
    path = seed.category(shop, seller_id=tea.seller_id)
    made = tea.staff.call("catalog.save_category", name="绿茶", parent_id=path[-1])
    assert shop.rows(categories, category_id=made["category_id"])[0].seller_id == tea.seller_id
    [entry] = shop.rows(audit_entries, action="catalog.save_category")
    assert (entry.seller_id, entry.actor_id) == (tea.seller_id, tea.platform.subject_id)


def test_what_the_role_does_not_permit_at_home_it_does_not_permit_there(shop: Shop):
    tea = sellers.open_shop(shop)
    clerk = sellers.enter(shop, shop.staff("sellers.enter_shop", "orders.*"), tea.seller_id)
    assert clerk.call("orders.search_orders")["items"] == []
    with refused("NOT_ALLOWED"):
        clerk.call("catalog.list_shelf")


def test_the_sellers_first_account_is_made_there_and_belongs_to_the_seller(shop: Shop):
    tea = sellers.open_shop(shop)
    role = tea.staff.call("staff.save_role", name="店主", permissions=["*"])
    made = tea.staff.call("staff.save_staff", username="tea.owner", display_name="李四", role_id=role["role_id"],
                          password="a good long pass of tea")
    assert shop.rows(staff, staff_id=made["staff_id"])[0].seller_id == tea.seller_id
    assert [person["username"] for person in tea.staff.call("staff.list_staff")["staff"]] == ["tea.owner"]
    assert "tea.owner" not in str(tea.platform.call("staff.list_staff"))


def test_it_ends_with_the_account_and_one_who_waits_has_no_shop(shop: Shop):
    tea = sellers.open_shop(shop)
    waiting = shop.member().call("sellers.apply_to_sell", **{**sellers.TOLD, "name": "乙店"})["seller_id"]
    before = len(shop.rows(sessions))
    with refused("SELLER_NOT_OPEN"):
        tea.platform.call("sellers.enter_shop", seller_id=waiting)
    with refused("SELLER_NOT_FOUND"):
        tea.platform.call("sellers.enter_shop", seller_id="sel_nobody")
    with refused("PLATFORM_ONLY"):
        tea.staff.call("sellers.enter_shop", seller_id=tea.seller_id)
    assert len(shop.rows(sessions)) == before
    boss, person = shop.staff(), shop.rows(staff, staff_id=tea.platform.subject_id)[0]
    boss.call("staff.save_staff", staff_id=person.staff_id, version=1, display_name="店员", role_id=person.role_id,
              active=False)
    with refused("NOT_SIGNED_IN"):
        tea.staff.call("orders.search_orders")


def test_who_signs_out_at_the_platform_is_out_of_every_shop_and_who_leaves_a_shop_is_out_of_it_alone(shop: Shop):
    tea, other = sellers.open_shop(shop), shop.staff()
    jam = sellers.open_shop(shop, "北山果酱", platform=tea.platform)
    theirs = sellers.enter(shop, other, tea.seller_id)
    tea.staff.call("staff.sign_out_staff")
    with refused("SESSION_EXPIRED", status=401):
        tea.staff.call("stock.list_warehouses")
    inside = [jam.staff, sellers.enter(shop, tea.platform, tea.seller_id)]
    for session in (*inside, theirs):
        session.call("stock.list_warehouses")
    tea.platform.call("staff.sign_out_staff")
    for session in (tea.platform, *inside):
        with refused("SESSION_EXPIRED", status=401):
            session.call("stock.list_warehouses")
    theirs.call("stock.list_warehouses")


def test_it_lasts_no_longer_than_the_session_at_the_platform(shop: Shop):
    shop.staff().call("staff.save_settings", version=0, changes={"staff_session_hours": 12})
    tea = sellers.open_shop(shop)
    [at_home] = [row for row in shop.rows(sessions, subject_id=tea.platform.subject_id) if row.seller_id is None]
    [inside] = shop.rows(sessions, seller_id=tea.seller_id)
    assert inside.expires_at - inside.created_at == timedelta(hours=12)  # at home it is a year in the tests
    shop.move(days=364, hours=20)
    sellers.enter(shop, tea.platform, tea.seller_id)
    assert [row.expires_at for row in shop.rows(sessions, seller_id=tea.seller_id)][1:] == [at_home.expires_at]


def test_of_entering_and_signing_out_at_the_same_moment_nothing_is_left_open(shop: Shop):
    tea = sellers.open_shop(shop)
    shop.in_parallel(lambda: tea.platform.call("staff.sign_out_staff"),
                     *[lambda: tea.platform.call("sellers.enter_shop", seller_id=tea.seller_id)] * 3)
    assert [row for row in shop.rows(sessions, subject_id=tea.platform.subject_id) if row.revoked_at is None] == []


def test_a_key_that_was_used_at_home_is_a_new_one_in_the_shop(shop: Shop):
    tea = sellers.open_shop(shop)
    jam = sellers.open_shop(shop, "北山果酱", platform=tea.platform)
    made = [caller.call("stock.save_warehouse", key="one-key", name="东仓")["warehouse_id"]
            for caller in (tea.platform, tea.staff, jam.staff)]
    again = sellers.enter(shop, tea.platform, tea.seller_id)  # one more session of the same person in the same shop
    assert again.call("stock.save_warehouse", key="one-key", name="东仓")["warehouse_id"] == made[1]
    assert {row.warehouse_id: row.seller_id for row in shop.rows(warehouses, name="东仓")} == dict(
        zip(made, (PLATFORM, tea.seller_id, jam.seller_id), strict=True))
