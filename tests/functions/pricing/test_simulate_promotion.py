"""pricing.simulate_promotion (spec D2, F6)."""

import pytest

from tests.support import seed
from tests.support.shop import Shop, refused

pytestmark = pytest.mark.spec("F6")

HALF = {"kind": "nth_piece", "nth": 2, "percent": 50}


def test_a_draft_is_priced_beside_what_runs_and_nothing_is_saved(shop: Shop):
    goods, staff = seed.product(shop, price_fen=10_000), shop.staff("pricing.*")
    seed.promotion(shop, steps=((20_000, 2_000),))
    before = shop.snapshot()
    lines = [{"sku_id": goods.sku_id, "quantity": 2}]
    tried = staff.call("pricing.simulate_promotion", lines=lines, **HALF, title="试")
    assert (tried["offer"], tried["before"]["pay_fen"], tried["after"]["pay_fen"]) == ("第二件半价", 18_000, 15_000)
    assert tried["difference_fen"] == 3_000  # 150.00 does not reach the full reduction any more
    assert [each["title"] for each in tried["after"]["explanation"]["adjustments"]] == ["试"]
    assert shop.snapshot() == before


def test_a_draft_may_stand_for_one_that_runs_and_a_buyer_may_be_of_a_level(shop: Shop):
    goods, staff = seed.product(shop, price_fen=10_000), shop.staff()
    running = seed.promotion(shop, steps=((10_000, 1_000),))
    tried = staff.call("pricing.simulate_promotion", lines=[{"sku_id": goods.sku_id, "quantity": 1}], level="vip",
                       replaces=running, kind="full_reduction", steps=[{"threshold_fen": 9_500, "off_fen": 2_000}])
    assert (tried["before"]["pay_fen"], tried["after"]["pay_fen"]) == (9_500, 7_500)


def test_another_table_of_what_combines_is_tried_alone(shop: Shop):
    goods, staff = seed.product(shop, price_fen=10_000), shop.staff()
    for priority in (1, 2):
        seed.promotion(shop, steps=((5_000, 500),), priority=priority)
    table = {"rows": [{"group": "full_reduction", "not_with": [], "several": True}], "goods_coupons": 1,
             "free_shipping_coupons": 1}
    tried = staff.call("pricing.simulate_promotion", lines=[{"sku_id": goods.sku_id, "quantity": 1}], stacking=table)
    assert (tried["before"]["pay_fen"], tried["after"]["pay_fen"]) == (9_500, 9_000)
    table["rows"][0]["not_with"] = ["nobody"]
    with refused("STACKING_UNCLEAR", status=400):
        staff.call("pricing.simulate_promotion", lines=[{"sku_id": goods.sku_id, "quantity": 1}], stacking=table)


def test_another_sellers_goods_are_not_there(shop: Shop):
    theirs = seed.product(shop, seller_id="sel_OTHER")
    with refused("GOODS_UNAVAILABLE") as caught:
        shop.staff().call("pricing.simulate_promotion", lines=[{"sku_id": theirs.sku_id, "quantity": 1}],
                          **HALF)
    assert caught[0].data["sku_ids"] == [theirs.sku_id]


@pytest.mark.parametrize(("asked", "code", "status", "field"), [
    ({"level": "gold"}, "LEVEL_UNKNOWN", 400, "level"),
    ({"replaces": "prm_nope"}, "PROMOTION_NOT_FOUND", 404, "replaces"),
])
def test_what_there_is_not_is_not_tried_as_if_nothing_had_been_said(shop: Shop, asked, code, status, field):
    goods, staff = seed.product(shop), shop.staff()
    with refused(code, status=status, field=field):
        staff.call("pricing.simulate_promotion", lines=[{"sku_id": goods.sku_id, "quantity": 1}], **asked)
    if "replaces" in asked:
        theirs = seed.promotion(shop, seller_id="sel_OTHER")
        for each in (asked["replaces"], theirs):
            with refused(code, status=status, field=field):
                staff.call("pricing.rehearse_promotion", placed_from=shop.now, placed_until=shop.now, replaces=each)
