"""catalog.withdraw_products (spec B4)."""

from datetime import timedelta

from mall.kit.outbox import outbox_events
from mall.tables.goods import products

from tests.support import seed
from tests.support.shop import Shop, refused


def test_listed_goods_leave_the_shelf_at_once_and_what_was_planned_is_dropped(shop: Shop):
    goods, draft, staff = seed.product(shop), seed.product(shop, state="DRAFT"), shop.staff("catalog.*")
    staff.call("catalog.publish_products", spu_ids=[draft.spu_id], list_at=shop.now + timedelta(hours=1))
    staff.call("catalog.withdraw_products", spu_ids=[goods.spu_id], unlist_at=shop.now + timedelta(hours=1))
    results = staff.call("catalog.withdraw_products", spu_ids=[goods.spu_id, draft.spu_id, "spu_NOWHERE"])["results"]
    assert [(each["done"], each["code"]) for each in results] == [
        (True, None), (True, None), (False, "PRODUCT_NOT_FOUND")]
    assert {row.spu_id: (row.state, row.list_at, row.unlist_at) for row in shop.rows(products)} == {
        goods.spu_id: ("UNLISTED", None, None), draft.spu_id: ("DRAFT", None, None)}
    assert [row.kind for row in shop.rows(outbox_events)] == ["catalog.product_unlisted"]
    with refused("PRODUCT_NOT_FOUND", status=404):
        shop.call("catalog.get_product", spu_id=goods.spu_id)


def test_another_sellers_goods_stay_listed(shop: Shop):
    theirs, staff = seed.product(shop, seller_id="sel_OTHER"), shop.staff()
    staff.call("catalog.withdraw_products", spu_ids=[theirs.spu_id])
    assert [row.state for row in shop.rows(products)] == ["LISTED"]
    with refused("TIME_IS_PAST", status=400, field="unlist_at"):
        staff.call("catalog.withdraw_products", spu_ids=[theirs.spu_id], unlist_at=shop.now)
