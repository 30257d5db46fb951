"""catalog.save_product (spec B2)."""

from typing import Any

import pytest
from mall.kit.outbox import outbox_events
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.goods import product_categories, product_tags, products, skus, stock_items

from tests.support import seed
from tests.support.shop import Refused, Shop, refused

PICTURE = "https://img.mall.example/public/1.png"


def _sku(code: str, *values: str, **more: Any) -> dict[str, Any]:
    return {"sku_code": code, "spec_values": list(values), "price_fen": 9_900, **more}


def _shirt(category_id: str, *sku_list: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"title": "纯棉T恤", "category_id": category_id, "media": {"carousel": [PICTURE]},
            "specs": [{"name": "颜色", "values": ["红", "蓝"]}, {"name": "尺码", "values": ["M", "L"]}],
            "skus": list(sku_list) or [_sku("R-M", "红", "M"), _sku("B-L", "蓝", "L", price_fen=8_900)], **more}


def test_a_new_product_is_a_draft_with_its_skus_its_places_and_empty_stock(shop: Shop):
    path = seed.category(shop, "上衣", parent_path=seed.category(shop, "服装"))
    detailed = _sku("R-M", "红", "M", member_price_fen=9_500, commission_percent=15, weight_grams=250,
                    price_tiers=[{"min_quantity": 3, "price_fen": 9_000}, {"min_quantity": 10, "price_fen": 8_000}])
    saved = shop.staff("catalog.*").call(
        "catalog.save_product", **_shirt(path[-1], detailed, _sku("B-L", "蓝", "L", price_fen=8_900), tags=["新品"]))
    row = shop.rows(products)[0]
    assert (row.spu_id, row.seller_id, row.state, row.version, row.lowest_price_fen, row.category_path) == (
        saved["spu_id"], DEFAULT_SELLER, "DRAFT", 1, 8_900, list(path))
    assert row.specs == [{"name": "颜色", "values": ["红", "蓝"]}, {"name": "尺码", "values": ["M", "L"]}]
    first = shop.rows(skus, sku_id=saved["sku_ids"][0])[0]
    assert (first.sku_code, first.spec_values, first.price_fen, first.member_price_fen, first.price_tiers,
            first.commission_percent, first.weight_grams, first.active) == (
        "R-M", ["红", "M"], 9_900, 9_500, [[3, 9_000], [10, 8_000]], 15, 250, True)
    assert {row.category_id for row in shop.rows(product_categories)} == set(path)
    assert [row.tag for row in shop.rows(product_tags)] == ["新品"]
    assert [(row.available, row.held) for row in shop.rows(stock_items)] == [(0, 0), (0, 0)]
    assert [row.payload for row in shop.rows(outbox_events)] == [{"spu_id": saved["spu_id"], "version": 1}]


def test_a_change_keeps_known_skus_adds_new_ones_and_retires_the_rest(shop: Shop):
    path, staff = seed.category(shop), shop.staff()
    saved = staff.call("catalog.save_product", **_shirt(path[-1]))
    changed = staff.call("catalog.save_product", spu_id=saved["spu_id"], version=1, **_shirt(
        path[-1], _sku("R-M", "红", "M", price_fen=7_700), _sku("B-M", "蓝", "M"), title="新名字"))
    assert changed["version"] == 2
    assert changed["sku_ids"][0] == saved["sku_ids"][0]
    rows = {row.sku_code: row for row in shop.rows(skus)}
    assert {code: (row.price_fen, row.active) for code, row in rows.items()} == {
        "R-M": (7_700, True), "B-M": (9_900, True), "B-L": (8_900, False)}
    assert [(row.title, row.version, row.lowest_price_fen) for row in shop.rows(products)] == [("新名字", 2, 7_700)]


@pytest.mark.parametrize(("more", "code"), [
    ({"skus": [_sku("A", "红", "M"), _sku("B", "红", "M")]}, "COMBINATION_REPEATS"),
    ({"skus": [_sku("A", "红", "M"), _sku("A", "蓝", "M")]}, "SKU_CODE_TAKEN"),
    ({"skus": [_sku("A", "绿", "M")]}, "SPEC_VALUES_DO_NOT_FIT"),
    ({"skus": [_sku("A", "红")]}, "SPEC_VALUES_DO_NOT_FIT"),
    ({"specs": [], "skus": [_sku("A"), _sku("B")]}, "COMBINATION_REPEATS"),
    ({"specs": [{"name": "颜色", "values": ["红", "红"]}], "skus": [_sku("A", "红")]}, "SPECS_REPEAT"),
    ({"skus": [_sku("A", "红", "M", price_tiers=[{"min_quantity": 3, "price_fen": 9_900}])]}, "TIERS_DO_NOT_ASCEND"),
    ({"skus": [_sku("A", "红", "M", price_tiers=[{"min_quantity": 3, "price_fen": 9_000},
                                                {"min_quantity": 3, "price_fen": 8_000}])]}, "TIERS_DO_NOT_ASCEND"),
    ({"skus": [_sku("A", "红", "M", price_fen=0)]}, "BAD_INPUT"),
    ({"skus": [_sku("A", "红", "M", commission_percent=101)]}, "BAD_INPUT"),
    ({"media": {"carousel": ["javascript:alert(1)"]}}, "BAD_INPUT"),
    ({"category_id": "cat_NOWHERE"}, "CATEGORY_NOT_FOUND"),
    ({"freight_template_id": "frt_NOWHERE"}, "FREIGHT_TEMPLATE_NOT_FOUND"),
    ({"spu_id": "spu_NOWHERE", "version": 1}, "PRODUCT_NOT_FOUND"),
    ({"spu_id": "spu_NOWHERE"}, "BAD_INPUT"),
])
def test_what_does_not_fit_is_refused_and_nothing_is_saved(shop: Shop, more: dict[str, Any], code: str):
    path, staff = seed.category(shop), shop.staff()
    before = shop.snapshot()
    with refused(code):
        staff.call("catalog.save_product", **{**_shirt(path[-1]), **more})
    assert shop.snapshot() == before


def test_a_code_belongs_to_one_sku_of_the_seller(shop: Shop):
    path, staff = seed.category(shop), shop.staff()
    staff.call("catalog.save_product", **_shirt(path[-1]))
    before = shop.snapshot()
    with refused("SKU_CODE_TAKEN", status=409) as caught:
        staff.call("catalog.save_product", **_shirt(path[-1], _sku("NEW", "红", "M"), _sku("B-L", "蓝", "L")))
    assert caught[0].data == {"sku_code": "B-L"}
    assert shop.snapshot() == before


def test_another_sellers_product_and_freight_are_not_there(shop: Shop):
    path, staff = seed.category(shop), shop.staff()
    theirs = seed.product(shop, seller_id="sel_OTHER")
    freight = seed.freight_template(shop, seller_id="sel_OTHER")
    before = shop.snapshot()
    with refused("PRODUCT_NOT_FOUND", status=404):
        staff.call("catalog.save_product", spu_id=theirs.spu_id, version=1, **_shirt(path[-1]))
    with refused("FREIGHT_TEMPLATE_NOT_FOUND", status=404):
        staff.call("catalog.save_product", **_shirt(path[-1], freight_template_id=freight))
    with refused("SKU_NOT_OF_PRODUCT", status=404):
        mine = seed.product(shop, category_path=path)
        before = shop.snapshot()
        staff.call("catalog.save_product", spu_id=mine.spu_id, version=1,
                   **_shirt(path[-1], _sku("X", "红", "M", sku_id=theirs.sku_id)))
    assert shop.snapshot() == before


def test_of_two_editors_of_one_version_one_wins(shop: Shop):
    path, staff = seed.category(shop), shop.staff()
    spu_id = staff.call("catalog.save_product", **_shirt(path[-1]))["spu_id"]
    answers = shop.in_parallel(*[
        lambda n=n: staff.call("catalog.save_product", spu_id=spu_id, version=1, **_shirt(path[-1], title=f"标题{n}"))
        for n in range(6)])
    assert [answer.code for answer in answers if isinstance(answer, Refused)] == ["PRODUCT_CHANGED"] * 5
    assert [row.version for row in shop.rows(products)] == [2]


def test_a_listed_product_stays_complete_and_does_not_turn_virtual(shop: Shop):
    path, staff = seed.category(shop), shop.staff()
    goods = seed.product(shop, category_path=path)
    before = shop.snapshot()
    with refused("PRODUCT_INCOMPLETE", status=422):
        staff.call("catalog.save_product", spu_id=goods.spu_id, version=1, **_shirt(path[-1], media={}))
    with refused("VIRTUAL_IS_FIXED", status=422):
        staff.call("catalog.save_product", spu_id=goods.spu_id, version=1, **_shirt(path[-1], is_virtual=True))
    assert shop.snapshot() == before
