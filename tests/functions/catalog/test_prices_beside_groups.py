"""What two records say of one thing is looked at from both sides (spec F1, B4)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from mall.tables.goods import products, skus
from sqlalchemy import update

from tests.support import seed, trade
from tests.support.shop import Shop, refused


def group_buy(shop: Shop, goods, price_fen: int) -> str:
    return shop.staff().call(
        "group_buys.save_group_buy", spu_id=goods.spu_id, title="团", size=2, open_hours=2,
        starts_at=shop.now.isoformat(), ends_at=(shop.now + timedelta(days=3)).isoformat(),
        prices=[{"sku_id": goods.sku_id, "price_fen": price_fen}])["group_buy_id"]


def test_a_group_never_pays_more_than_a_single_price_that_was_lowered_since(shop: Shop):
    goods, member = seed.product(shop, price_fen=10_000), shop.member()
    group_buy_id = group_buy(shop, goods, 8_000)
    for price_fen, pay_fen in ((9_000, 8_000), (8_000, 8_000), (5_000, 5_000)):
        shop.database.run(lambda tx, fen=price_fen: tx.write(update(skus).values(price_fen=fen)))
        placed = trade.place(shop, member, goods.sku_id, delivery="PICKUP", group_buy_id=group_buy_id)
        assert placed["pay_fen"] == pay_fen
        member.call("orders.cancel_order", order_no=placed["order_no"])


def test_a_single_price_does_not_fall_to_the_price_of_a_group(shop: Shop):
    staff = shop.staff()
    given = {"title": "杯子", "category_id": seed.category(shop)[-1],
             "media": {"carousel": ["https://img.mall.example/public/1.png"]},
             "specs": [{"name": "颜色", "values": ["红", "蓝"]}],
             "skus": [{"sku_code": code, "spec_values": [value], "price_fen": 9_900}
                      for code, value in (("R", "红"), ("B", "蓝"))]}
    saved = staff.call("catalog.save_product", **given)
    staff.call("group_buys.save_group_buy", spu_id=saved["spu_id"], title="团", size=2, open_hours=2,
               starts_at=shop.now.isoformat(), ends_at=(shop.now + timedelta(days=3)).isoformat(),
               prices=[{"sku_id": saved["sku_ids"][0], "price_fen": 8_000}])
    first, second = given["skus"]
    lower = {**given, "spu_id": saved["spu_id"], "version": saved["version"],
             "skus": [{**first, "price_fen": 8_000}, {**second, "price_fen": 1_000}]}
    before = shop.snapshot()
    with refused("NOT_ABOVE_GROUP_PRICE", status=422, field="skus"):
        staff.call("catalog.save_product", **lower)
    assert shop.snapshot() == before
    shop.move(days=4)  # the activity is over
    staff.call("catalog.save_product", **lower)


@pytest.mark.parametrize("how", ["at once", "later"])
def test_a_plan_to_unlist_that_is_past_does_not_take_off_what_is_listed_now(shop: Shop, how: str):
    goods, staff = seed.product(shop, state="DRAFT"), shop.staff()
    staff.call("catalog.withdraw_products", spu_ids=[goods.spu_id],
               unlist_at=(shop.now + timedelta(hours=1)).isoformat())
    shop.move(hours=2)
    shop.tick("catalog.publish_timed_products")
    given = {} if how == "at once" else {"list_at": (shop.now + timedelta(minutes=5)).isoformat()}
    staff.call("catalog.publish_products", spu_ids=[goods.spu_id], **given)
    shop.move(minutes=10)
    shop.tick("catalog.publish_timed_products")
    shop.tick("catalog.publish_timed_products")
    [row] = shop.rows(products)
    assert (row.state, row.list_at, row.unlist_at) == ("LISTED", None, None)


def test_a_plan_that_is_still_to_come_stays(shop: Shop):
    goods, staff = seed.product(shop, state="DRAFT"), shop.staff()
    staff.call("catalog.withdraw_products", spu_ids=[goods.spu_id],
               unlist_at=(shop.now + timedelta(hours=1)).isoformat())
    staff.call("catalog.publish_products", spu_ids=[goods.spu_id])
    shop.move(hours=2)
    shop.tick("catalog.publish_timed_products")
    assert shop.rows(products)[0].state == "UNLISTED"
