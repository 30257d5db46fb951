"""pricing.quote_checkout (spec D2 to D4)."""

import pytest

from mall.domains.pricing.store import MOST_RULES

from tests.functions.coupons.conftest import wanted as coupon
from tests.support import seed, trade
from tests.support.shop import Shop, refused


def quote(member, *sku_ids: str, quantity: int = 1, **more):
    return member.call("pricing.quote_checkout", lines=[{"sku_id": each, "quantity": quantity} for each in sku_ids],
                       **more)


def test_a_quote_explains_every_fen_and_holds_nothing(shop: Shop):
    goods, member = seed.product(shop, price_fen=9_900, stock=5), shop.member()
    seed.freight_template(shop, first_fee_fen=1_000, is_default=True)
    seed.promotion(shop, steps=((30_000, 5_000),))
    seed.address(shop, member, is_default=True)
    before = shop.snapshot()
    quoted = quote(member, goods.sku_id, goods.sku_id, quantity=2)
    assert [quoted[name] for name in ("goods_fen", "discount_fen", "freight_fen", "pay_fen")] == [
        39_600, 5_000, 1_000, 35_600]
    assert (quoted["short"], quoted["needs_address"], quoted["deliverable"]) == ([], False, True)
    assert [each["amount_fen"] for each in quoted["explanation"]["adjustments"]] == [5_000]
    assert shop.snapshot() == before


def test_short_stock_a_missing_address_and_a_region_without_delivery_are_shown(shop: Shop):
    template_id = seed.freight_template(shop, undeliverable=("西藏自治区",))
    goods, member = seed.product(shop, stock=2, freight_template_id=template_id), shop.member()
    quoted = quote(member, goods.sku_id, quantity=3)
    assert quoted["short"] == [{"sku_id": goods.sku_id, "available": 2}]
    assert quoted["needs_address"] is True
    far = seed.address(shop, member, province="西藏自治区", city="拉萨市", district="城关区")
    quoted = quote(member, goods.sku_id, address_id=far)
    assert (quoted["deliverable"], quoted["needs_address"], quoted["short"]) == (False, False, [])


def test_who_asks_for_far_more_than_there_is_is_not_told_how_many_there_are(shop: Shop):
    for stock, told in ((3, 3), (10, 10), (11, 10), (4_321, 10)):
        goods, member = seed.product(shop, stock=stock), shop.member()
        address_id = seed.address(shop, member, is_default=True)
        quoted = quote(member, goods.sku_id, quantity=9_999)
        assert quoted["short"] == [{"sku_id": goods.sku_id, "available": told}]
        before = shop.snapshot()
        with refused("OUT_OF_STOCK", status=422) as caught:
            member.call("orders.place_order", key="k", address_id=address_id,
                        lines=[{"sku_id": goods.sku_id, "quantity": 9_999}])
        assert "4321" not in repr(quoted) + repr(caught[0]) and caught[0].data == {"sku_id": goods.sku_id}
        assert shop.snapshot() == before


def test_a_coupon_that_is_chosen_counts_however_many_others_end_before_it(shop: Shop):
    staff, member, goods = shop.staff(), shop.member(), seed.product(shop, price_fen=10_000)
    small, large = [
        staff.call("coupons.save_coupon", **coupon(shop, kind="no_threshold", terms={"off_fen": off_fen},
                                                   quota=1_000, per_member=1_000, valid_days=days))["template_id"]
        for off_fen, days in ((100, 1), (5_000, 2))]
    for _ in range(MOST_RULES):
        member.call("coupons.claim_coupon", template_id=small)
    chosen = member.call("coupons.claim_coupon", template_id=large)["coupon_id"]
    quoted = quote(member, goods.sku_id, delivery="PICKUP", coupon_ids=[chosen])
    assert (quoted["pay_fen"], quoted["coupon_ids"]) == (5_000, [chosen])
    placed = trade.place(shop, member, goods.sku_id, delivery="PICKUP", coupon_ids=[chosen])
    assert placed["pay_fen"] == 5_000


def test_what_cannot_be_priced_is_refused(shop: Shop):
    goods, hidden = seed.product(shop), seed.product(shop, state="DRAFT")
    member, other = shop.member(), shop.member("小明")
    address_id = seed.address(shop, other)
    with refused("GOODS_UNAVAILABLE", status=422):
        quote(member, hidden.sku_id)
    with refused("ADDRESS_NOT_FOUND", status=404, field="address_id"):
        quote(member, goods.sku_id, address_id=address_id)
    with refused("GROUP_BUY_NOT_RUNNING", status=422, field="group_buy_id"):
        quote(member, goods.sku_id, group_buy_id="gbu_NONE")
    with refused("NOT_SIGNED_IN", status=401):
        quote(shop.nobody, goods.sku_id)


@pytest.mark.parametrize("wrong", [{"lines": []}, {"lines": [{"sku_id": "sku_A", "quantity": 0}]},
                                   {"lines": [{"sku_id": "sku_A", "quantity": 1}], "delivery": "DRONE"}], ids=str)
def test_input_out_of_bounds_is_refused(shop: Shop, wrong: dict):
    with refused("BAD_INPUT", status=400):
        shop.member().call("pricing.quote_checkout", **wrong)


def test_however_many_promotions_and_templates_others_have_the_sellers_own_count(shop: Shop):
    goods, member = seed.product(shop, price_fen=40_000), shop.member()
    for _ in range(50):
        seed.promotion(shop, seller_id="sel_OTHER")
        seed.freight_template(shop, seller_id="sel_OTHER", is_default=True, first_fee_fen=9_900)
    seed.promotion(shop, steps=((30_000, 5_000),))
    seed.freight_template(shop, is_default=True, first_fee_fen=1_000)
    quoted = quote(member, goods.sku_id, address_id=seed.address(shop, member))
    assert quoted["pay_fen"] == 36_000
