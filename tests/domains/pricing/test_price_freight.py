import pytest
from mall.domains.pricing.rules import (
    FreightBy,
    FreightRate,
    NotDeliverable,
    Reason,
    Region,
    RuleKind,
    Share,
    check,
    price,
)
from pricing_baskets import SHENZHEN, basket, coupon, line, reduction, template

pytestmark = pytest.mark.spec("D3")

ELSEWHERE = frozenset()
BY_PIECE = template(FreightRate(ELSEWHERE, 2, 800, 3, 200))
BY_WEIGHT = template(FreightRate(ELSEWHERE, 1000, 1000, 500, 300), by=FreightBy.WEIGHT)


def freight_of(a_template, *lines, region=SHENZHEN, **more):
    return price(basket(*lines, region=region, freight_templates=(a_template,), **more))


def parcel(line_id="a", price_fen=5000, quantity=1, **more):
    return line(line_id, price_fen, quantity, freight_template_id="post", **more)


@pytest.mark.parametrize(("quantity", "fee_fen"), [(1, 800), (2, 800), (3, 1000), (5, 1000), (6, 1200)])
def test_by_piece_every_begun_portion_counts(quantity, fee_fen):
    assert freight_of(BY_PIECE, parcel(quantity=quantity)).freight_fen == fee_fen


@pytest.mark.parametrize(
    ("grams", "fee_fen"), [(1, 1000), (1000, 1000), (1001, 1300), (1500, 1300), (1501, 1600), (2000, 1600)]
)
def test_by_weight_the_first_and_next_portions_end_exactly_at_their_bound(grams, fee_fen):
    assert freight_of(BY_WEIGHT, parcel(weight_grams=grams)).freight_fen == fee_fen


def test_the_lines_of_one_template_travel_together_and_share_the_fee_by_weight():
    quote = freight_of(BY_WEIGHT, parcel("a", weight_grams=600), parcel("b", quantity=2, weight_grams=450))
    [charge] = quote.freight_charges
    assert (charge.units, charge.fee_fen) == (1500, 1300)
    assert charge.shares == (Share("a", 520), Share("b", 780))
    assert [(each.freight_fen, each.freight_pay_fen) for each in quote.lines] == [(520, 520), (780, 780)]


def test_two_templates_charge_twice():
    other = template(FreightRate(ELSEWHERE, 1, 500), template_id="van")
    lines = (parcel("a"), line("b", 100, freight_template_id="van"))
    quote = price(basket(*lines, region=SHENZHEN, freight_templates=(other, BY_PIECE)))
    assert [each.freight_fen for each in quote.lines] == [800, 500]


def test_virtual_lines_and_lines_without_a_template_are_free_and_weigh_nothing():
    quote = freight_of(BY_WEIGHT, parcel("a", weight_grams=9000, is_virtual=True), line("b", 1, weight_grams=9000))
    assert (quote.freight_fen, quote.freight_charges) == (0, ())
    beside = freight_of(BY_WEIGHT, parcel("a", weight_grams=9000, is_virtual=True), parcel("b", weight_grams=1))
    assert [each.freight_fen for each in beside.lines] == [0, 1000]


def test_nothing_is_shipped_without_a_region():
    assert freight_of(BY_PIECE, parcel(), region=None).freight_fen == 0


def test_no_next_units_means_a_flat_fee():
    assert freight_of(template(FreightRate(ELSEWHERE, 1, 600)), parcel(quantity=50)).freight_fen == 600


@pytest.mark.parametrize(
    ("region", "fee_fen"),
    [
        (Region("广东省", "深圳市", "南山区"), 100),
        (Region("广东省", "深圳市", "福田区"), 200),
        (Region("广东省", "广州市"), 300),
        (Region("湖南省", "长沙市"), 400),
    ],
)
def test_the_most_exact_place_decides(region, fee_fen):
    places = ["广东省", "广东省/深圳市", "广东省/深圳市/南山区"]
    rates = [FreightRate(frozenset({place}), 1, fee) for place, fee in zip(places, (300, 200, 100), strict=True)]
    a_template = template(FreightRate(ELSEWHERE, 1, 400), *rates)
    assert freight_of(a_template, parcel(), region=region).freight_fen == fee_fen


@pytest.mark.parametrize(("price_fen", "fee_fen"), [(9899, 800), (9900, 0)])
def test_freight_is_free_from_exactly_the_amount(price_fen, fee_fen):
    a_template = template(FreightRate(ELSEWHERE, 1, 800, free_from_fen=9900))
    quote = freight_of(a_template, parcel(price_fen=price_fen))
    assert quote.pay_fen == price_fen + fee_fen
    assert quote.freight_charges[0].waived is (fee_fen == 0)


def test_what_is_missing_for_free_freight_is_a_hint():
    a_template = template(FreightRate(ELSEWHERE, 1, 800, free_from_fen=9900, free_from_pieces=3))
    by_amount, by_pieces = freight_of(a_template, parcel(price_fen=7000)).skipped
    assert (by_amount.kind, by_amount.missing_fen, by_amount.saves_fen) == (RuleKind.FREE_FREIGHT, 2900, 800)
    assert by_amount.sentence == "再买 29.00 元包邮"
    assert (by_pieces.missing_quantity, by_pieces.sentence) == (2, "再买 2 件包邮")


@pytest.mark.parametrize(("quantity", "fee_fen"), [(2, 800), (3, 0)])
def test_freight_is_free_from_exactly_the_pieces(quantity, fee_fen):
    a_template = template(FreightRate(ELSEWHERE, 9, 800, free_from_pieces=3))
    assert freight_of(a_template, parcel(quantity=quantity)).freight_fen == fee_fen


def test_the_free_amount_counts_full_reductions_but_not_coupons():
    a_template = template(FreightRate(ELSEWHERE, 1, 800, free_from_fen=9900))
    with_coupon = freight_of(a_template, parcel(price_fen=9900), coupons=(coupon("c", off_fen=5000),))
    assert (with_coupon.freight_fen, with_coupon.pay_fen) == (0, 4900)
    reduced = freight_of(a_template, parcel(price_fen=9900), promotions=(reduction((9900, 100)),))
    assert (reduced.freight_fen, reduced.pay_fen) == (800, 10600)


def test_the_free_amount_counts_only_the_goods_of_the_template():
    a_template = template(FreightRate(ELSEWHERE, 1, 800, free_from_fen=9900))
    quote = freight_of(a_template, parcel("a", price_fen=5000), line("b", 5000))
    assert (quote.freight_fen, quote.skipped[0].missing_fen) == (800, 4900)


class TestWhereNothingIsDelivered:
    a_template = template(FreightRate(ELSEWHERE, 1, 800), undeliverable=frozenset({"西藏自治区", "广东省/深圳市"}))

    def test_the_page_still_shows_the_price_and_names_the_lines(self):
        quote = freight_of(self.a_template, parcel("a"), line("b", 100))
        assert (quote.pay_fen, quote.freight_fen) == (5100, 0)
        [where] = quote.undeliverable
        assert (where.line_id, where.reason) == ("a", Reason.NOT_DELIVERED_THERE)

    def test_the_order_is_refused_with_the_lines(self):
        quote = freight_of(self.a_template, parcel("b"), parcel("a"))
        with pytest.raises(NotDeliverable) as refused:
            check(quote, expected_pay_fen=quote.pay_fen)
        assert (refused.value.status, refused.value.data) == (422, {"sku_ids": ["sku-a", "sku-b"]})

    def test_other_cities_of_the_province_are_served(self):
        check(freight_of(self.a_template, parcel(), region=Region("广东省", "广州市")), expected_pay_fen=5800)

    def test_a_city_with_its_own_rate_is_served_in_a_province_that_is_not(self):
        lhasa = FreightRate(frozenset({"西藏自治区/拉萨市"}), 1, 3000)
        a_template = template(lhasa, undeliverable=frozenset({"西藏自治区"}))
        check(freight_of(a_template, parcel(), region=Region("西藏自治区", "拉萨市")), expected_pay_fen=8000)

    def test_a_template_without_a_rate_for_the_place_does_not_deliver(self):
        only_hunan = template(FreightRate(frozenset({"湖南省"}), 1, 800))
        assert len(freight_of(only_hunan, parcel()).undeliverable) == 1

    def test_a_template_that_is_gone_ships_nothing_for_free(self):
        [where] = price(basket(parcel(), region=SHENZHEN)).undeliverable
        assert where.reason is Reason.NO_FREIGHT_TEMPLATE


def test_a_level_that_pays_no_freight_waives_it_by_its_name_but_is_not_delivered_everywhere():
    dear = template(FreightRate(ELSEWHERE, 1, 800, free_from_fen=9900))
    quote = freight_of(dear, parcel(price_fen=7000), free_freight_for="黑金会员")
    assert (quote.freight_fen, quote.pay_fen, quote.skipped) == (0, 7000, ())
    [charge] = quote.freight_charges
    assert (charge.title, charge.fee_fen, charge.waived) == (f"{dear.title}（黑金会员包邮）", 0, True)
    nowhere = template(FreightRate(ELSEWHERE, 1, 800), undeliverable=frozenset({"广东省"}))
    assert freight_of(nowhere, parcel(), free_freight_for="黑金会员").undeliverable != ()
