"""promotions.save_promotion (spec D2, F6)."""

from datetime import timedelta
from typing import Any

import pytest
from mall.domains.pricing import basket
from mall.domains.pricing.steps import full_reduction
from mall.tables.marketing import promotions

from tests.support import points, seed
from tests.support.shop import Shop, refused


def _wanted(shop: Shop, **more: Any) -> dict[str, Any]:
    return {"title": "年货节", "steps": [{"threshold_fen": 30_000, "off_fen": 5_000}],
            "starts_at": shop.now, "ends_at": shop.now + timedelta(days=7), **more}


def test_what_is_saved_is_what_the_price_engine_reads(shop: Shop):
    steps = [{"threshold_fen": 30_000, "off_fen": 5_000}, {"threshold_fen": 50_000, "off_fen": 10_000}]
    category = seed.category(shop)[-1]
    saved = shop.staff("promotions.*").call("promotions.save_promotion", **_wanted(
        shop, steps=steps, scope={"kind": "categories", "ids": [category]}, priority=3, repeats=True))
    row = shop.rows(promotions)[0]
    assert (row.promotion_id, row.title, row.kind, row.state) == (
        saved["promotion_id"], "年货节", "full_reduction", "ACTIVE")
    read = full_reduction.read(row.promotion_id, row.seller_id, row.title, row.document)
    assert read == full_reduction.FullReduction(
        row.promotion_id, "年货节", (full_reduction.Step(30_000, 5_000), full_reduction.Step(50_000, 10_000)),
        basket.Scope(basket.ScopeKind.CATEGORIES, frozenset({category}), row.seller_id), True, 3,
        giver=row.seller_id)


def test_a_change_replaces_the_promotion(shop: Shop):
    promotion_id = seed.promotion(shop, title="旧")
    shop.staff().save("promotions.save_promotion", promotion_id=promotion_id, **_wanted(shop, title="新"))
    assert [(row.promotion_id, row.title) for row in shop.rows(promotions)] == [(promotion_id, "新")]


@pytest.mark.parametrize(("more", "code"), [
    ({"steps": [{"threshold_fen": 100, "off_fen": 101}]}, "STEPS_DO_NOT_ASCEND"),
    ({"steps": [{"threshold_fen": 300, "off_fen": 50}, {"threshold_fen": 300, "off_fen": 60}]},
     "STEPS_DO_NOT_ASCEND"),
    ({"steps": [{"threshold_fen": 300, "off_fen": 50}, {"threshold_fen": 500, "off_fen": 50}]},
     "STEPS_DO_NOT_ASCEND"),
    ({"scope": {"kind": "goods", "ids": []}}, "SCOPE_IS_EMPTY"),
    ({"scope": {"kind": "all", "ids": ["spu_1"]}}, "SCOPE_IS_EMPTY"),
    ({"steps": []}, "BAD_INPUT"),
    ({"starts_at": "2030-01-01T00:00:00Z", "ends_at": "2030-01-01T00:00:00Z"}, "WINDOW_IS_EMPTY"),
    ({"starts_at": "2020-01-01T00:00:00Z", "ends_at": "2020-02-01T00:00:00Z"}, "BAD_INPUT"),
    ({"ends_at": "2199-01-01T00:00:00Z"}, "BAD_INPUT"),
    ({"starts_at": "2030-01-01T00:00:00"}, "BAD_INPUT"),
    ({"promotion_id": "prm_NOWHERE"}, "PROMOTION_NOT_FOUND"),
])
def test_what_makes_no_sense_is_refused_and_nothing_is_saved(shop: Shop, more: dict[str, Any], code: str):
    staff = shop.staff()
    before = shop.snapshot()
    with refused(code):
        staff.call("promotions.save_promotion", **_wanted(shop, **more))
    assert shop.snapshot() == before


def test_another_sellers_and_an_ended_promotion_are_not_there(shop: Shop):
    staff = shop.staff()
    theirs, ended = seed.promotion(shop, seller_id="sel_OTHER"), seed.promotion(shop, state="ENDED")
    before = shop.snapshot()
    for promotion_id in (theirs, ended):
        with refused("PROMOTION_NOT_FOUND", status=404):
            staff.save("promotions.save_promotion", promotion_id=promotion_id, **_wanted(shop))
    assert shop.snapshot() == before


def test_a_seller_has_fifty_at_most_and_another_sellers_do_not_count(shop: Shop):
    for number in range(49):
        seed.promotion(shop, title=f"活动{number}")
    for number in range(3):
        seed.promotion(shop, title=f"别家{number}", seller_id="sel_another")
    staff = shop.staff()
    fiftieth = staff.call("promotions.save_promotion", **_wanted(shop))["promotion_id"]
    before = shop.snapshot()
    with refused("TOO_MANY_PROMOTIONS", status=422):
        staff.call("promotions.save_promotion", **_wanted(shop))
    assert shop.snapshot() == before
    staff.save("promotions.save_promotion", promotion_id=fiftieth, **_wanted(shop, title="改"))
    assert [row.title for row in shop.rows(promotions, promotion_id=fiftieth)] == ["改"]
    staff.call("promotions.end_promotion", promotion_id=fiftieth)
    staff.call("promotions.save_promotion", **_wanted(shop))


def test_a_level_that_the_shop_gave_up_is_nobodys_any_more_at_any_door(shop: Shop):
    staff, goods, vip = shop.staff(), seed.product(shop, price_fen=1_000), shop.member(level="vip")
    staff.call("promotions.save_promotion", kind="member_day", title="会员日", percent=80, levels=["vip"],
               weekdays=[1, 2, 3, 4, 5, 6, 7], starts_at=shop.now, ends_at=shop.now + timedelta(days=3))
    lines = [{"sku_id": goods.sku_id, "quantity": 1}]
    vip.call("carts.put_cart_item", sku_id=goods.sku_id, quantity=1)

    def asked() -> set[int]:
        placed = vip.call("pricing.quote_checkout", lines=lines, delivery="PICKUP")["pay_fen"]
        return {placed, vip.call("carts.view_cart")["pay_fen"]}

    assert asked() == {760}
    first = {"level": "ordinary", "name": "会员", "growth": 0, "within": "ever", "percent": 90, "free_freight": False}
    points.settings(shop, member_levels=[first])  # as it stands where both were saved at the same moment
    assert asked() == {900}
