import pytest
from mall.domains.pricing.rules import Reason, Tier, UnitRule, price
from pricing_baskets import basket, line

pytestmark = pytest.mark.spec("D2")

TIERS = (Tier(3, 900), Tier(10, 800))


def only_line(*args, **more):
    return price(basket(line("a", *args, **more))).lines[0]


def test_without_any_offer_the_base_price_applies():
    quoted = only_line(1000, 3)
    assert (quoted.unit_rule, quoted.unit_fen, quoted.gross_fen) == (UnitRule.BASE, 1000, 3000)
    assert [offer.reason for offer in quoted.unit_offers] == [None]


@pytest.mark.parametrize(
    ("quantity", "unit_fen", "rule"),
    [(2, 1000, UnitRule.BASE), (3, 900, UnitRule.TIER), (9, 900, UnitRule.TIER), (10, 800, UnitRule.TIER)],
)
def test_a_tier_begins_exactly_at_its_quantity(quantity, unit_fen, rule):
    quoted = only_line(1000, quantity, tiers=TIERS)
    assert (quoted.unit_fen, quoted.unit_rule) == (unit_fen, rule)
    assert quoted.gross_fen == unit_fen * quantity


def test_the_next_tier_is_a_hint_with_the_pieces_that_are_missing():
    hint = only_line(1000, 2, tiers=TIERS).unit_offers[-1]
    assert (hint.reason, hint.missing_quantity, hint.unit_fen) == (Reason.QUANTITY_SHORT, 1, 900)
    assert hint.sentence == "再买 1 件，每件 9.00 元"


def test_two_lines_of_one_sku_earn_the_tier_together():
    quote = price(basket(line("a", 1000, 2, sku_id="s", tiers=TIERS), line("b", 1000, 1, sku_id="s", tiers=TIERS)))
    assert [each.unit_fen for each in quote.lines] == [900, 900]


def test_the_lowest_of_tier_member_price_and_member_percent_applies_and_the_others_say_why_not():
    quoted = only_line(1000, 3, tiers=TIERS, member_price_fen=880, member_percent=95)
    assert (quoted.unit_rule, quoted.unit_fen) == (UnitRule.MEMBER_PRICE, 880)
    assert [(offer.rule, offer.unit_fen, offer.reason) for offer in quoted.unit_offers] == [
        (UnitRule.MEMBER_PRICE, 880, None),
        (UnitRule.BASE, 1000, Reason.NOT_LOWEST),
        (UnitRule.TIER, 900, Reason.NOT_LOWEST),
        (UnitRule.MEMBER_PERCENT, 950, Reason.NOT_LOWEST),
        (UnitRule.TIER, 800, Reason.QUANTITY_SHORT),
    ]


def test_a_member_percent_rounds_half_a_fen_up():
    assert only_line(1010, member_percent=95).unit_fen == 960  # 959.5


def test_of_equal_prices_the_plainest_applies():
    assert only_line(1000, member_price_fen=1000).unit_rule is UnitRule.BASE


def test_a_kinds_price_replaces_the_others_even_when_one_is_lower():
    quoted = only_line(1000, 3, tiers=TIERS, member_price_fen=500, kind_price_fen=850)
    assert (quoted.unit_rule, quoted.unit_fen) == (UnitRule.KIND, 850)
    assert {offer.reason for offer in quoted.unit_offers[1:]} == {Reason.KIND_PRICE}
    assert price(basket(line("a", 1000, kind_price_fen=850))).list_fen == 1000


def test_a_line_may_cost_nothing():
    assert price(basket(line("a", 0))).pay_fen == 0


@pytest.mark.parametrize("wrong", [{"quantity": 0}, {"price_fen": -1}, {"member_percent": 101}])
def test_a_line_out_of_range_cannot_be_made(wrong):
    with pytest.raises(ValueError):
        line(**{"line_id": "a", "price_fen": 1, **wrong})


def test_a_line_id_cannot_come_twice():
    with pytest.raises(ValueError):
        basket(line("a", 1), line("a", 2))
