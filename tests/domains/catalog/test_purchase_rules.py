"""Purchase rules (spec B9): what is allowed is never refused, what is not always is, and the sentence says what is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mall.domains.catalog import purchase, purchase_cells
from mall.domains.catalog.purchase import (
    BelowLeast, Bought, Goods, NotAMultiple, NotForYourLevel, OverLimit, Rules, RulesAllowNothing, allowed, check,
    check_together, document_of, fits, in_form, rules_of, sentence,
)
from mall.kit.bounds import MAX_QUANTITY
from mall.kit.errors import BadInput, MallError

pytestmark = pytest.mark.spec("B9")

LEVELS = {"ordinary": "普通会员", "vip": "VIP会员"}
limits = st.none() | st.integers(1, 60)
rules = st.builds(Rules, st.integers(1, 12), st.integers(1, 6), limits, limits,
                  st.lists(st.sampled_from(list(LEVELS)), unique=True, max_size=2).map(tuple))
before = st.integers(0, 40).flatmap(lambda ever: st.builds(Bought, st.just(ever), st.integers(0, ever)))


def goods(quantity: int, of_sku: Rules = purchase.NONE, of_product: Rules = purchase.NONE,
          sku_id: str = "sku_1") -> Goods:
    return Goods(sku_id, "spu_1", "咖啡", quantity, of_sku, of_product)


def refusal(*wanted: Goods, bought: dict[str, Bought] | None = None, level: str = "vip") -> MallError | None:
    try:
        check(wanted, bought or {}, level, LEVELS)
    except MallError as found:
        return found
    return None


def may(of: Rules, quantity: int, bought: Bought, level: str) -> bool:
    """The rules said once more, in the plainest way."""
    return (quantity >= of.least and quantity % of.multiple == 0 and (not of.levels or level in of.levels)
            and (of.most_ever is None or bought.ever + quantity <= of.most_ever)
            and (of.most_per_day is None or bought.today + quantity <= of.most_per_day))


@given(rules, st.integers(1, 70), before, st.sampled_from(list(LEVELS)))
def test_a_sku_is_refused_exactly_when_a_rule_of_its_own_is_broken(of, quantity, bought, level):
    found = refusal(goods(quantity, of), bought={"sku_1": bought}, level=level)
    assert (found is None) is may(of, quantity, bought, level)


@given(rules, st.lists(st.integers(1, 20), min_size=1, max_size=4), before)
def test_a_rule_of_the_product_counts_its_skus_together_in_any_order(of, quantities, bought):
    wanted = [goods(quantity, of_product=of, sku_id=f"sku_{number}") for number, quantity in enumerate(quantities)]
    found = refusal(*wanted, bought={"spu_1": bought})
    assert (found is None) is may(of, sum(quantities), bought, "vip")
    turned = refusal(*wanted[::-1], bought={"spu_1": bought})
    assert (found and found.code) == (turned and turned.code)


@given(rules, before)
def test_what_is_said_to_be_left_can_be_bought_and_nothing_more(of, bought):
    of = of._replace(levels=(), most_ever=of.most_ever or 60)
    left = allowed(of, bought)
    assert left == max((quantity for quantity in range(1, 61) if may(of, quantity, bought, "vip")), default=0)
    found = refusal(goods(of.first * 61, of), bought={"sku_1": bought})
    assert (found.code, found.data["left"]) == ("OVER_LIMIT", left)


@given(rules)
def test_what_is_kept_comes_back_from_the_row_and_from_a_cell(of):
    assert rules_of(document_of(of)) == of
    assert purchase_cells.read(purchase_cells.written(of)) == of


@given(rules)
def test_rules_that_may_be_kept_allow_something(of):
    try:
        kept = in_form(of, "purchase_rules")
    except RulesAllowNothing:
        assert not any(may(of._replace(levels=()), quantity, Bought(), "vip") for quantity in range(1, 100))
    else:
        assert may(kept._replace(levels=()), kept.first, Bought(), "vip")


@pytest.mark.parametrize(("wanted", "bought", "kind", "words"), [
    (goods(2, Rules(least=3)), {}, BelowLeast, "“咖啡”3 件起购"),
    (goods(2, Rules(least=3, multiple=2)), {}, BelowLeast, "“咖啡”4 件起购"),
    (goods(5, Rules(multiple=2)), {}, NotAMultiple, "“咖啡”须按 2 件的整数倍购买"),
    (goods(3, Rules(most_ever=5)), {"sku_1": Bought(4, 0)}, OverLimit, "“咖啡”每人限购 5 件，还可购买 1 件"),
    (goods(1, Rules(most_ever=5)), {"sku_1": Bought(5, 0)}, OverLimit, "“咖啡”每人限购 5 件，您已买满"),
    (goods(2, Rules(most_per_day=2)), {"sku_1": Bought(9, 1)}, OverLimit, "“咖啡”每人每日限购 2 件，还可购买 1 件"),
    (goods(1, of_product=Rules(levels=("ordinary",))), {}, NotForYourLevel, "“咖啡”仅限普通会员购买"),
])
def test_a_refusal_says_what_is_allowed_and_names_the_field(wanted, bought, kind, words):
    found = refusal(wanted, bought=bought)
    assert (type(found), found.message, found.field, found.data["sku_id"]) == (kind, words, "lines", "sku_1")


def test_a_page_says_the_rules_in_one_sentence():
    assert sentence(Rules(), LEVELS) == ""
    assert sentence(Rules(2, 2, 10, 4, ("vip",)), LEVELS) == \
        "仅限VIP会员购买，2 件起购，须按 2 件的整数倍购买，每人限购 10 件，每人每日限购 4 件"


@pytest.mark.parametrize(("of", "field"), [
    (Rules(least=0), "least"), (Rules(multiple=MAX_QUANTITY + 1), "multiple"), (Rules(most_ever=0), "most_ever"),
    (Rules(levels=tuple(f"level_{number}" for number in range(11))), "levels"),
])
def test_what_is_no_number_of_pieces_is_refused_by_its_field(of, field):
    with pytest.raises(BadInput) as caught:
        in_form(of, "skus.0.purchase_rules")
    assert caught.value.field == f"skus.0.purchase_rules.{field}"


@pytest.mark.parametrize("cell", ["起购", "起购 二", "起购 2；起购 3", "限买 3", "等级 VIP", "起购 2 限购 3"])
def test_a_cell_that_is_no_rule_is_not_guessed_at(cell):
    assert purchase_cells.read(cell) is None


def test_a_cell_is_read_in_any_order_and_width():
    assert purchase_cells.read("限购10; 起购 2；等级 vip，black_gold") == Rules(2, 1, 10, None, ("vip", "black_gold"))
    assert purchase_cells.read("") == purchase.NONE


@given(rules, rules, st.integers(1, 60))
def test_whether_an_order_of_one_sku_may_have_some_quantity(of_product, of_sku, most):
    of_product, of_sku = (each._replace(levels=()) for each in (of_product, of_sku))
    assert fits(of_product, of_sku, most) == any(
        may(of_product, quantity, Bought(), "vip") and may(of_sku, quantity, Bought(), "vip")
        for quantity in range(1, most + 1))


@pytest.mark.parametrize(("of_product", "of_sku", "is_allowed"), [
    (Rules(most_ever=2), Rules(least=3), False), (Rules(most_per_day=4), Rules(least=3, multiple=5), False),
    (Rules(levels=("vip",)), Rules(levels=("black_gold",)), False),
    (Rules(levels=("vip",)), Rules(levels=("black_gold", "vip")), True), (Rules(levels=("vip",)), Rules(), True),
    (Rules(most_ever=3), Rules(least=3), True), (Rules(least=3), Rules(most_ever=1), True),  # with other SKUs
])
def test_rules_of_a_product_and_of_its_sku_leave_something_together(of_product, of_sku, is_allowed):
    try:
        check_together(of_product, of_sku, "skus.0.purchase_rules")
    except RulesAllowNothing as refusal:
        assert not is_allowed and refusal.field == "skus.0.purchase_rules"
    else:
        assert is_allowed
