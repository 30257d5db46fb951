"""promotions.end_promotion (spec F6)."""

from mall.tables.marketing import promotions

from tests.support import seed
from tests.support.shop import Shop, refused


def test_an_ended_promotion_no_longer_shows_on_the_detail_page(shop: Shop):
    goods, promotion_id = seed.product(shop), seed.promotion(shop)
    assert len(shop.call("catalog.get_product", spu_id=goods.spu_id)["promotions"]) == 1
    shop.staff("promotions.*").call("promotions.end_promotion", promotion_id=promotion_id)
    assert [row.state for row in shop.rows(promotions)] == ["ENDED"]
    assert shop.call("catalog.get_product", spu_id=goods.spu_id)["promotions"] == []


def test_another_sellers_promotion_and_an_ended_one_are_not_there(shop: Shop):
    staff = shop.staff()
    theirs, ended = seed.promotion(shop, seller_id="sel_OTHER"), seed.promotion(shop, state="ENDED")
    before = shop.snapshot()
    for promotion_id in (theirs, ended):
        with refused("PROMOTION_NOT_FOUND", status=404):
            staff.call("promotions.end_promotion", promotion_id=promotion_id)
    assert shop.snapshot() == before
