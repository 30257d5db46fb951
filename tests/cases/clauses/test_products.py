"""What a product is, clause by clause: what docs/spec.md promises of B2, played over HTTP."""

from __future__ import annotations

import secrets
from typing import Any

import pytest

from infra.local.client import Person
from tests.cases.clauses.test_members import received
from tests.cases.town import Town

MEDIA = {"video": "https://mall.example/case.mp4", "carousel": ["https://mall.example/a.png"],
         "scenes": ["https://mall.example/b.png", "https://mall.example/c.png"]}


def saved(town: Town, skus: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """A listed product with ten pieces of each of these SKUs."""
    category = town.staff.call("catalog.save_category", name=f"案例 {secrets.token_hex(4)}")["category_id"]
    made = town.staff.call("catalog.save_product", **{"title": "案例商品", "category_id": category, "media": MEDIA,
                                                      "skus": skus, **more})
    for sku_id in made["sku_ids"]:
        town.staff.call("stock.adjust_stock", sku_id=sku_id, delta=10, reason="入库", reference=secrets.token_hex(8))
    town.staff.call("catalog.publish_products", spu_ids=[made["spu_id"]])
    return made


def sku(price_fen: int = 10_000, **more: Any) -> dict[str, Any]:
    return {"sku_code": f"case-{secrets.token_hex(6)}", "price_fen": price_fen, **more}


def goods_fen(who: Person, sku_id: str, quantity: int = 1) -> int:
    return who.call("pricing.quote_checkout", lines=[{"sku_id": sku_id, "quantity": quantity}], delivery="PICKUP",
                    coupon_ids=[])["goods_fen"]


@pytest.mark.clause("B2", "specification matrix", "catalog.save_product", "catalog.get_product")
def test_every_combination_of_specifications_is_a_sku_once(town: Town):
    specs = [{"name": "颜色", "values": ["红", "蓝"]}, {"name": "尺码", "values": ["M", "L"]}]
    matrix = [[colour, size] for colour in ("红", "蓝") for size in ("M", "L")]
    made = saved(town, [sku(10_000 + number, spec_values=each) for number, each in enumerate(matrix)], specs=specs)
    page = town.mall.call("catalog.get_product", spu_id=made["spu_id"])
    assert [(each["spec_values"], each["price_fen"]) for each in page["skus"]] == [
        (each, 10_000 + number) for number, each in enumerate(matrix)]
    for wrong, code in (([["红", "M"], ["红", "M"]], "COMBINATION_REPEATS"),
                        ([["红", "XL"]], "SPEC_VALUES_DO_NOT_FIT")):
        refused = town.refusal(lambda wrong=wrong: saved(town, [sku(spec_values=each) for each in wrong], specs=specs))
        assert refused[1] == code


@pytest.mark.clause("B2", "SKU code unique", "catalog.save_product")
def test_of_two_at_the_same_moment_one_has_the_code(town: Town):
    wanted = sku()
    answers = town.at_once(*[lambda: saved(town, [wanted])] * 3)
    assert sorted(each if isinstance(each, str) else "SAVED" for each in answers) == [
        "SAVED", "SKU_CODE_TAKEN", "SKU_CODE_TAKEN"]


@pytest.mark.clause("B2", "quantity price tiers", "catalog.save_product", "pricing.quote_checkout")
def test_more_pieces_are_cheaper_each(town: Town):
    [sku_id] = saved(town, [sku(price_tiers=[{"min_quantity": 3, "price_fen": 9_000}])])["sku_ids"]
    buyer = town.someone()
    assert [goods_fen(buyer, sku_id, quantity) for quantity in (2, 3)] == [20_000, 27_000]
    falling = [{"min_quantity": 3, "price_fen": 9_000}, {"min_quantity": 2, "price_fen": 8_000}]
    assert town.refusal(lambda: saved(town, [sku(price_tiers=falling)]))[1] == "TIERS_DO_NOT_ASCEND"


@pytest.mark.clause("B2", "member price", "catalog.save_product", "pricing.quote_checkout", "catalog.get_product")
def test_a_price_for_members_is_that_of_those_above_the_first_level(town: Town):
    [sku_id] = (made := saved(town, [sku(member_price_fen=9_300)]))["sku_ids"]
    ordinary, vip = town.someone(), town.someone()
    received(town, vip, 505_000)  # the shop takes 50 yuan off
    for buyer, price_fen, rule in ((ordinary, 10_000, "base"), (vip, 9_300, "member_price")):
        shown = buyer.call("catalog.get_product", spu_id=made["spu_id"])["skus"][0]
        assert (shown["your_price_fen"], shown["your_price_rule"], goods_fen(buyer, sku_id)) == (
            price_fen, rule, price_fen)


@pytest.mark.clause("B2", "commission ratio per SKU", "catalog.save_product", "catalog.open_product")
def test_a_commission_is_of_the_sku_and_no_buyer_sees_it(town: Town):
    specs = [{"name": "颜色", "values": ["红", "蓝"]}]
    made = saved(town, [sku(spec_values=["红"], commission_percent=5), sku(spec_values=["蓝"], commission_percent=12)],
                 specs=specs)
    opened = town.staff.call("catalog.open_product", spu_id=made["spu_id"])
    assert [each["commission_percent"] for each in opened["skus"]] == [5, 12]
    assert "commission" not in str(town.mall.call("catalog.get_product", spu_id=made["spu_id"]))


@pytest.mark.clause("B2", "media (main video, carousel, scenes)", "catalog.save_product", "catalog.get_product")
def test_the_page_shows_video_carousel_and_scenes(town: Town):
    page = town.mall.call("catalog.get_product", spu_id=saved(town, [sku()])["spu_id"])
    assert page["media"] == MEDIA


@pytest.mark.clause("B2", "weight for freight", "catalog.save_product", "pricing.save_freight_template",
                    "pricing.quote_checkout")
def test_the_weight_of_the_sku_makes_the_freight(town: Town):
    rate = {"first_units": 1_000, "first_fee_fen": 800, "next_units": 1_000, "next_fee_fen": 300}
    template_id = town.staff.call("pricing.save_freight_template", name=f"按重 {secrets.token_hex(4)}", by="weight",
                                  rates=[rate])["freight_template_id"]
    buyer = town.someone()

    def freight_fen(grams: int) -> int:
        [sku_id] = saved(town, [sku(1_000, weight_grams=grams)], freight_template_id=template_id)["sku_ids"]
        return buyer.call("pricing.quote_checkout", lines=[{"sku_id": sku_id, "quantity": 1}],
                          coupon_ids=[])["freight_fen"]

    assert [freight_fen(grams) for grams in (900, 1_000, 1_001, 3_500)] == [800, 800, 1_100, 1_700]
