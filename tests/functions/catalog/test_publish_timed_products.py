"""catalog.publish_timed_products (spec B4)."""

from datetime import timedelta

from mall.kit.outbox import outbox_events
from mall.tables.goods import products, skus
from mall.kit.db import fresh
from sqlalchemy import update

from tests.support import seed
from tests.support.shop import Shop


def _plan(shop: Shop, spu_id: str, *, list_in: int | None = None, unlist_in: int | None = None) -> None:
    """Minutes from now."""
    staff = shop.staff()
    if list_in is not None:
        staff.call("catalog.publish_products", spu_ids=[spu_id], list_at=shop.now + timedelta(minutes=list_in))
    if unlist_in is not None:
        staff.call("catalog.withdraw_products", spu_ids=[spu_id], unlist_at=shop.now + timedelta(minutes=unlist_in))


def _states(shop: Shop) -> dict[str, str]:
    return {row.spu_id: row.state for row in shop.rows(products)}


def test_goods_appear_and_disappear_at_their_times(shop: Shop):
    goods = seed.product(shop, state="DRAFT")
    _plan(shop, goods.spu_id, list_in=10, unlist_in=20)
    assert shop.tick("catalog.publish_timed_products") == {"listed": 0, "unlisted": 0, "incomplete": 0}
    shop.move(minutes=11)
    assert shop.tick("catalog.publish_timed_products") == {"listed": 1, "unlisted": 0, "incomplete": 0}
    assert _states(shop) == {goods.spu_id: "LISTED"}
    shop.move(minutes=10)
    assert shop.tick("catalog.publish_timed_products") == {"listed": 0, "unlisted": 1, "incomplete": 0}
    assert _states(shop) == {goods.spu_id: "UNLISTED"}
    assert shop.tick("catalog.publish_timed_products") == {"listed": 0, "unlisted": 0, "incomplete": 0}


def test_when_both_times_were_missed_they_are_done_in_their_order(shop: Shop):
    comes_and_goes, goes_and_comes = seed.product(shop, state="DRAFT"), seed.product(shop)
    _plan(shop, comes_and_goes.spu_id, list_in=10, unlist_in=20)
    _plan(shop, goes_and_comes.spu_id, list_in=20, unlist_in=10)
    shop.move(minutes=30)
    assert shop.tick("catalog.publish_timed_products") == {"listed": 2, "unlisted": 2, "incomplete": 0}
    assert _states(shop) == {comes_and_goes.spu_id: "UNLISTED", goes_and_comes.spu_id: "LISTED"}


def test_what_became_incomplete_stays_off_the_shelf_and_its_plan_is_dropped(shop: Shop):
    goods = seed.product(shop, state="DRAFT")
    _plan(shop, goods.spu_id, list_in=10, unlist_in=20)
    shop.database.run(lambda tx: tx.write(fresh(update(skus).values(active=False)), rows=1))
    shop.move(minutes=11)
    assert shop.tick("catalog.publish_timed_products") == {"listed": 0, "unlisted": 0, "incomplete": 1}
    assert [(row.state, row.list_at, row.unlist_at) for row in shop.rows(products)] == [("DRAFT", None, None)]


def test_two_runs_at_the_same_moment_list_each_product_once(shop: Shop):
    for _ in range(4):
        _plan(shop, seed.product(shop, state="DRAFT").spu_id, list_in=1)
    shop.move(minutes=2)
    counts = shop.in_parallel(*[lambda: shop.tick("catalog.publish_timed_products") for _ in range(3)])
    assert sum(count["listed"] for count in counts) == 4
    assert [row.kind for row in shop.rows(outbox_events)] == ["catalog.product_listed"] * 4
