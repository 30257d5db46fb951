import pytest
from mall.domains.pricing.rules import (
    FreightRate,
    FreightRefund,
    LineNotInOrder,
    MoreThanBought,
    price,
    refund_share,
)
from pricing_baskets import SHENZHEN, basket, coupon, line, template

pytestmark = pytest.mark.spec("D2", "E6")

KEPT, BY_SHARE = FreightRefund.KEPT, FreightRefund.BY_SHARE
QUOTE = price(
    basket(
        line("a", 1000, 3, freight_template_id="post"),
        line("b", 500, 1, freight_template_id="post"),
        coupons=(coupon("c", off_fen=1000),),
        region=SHENZHEN,
        freight_templates=(template(FreightRate(frozenset(), 1, 800)),),
    )
)


def back(line_id, quantity, already=0, freight=KEPT, quote=QUOTE):
    return refund_share(quote, line_id, quantity, already_refunded_quantity=already, freight=freight)


def test_the_units_of_a_line_give_back_what_the_line_gives_back_at_once():
    # 3000 - 1000 * 3000 / 3500 = 2143; thirds of it are 714.33
    assert [back("a", 1, already) for already in range(3)] == [714, 715, 714]
    assert back("a", 3) == 2143
    assert back("a", 2) + back("a", 1, 2) == 2143


def test_the_freight_goes_back_by_share_only_where_asked():
    assert (back("a", 3), back("a", 3, freight=BY_SHARE)) == (2143, 2143 + 600)
    assert [back("a", 1, already, BY_SHARE) for already in range(3)] == [914, 915, 914]


def test_all_lines_with_their_freight_give_back_exactly_what_was_paid():
    assert QUOTE.pay_fen == 3300
    assert back("a", 3, freight=BY_SHARE) + back("b", 1, freight=BY_SHARE) == 3300


def test_a_free_line_gives_back_nothing():
    free = price(basket(line("a", 100), coupons=(coupon("c", off_fen=500),)))
    assert back("a", 1, quote=free) == 0


@pytest.mark.parametrize(("quantity", "already"), [(4, 0), (1, 3), (2, 2), (0, 0), (-1, 2), (1, -1)])
def test_more_than_was_bought_or_less_than_one_is_refused(quantity, already):
    with pytest.raises(MoreThanBought) as refused:
        back("a", quantity, already)
    assert refused.value.data == {"left": 3 - already}


def test_a_line_of_another_order_is_not_found():
    with pytest.raises(LineNotInOrder):
        back("z", 1)
