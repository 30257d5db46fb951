import pytest
from mall.kit.documents import DocumentTooNew
from mall.tables.trade import PRICE
from mall.domains.pricing.rules import FreightRate, Share, from_json, part_of, price, to_json
from pricing_baskets import SHENZHEN, basket, coupon, line, template

pytestmark = pytest.mark.spec("D2")

QUOTE = price(
    basket(
        line("a", 3000, seller_id="one", freight_template_id="post"),
        line("b", 1000, seller_id="two", freight_template_id="post"),
        coupons=(coupon("c", off_fen=1000),),
        region=SHENZHEN,
        freight_templates=(template(FreightRate(frozenset(), 1, 800, 1, 200)),),
        points_to_use=100,
        points_per_yuan=1000,
        balance_to_use_fen=50,
    )
)


def test_the_part_of_one_seller_carries_its_own_share_of_everything():
    part = part_of(QUOTE, ["a"])
    assert [each.line_id for each in part.lines] == ["a"]
    assert [(each.amount_fen, each.shares) for each in part.adjustments] == [
        (750, (Share("a", 750),)),
        (8, (Share("a", 8),)),
        (37, (Share("a", 37),)),
    ]
    assert (part.goods_fen, part.goods_coupon_fen, part.freight_fen, part.points_fen) == (3000, 750, 500, 8)
    assert part.pay_fen == 3000 - 750 + 500 - 8 - 37


def test_the_points_of_a_part_follow_what_they_paid():
    assert (QUOTE.points_fen, QUOTE.points_used) == (10, 100)
    assert [part_of(QUOTE, [line_id]).points_used for line_id in "ab"] == [80, 20]


def test_an_explanation_of_an_unknown_version_is_not_read():
    with pytest.raises(DocumentTooNew):
        from_json(PRICE.read({**to_json(QUOTE), "version": 3}))
