"""catalog.list_products and list_shelf: a page of whatever order, category and keyword, put together by parts."""

import itertools

import pytest
from mall.domains.catalog import listing
from mall.tables.goods import products
from sqlalchemy import update

from tests.support import seed
from tests.support.shop import Shop, refused

SORTS = ("newest", "price_low", "price_high", "most_sold")


def pages(shop: Shop, action: str = "catalog.list_products", **given) -> tuple[list[str], int]:
    """Every product that the pages hold, in their order, and how many pages there were."""
    who, cursor, found = shop.staff() if action == "catalog.list_shelf" else shop.nobody, None, []
    for number in itertools.count(1):
        page = who.call(action, cursor=cursor, limit=2, **given)
        found += [row["spu_id"] for row in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            return found, number


@pytest.fixture
def goods(shop: Shop) -> list[str]:
    """Six products: of a category the odd ones, prices and sales that repeat."""
    made = [seed.product(shop, title=f"Éclair {number}" if number % 3 else f"Brot {number}", price_fen=100 + number % 3,
                         sold=number % 2, category_path=("cat_A",) if number % 2 else ("cat_B",),
                         tags=("热卖",) if number < 4 else ()).spu_id for number in range(6)]
    seed.product(shop, state="UNLISTED", category_path=("cat_A",), tags=("热卖",))
    return made


@pytest.mark.parametrize("narrow", [0, 100])
@pytest.mark.parametrize("given", [{}, {"category_id": "cat_A"}, {"tag": "热卖"},
                                   {"category_id": "cat_A", "tag": "热卖"}])
def test_few_that_are_sorted_and_many_that_are_walked_give_the_same_pages(
        shop: Shop, goods: list[str], monkeypatch, narrow: int, given: dict):
    if not narrow:
        monkeypatch.setattr(listing, "NARROW", -1)  # whatever there is counts as many
    numbers = [number for number in range(6) if (not given.get("category_id") or number % 2)
               and (not given.get("tag") or number < 4)]
    keys = {"newest": lambda n: (-n,), "price_low": lambda n: (n % 3, n), "price_high": lambda n: (-(n % 3), -n),
            "most_sold": lambda n: (-(n % 2), -n)}
    for sort in SORTS:
        assert pages(shop, sort=sort, **given)[0] == [goods[n] for n in sorted(numbers, key=keys[sort])]


@pytest.mark.parametrize("sort", SORTS)
def test_a_keyword_finds_every_title_however_few_one_call_looks_at(shop: Shop, goods: list[str], monkeypatch, sort):
    at_once, _ = pages(shop, sort=sort, keyword="ÉCLAIR")
    assert sorted(at_once) == sorted(goods[number] for number in (1, 2, 4, 5))
    monkeypatch.setattr(listing, "WINDOW", 1)
    monkeypatch.setattr(listing, "LOOKS", 1)
    by_parts, calls = pages(shop, sort=sort, keyword="ÉCLAIR")
    assert (by_parts, calls) == (at_once, 7)  # one look a call, and one to see that nothing follows
    assert pages(shop, sort=sort, keyword="100%")[0] == []


def test_the_shelf_finds_drafts_by_title_in_the_same_way(shop: Shop, goods: list[str], monkeypatch):
    shop.database.run(lambda tx: tx.write(update(products).where(products.c.spu_id == goods[1]).values(state="DRAFT")))
    expected = [goods[number] for number in (5, 4, 2, 1)]
    assert pages(shop, "catalog.list_shelf", keyword="éclair")[0] == expected
    monkeypatch.setattr(listing, "WINDOW", 1)
    monkeypatch.setattr(listing, "LOOKS", 1)
    assert pages(shop, "catalog.list_shelf", keyword="éclair")[0] == expected
    assert pages(shop, "catalog.list_shelf", keyword="éclair", state="DRAFT")[0] == [goods[1]]


@pytest.mark.parametrize("narrow", [0, 100])
@pytest.mark.parametrize("given", [{}, {"category_id": "cat_A"}, {"tag": "热卖"}, {"keyword": "éclair"}])
@pytest.mark.parametrize(("low", "high"), [(101, 101), (101, None), (None, 100), (103, None)])
def test_a_price_narrows_every_order_category_tag_and_keyword(shop: Shop, goods: list[str], monkeypatch, narrow: int,
                                                              given: dict, low: int | None, high: int | None):
    if not narrow:
        monkeypatch.setattr(listing, "NARROW", -1)
        monkeypatch.setattr(listing, "WINDOW", 2)
    for sort in SORTS:
        every, _ = pages(shop, sort=sort, **given)
        wanted = [spu_id for spu_id in every if (low or 0) <= 100 + goods.index(spu_id) % 3 <= (high or 999)]
        assert pages(shop, sort=sort, price_from_fen=low, price_to_fen=high, **given)[0] == wanted


def test_a_price_from_above_to_is_refused(shop: Shop):
    with refused("BAD_INPUT", status=400, field="price_to_fen"):
        shop.call("catalog.list_products", price_from_fen=2, price_to_fen=1)


def test_the_way_to_a_category_and_to_a_product_is_told_by_name_without_what_is_hidden(shop: Shop):
    staff, parent, path = shop.staff(), None, []
    for name in ("服装", "内部", "上衣"):
        parent = staff.call("catalog.save_category", name=name, parent_id=parent, visible=name != "内部")["category_id"]
        path.append(parent)
    spu_id = staff.call("catalog.save_product", title="T恤", category_id=parent, skus=[
        {"sku_code": "T-1", "price_fen": 9_900}], media={"carousel": ["https://mall.example/1.png"]})["spu_id"]
    staff.call("catalog.publish_products", spu_ids=[spu_id])
    way = [{"category_id": path[0], "name": "服装"}, {"category_id": path[2], "name": "上衣"}]
    assert shop.call("catalog.list_products", category_id=parent)["breadcrumbs"] == way
    assert shop.call("catalog.get_product", spu_id=spu_id)["breadcrumbs"] == way
    assert shop.call("catalog.list_products")["breadcrumbs"] == []
