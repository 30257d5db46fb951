import pytest
from mall.domains.pricing.rules import FreightRate, Part, Reason, RuleKind, before_balance, price
from pricing_baskets import SHENZHEN, basket, coupon, line, template

pytestmark = pytest.mark.spec("D2", "E8")

POST = template(FreightRate(frozenset(), 1, 800))


def test_a_hundred_points_are_one_yuan_off_the_goods():
    quote = price(basket(line("a", 1000), line("b", 2000), points_to_use=300))
    assert (quote.points_fen, quote.points_used, quote.pay_fen) == (300, 300, 2700)
    assert [each.goods_pay_fen for each in quote.lines] == [900, 1800]


def test_points_stop_at_the_cap_and_never_pay_freight():
    goods = line("a", 1000, freight_template_id="post")
    capped = price(
        basket(goods, region=SHENZHEN, freight_templates=(POST,), points_to_use=99999, points_cap_percent=50)
    )
    assert (capped.points_used, capped.pay_fen, capped.skipped[0].reason) == (500, 1300, Reason.CAPPED)
    whole = price(basket(goods, region=SHENZHEN, freight_templates=(POST,), points_to_use=99999))
    assert (whole.points_used, whole.pay_fen) == (1000, 800)


@pytest.mark.parametrize(("points", "fen", "used"), [(9, 0, 0), (10, 1, 10), (19, 1, 10), (10000, 50, 500)])
def test_another_rate_uses_whole_fen_only(points, fen, used):
    quote = price(basket(line("a", 50), points_to_use=points, points_per_yuan=1000))
    assert (quote.points_fen, quote.points_used) == (fen, used)


def test_a_begun_point_counts_where_one_point_is_worth_several_fen():
    quote = price(basket(line("a", 150), points_to_use=9, points_per_yuan=1))
    assert (quote.points_fen, quote.points_used, quote.pay_fen) == (150, 2, 0)


def test_points_come_after_coupons():
    quote = price(
        basket(line("a", 1000), coupons=(coupon("c", off_fen=400),), points_to_use=999, points_cap_percent=50)
    )
    assert (quote.goods_coupon_fen, quote.points_fen, quote.pay_fen) == (400, 300, 300)


def test_balance_pays_goods_and_then_freight():
    goods = line("a", 1000, freight_template_id="post")
    quote = price(basket(goods, region=SHENZHEN, freight_templates=(POST,), points_to_use=100, balance_to_use_fen=1200))
    assert [(each.kind, each.part, each.amount_fen) for each in quote.adjustments] == [
        (RuleKind.POINTS, Part.GOODS, 100),
        (RuleKind.BALANCE, Part.GOODS, 900),
        (RuleKind.BALANCE, Part.FREIGHT, 300),
    ]
    assert (quote.balance_fen, quote.pay_fen) == (1200, 500)


def test_no_more_balance_is_taken_than_is_due():
    quote = price(basket(line("a", 1000, kind_price_fen=900), balance_to_use_fen=5000))
    assert (quote.balance_fen, quote.pay_fen) == (900, 0)


def test_before_balance_is_the_price_of_the_same_basket_without_it():
    goods = (line("a", 1000, freight_template_id="post"), line("b", 500, quantity=2))
    given = {"region": SHENZHEN, "freight_templates": (POST,), "points_to_use": 100}
    plain = price(basket(*goods, **given))
    for balance_fen in (0, 1, 1200, 99_999):
        assert before_balance(price(basket(*goods, balance_to_use_fen=balance_fen, **given))) == plain
