"""catalog.publish_products (spec B4)."""

from datetime import timedelta

from mall.kit.db import fresh
from mall.kit.outbox import outbox_events
from mall.tables.goods import products
from sqlalchemy import update

from tests.support import seed
from tests.support.shop import Shop, refused


def _bare(shop: Shop, spu_id: str) -> None:
    """Take the product's pictures away."""
    statement = update(products).where(products.c.spu_id == spu_id).values(media={"carousel": []})
    shop.database.run(lambda tx: tx.write(fresh(statement), rows=1))


def test_complete_products_are_listed_and_the_others_say_why_not(shop: Shop):
    staff = shop.staff("catalog.*")
    good, bare = seed.product(shop, state="DRAFT"), seed.product(shop, state="DRAFT")
    theirs = seed.product(shop, state="DRAFT", seller_id="sel_OTHER")
    _bare(shop, bare.spu_id)
    results = staff.call("catalog.publish_products", spu_ids=[good.spu_id, bare.spu_id, theirs.spu_id])["results"]
    assert [(each["spu_id"], each["done"], each["code"]) for each in results] == [
        (good.spu_id, True, None), (bare.spu_id, False, "PRODUCT_INCOMPLETE"),
        (theirs.spu_id, False, "PRODUCT_NOT_FOUND")]
    assert results[1]["sentence"] == "缺少商品主图"
    assert {row.spu_id: row.state for row in shop.rows(products)} == {
        good.spu_id: "LISTED", bare.spu_id: "DRAFT", theirs.spu_id: "DRAFT"}
    assert [(row.kind, row.payload) for row in shop.rows(outbox_events)] == [
        ("catalog.product_listed", {"spu_id": good.spu_id})]


def test_listing_what_is_listed_changes_nothing(shop: Shop):
    goods, staff = seed.product(shop), shop.staff()
    before = shop.snapshot("audit_entries")
    assert staff.call("catalog.publish_products", spu_ids=[goods.spu_id])["results"][0]["done"] is True
    assert shop.snapshot("audit_entries") == before


def test_a_set_time_is_kept_and_a_past_one_refused(shop: Shop):
    goods, staff = seed.product(shop, state="DRAFT"), shop.staff()
    at = (shop.now + timedelta(hours=2)).replace(microsecond=0)
    assert staff.call("catalog.publish_products", spu_ids=[goods.spu_id], list_at=at)["results"][0]["done"] is True
    assert [(row.state, row.list_at) for row in shop.rows(products)] == [("DRAFT", at)]
    before = shop.snapshot()
    with refused("TIME_IS_PAST", status=400, field="list_at"):
        staff.call("catalog.publish_products", spu_ids=[goods.spu_id], list_at=shop.now - timedelta(seconds=1))
    assert shop.snapshot() == before
