"""catalog.list_products (spec B1)."""

import pytest

from tests.support import seed
from tests.support.shop import Shop, refused


def _titles(shop: Shop, **ask) -> list[str]:
    return [item["title"] for item in shop.call("catalog.list_products", **ask)["items"]]


def test_a_category_shows_what_stands_anywhere_below_it_and_only_what_is_listed(shop: Shop):
    clothes, shoes = seed.category(shop, "服装"), seed.category(shop, "鞋")
    tops = seed.category(shop, "上衣", parent_path=clothes)
    seed.product(shop, title="T恤", category_path=tops)
    seed.product(shop, title="草稿", category_path=tops, state="DRAFT")
    seed.product(shop, title="下架", category_path=tops, state="UNLISTED")
    seed.product(shop, title="靴子", category_path=shoes)
    assert _titles(shop, category_id=clothes[-1]) == ["T恤"]
    assert _titles(shop, category_id=tops[-1]) == ["T恤"]
    assert sorted(_titles(shop)) == ["T恤", "靴子"]


def test_goods_are_found_by_tag_by_words_and_by_seller(shop: Shop):
    seed.product(shop, title="100%纯棉 Polo", tags=("新品", "夏"))
    seed.product(shop, title="羊毛围巾", tags=("冬",), seller_id="sel_OTHER")
    assert _titles(shop, tag="夏") == ["100%纯棉 Polo"]
    assert _titles(shop, keyword="围巾") == ["羊毛围巾"]
    assert _titles(shop, keyword="polo") == ["100%纯棉 Polo"]
    assert _titles(shop, keyword="0%纯") == ["100%纯棉 Polo"]
    assert _titles(shop, keyword="%棉%P") == []
    assert _titles(shop, seller_id="sel_OTHER") == ["羊毛围巾"]
    assert _titles(shop, tag="夏", keyword="围巾") == []


@pytest.mark.parametrize(("sort", "turn", "falling"), [
    ("newest", lambda price_fen, sold, spu_id: spu_id, True),
    ("price_low", lambda price_fen, sold, spu_id: (price_fen, spu_id), False),
    ("price_high", lambda price_fen, sold, spu_id: (price_fen, spu_id), True),
    ("most_sold", lambda price_fen, sold, spu_id: (sold, spu_id), True),
])
def test_every_order_is_paged_without_gaps_or_repeats(shop: Shop, sort: str, turn, falling: bool):
    made = [(price_fen, sold, seed.product(shop, price_fen=price_fen, sold=sold).spu_id)
            for price_fen, sold in ((200, 1), (200, 9), (100, 2), (300, 2))]
    expected = [spu_id for *_, spu_id in sorted(made, key=lambda each: turn(*each), reverse=falling)]
    first = shop.call("catalog.list_products", sort=sort, limit=3)
    second = shop.call("catalog.list_products", sort=sort, limit=3, cursor=first["next_cursor"])
    assert [item["spu_id"] for item in first["items"] + second["items"]] == expected
    assert second["next_cursor"] is None


def test_a_broken_cursor_is_refused(shop: Shop):
    with refused("BAD_CURSOR", status=400):
        shop.call("catalog.list_products", cursor="bm90LWpzb24")
    seed.product(shop)
    cursor = shop.call("catalog.list_products", limit=1)["next_cursor"]
    with refused("BAD_CURSOR", status=400):
        shop.call("catalog.list_products", sort="price_low", cursor=cursor)


def test_a_card_shows_the_first_picture_the_price_and_how_many_are_sold(shop: Shop):
    goods = seed.product(shop, title="T恤", price_fen=8_800, sold=12, tags=("新品",))
    item = shop.member().call("catalog.list_products")["items"][0]
    assert item == {
        "spu_id": goods.spu_id, "seller_id": "sel_00000000000000000000000001", "title": "T恤", "subtitle": "",
        "picture_url": "https://img.mall.example/public/1.png", "tags": ["新品"], "lowest_price_fen": 8_800,
        "sold": 12}
