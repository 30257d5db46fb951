"""Made-up baskets of every kind, for what holds for each of them."""

from dataclasses import replace

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from mall.domains.pricing.rules import (
    Basket,
    Buyer,
    CouponKind,
    FreightBy,
    FreightRate,
    Line,
    Scope,
    ScopeKind,
    StackingPolicy,
    Tier,
)
from mall.domains.pricing.stacking import APART, pair
from mall.domains.pricing.steps.add_on import AddOn
from mall.domains.pricing.steps.gift import Gift
from mall.domains.pricing.steps.hook import Hook
from mall.domains.pricing.steps.limited_time import LimitedTime
from mall.domains.pricing.steps.member_day import MemberDay
from mall.domains.pricing.steps.nth_piece import NthPiece
from pricing_baskets import NOW, SHENZHEN, coupon, few, kind_with, of_kind, reduction, template
from rule_of_tests import FenOff

quick = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
money = st.integers(0, 30000)
rarely_money = st.one_of(st.none(), st.none(), st.none(), money)
scopes = st.one_of(
    st.just(Scope()),
    st.builds(Scope, st.just(ScopeKind.GOODS), st.frozensets(st.sampled_from("pqr"), max_size=2)),
    st.builds(Scope, st.just(ScopeKind.CATEGORIES), st.frozensets(st.sampled_from("xyz"), max_size=2)),
    st.builds(Scope, seller_id=st.sampled_from(["s1", "s2"])),
)


@st.composite
def line_sets(draw, most=5):
    rows = draw(
        st.lists(
            st.fixed_dictionaries(
                {
                    "sku_id": st.sampled_from(["k1", "k2", "k3"]),
                    "spu_id": st.sampled_from("pqr"),
                    "seller_id": st.sampled_from(["s1", "s2"]),
                    "quantity": st.integers(1, 7),
                    "price_fen": money,
                    "category_ids": st.sampled_from([("x",), ("x", "y"), ("z",)]),
                    "tiers": st.sampled_from([(), (Tier(3, 900), Tier(5, 700))]),
                    "member_price_fen": rarely_money,
                    "member_percent": st.sampled_from([None, 95, 88]),
                    "offers": st.one_of(st.just(()), st.just(()), st.builds(of_kind, money), st.builds(few, money)),
                    "weight_grams": st.integers(0, 900),
                    "is_virtual": st.booleans(),
                    "freight_template_id": st.sampled_from([None, "post", "van"]),
                }
            ),
            min_size=1,
            max_size=most,
        )
    )
    return tuple(Line(line_id=f"l{number}", **row) for number, row in enumerate(rows))


@st.composite
def coupon_sets(draw, most=4):
    rows = draw(
        st.lists(
            st.fixed_dictionaries(
                {
                    "kind": st.sampled_from(CouponKind),
                    "days_left": st.integers(0, 3),
                    "threshold_fen": st.sampled_from([0, 1000, 20000]),
                    "off_fen": st.sampled_from([1, 999, 1000, 40000]),
                    "percent": st.integers(0, 100),
                    "cap_fen": st.sampled_from([None, 0, 700, 5000]),
                    "scope": scopes,
                    "stack_group": st.sampled_from(["", "g1", "g2"]),
                }
            ),
            max_size=most,
        )
    )
    return tuple(coupon(f"c{number}", **row) for number, row in enumerate(rows))


steps = st.lists(st.tuples(st.integers(1, 40000), st.integers(1, 30000)), min_size=1, max_size=3)  # none gives nothing
promotion_sets = st.lists(
    st.builds(
        lambda made, **more: reduction(*made, **more),
        steps,
        scope=scopes,
        repeats=st.booleans(),
        priority=st.integers(0, 1),
    ),
    max_size=3,
).map(lambda made: tuple(replace(each, promotion_id=f"p{number}") for number, each in enumerate(made)))
rules = st.one_of(
    st.builds(NthPiece, st.just("p"), st.just("n"), st.integers(2, 4), st.sampled_from([0, 50, 99]), scopes,
              st.booleans(), st.booleans()),
    st.builds(MemberDay, st.just("p"), st.just("d"), st.sampled_from([(1,), (2,)]), st.integers(0, 99),
              st.sampled_from([frozenset(), frozenset({"vip"})]), scopes),
    st.builds(AddOn, st.just("p"), st.just("a"), st.sampled_from([1, 5_000, 30_000]),
              st.sampled_from([{"k1": 0}, {"k1": 990, "k2": 500}]), st.integers(1, 3), scopes),
    st.builds(Gift, st.just("p"), st.just("g"), st.sampled_from([1, 5_000, 30_000]),
              st.sampled_from([(), (Line("g", "k1", "p", "s1", 2, 700),)]), scopes),
    st.builds(LimitedTime, st.just("p"), st.just("l"), st.integers(0, 99), scope=scopes),
    st.builds(Hook, st.just("p"), st.just("h"), st.sampled_from([{"k1": 99}, {"k1": 99, "k3": 0}]), st.integers(1, 3),
              st.booleans()),
    st.builds(FenOff, st.just("p"), st.just("f"), scopes),
    st.builds(lambda made, **more: reduction(*made, **more), steps, scope=scopes, repeats=st.booleans()),
)


def numbered(made):
    """Each with an id of its own, also of its gift."""
    return tuple(
        replace(each, promotion_id=f"p{number}", **({"lines": tuple(
            replace(own, line_id=f"x{number}") for own in each.lines)} if isinstance(each, Gift) else {}))
        for number, each in enumerate(made))


rule_sets = st.lists(rules, max_size=4).map(numbered)
rates = st.builds(
    FreightRate,
    st.just(frozenset()),
    st.integers(0, 1000),
    st.integers(0, 2000),
    st.integers(0, 700),
    st.integers(0, 500),
    st.sampled_from([None, 9900]),
    st.sampled_from([None, 4]),
)
template_sets = st.tuples(rates, rates).map(
    lambda two: (
        template(two[0], by=FreightBy.WEIGHT),
        template(two[1], template_id="van", undeliverable=frozenset({"海南省"})),
    )
)
policies = st.builds(
    StackingPolicy,
    several=st.sampled_from([frozenset(), frozenset({"full_reduction", "nth_piece"})]),
    apart=st.sampled_from([
        APART, APART | {pair("full_reduction", "goods_coupon")}, frozenset(), kind_with("goods_coupon"),
        APART | {pair("nth_piece", "member_day"), pair("member_day", "full_reduction"), pair("gift", "goods_coupon"),
                 pair("limited_time", "full_reduction")}]),
    goods_coupons=st.integers(0, 3),
    free_shipping_coupons=st.integers(0, 2),
)
baskets = st.builds(
    Basket,
    line_sets(),
    st.just(NOW),
    st.sampled_from([SHENZHEN, SHENZHEN, None]),
    coupons=coupon_sets(),
    promotions=promotion_sets,
    chosen_coupon_ids=st.sampled_from([None, None, (), ("c0",), ("c0", "c1", "c9")]),
    freight_templates=template_sets,
    policy=policies,
    points_to_use=st.sampled_from([0, 0, 50, 999999]),
    points_per_yuan=st.sampled_from([100, 1, 1000]),
    points_cap_percent=st.sampled_from([100, 50, 33]),
    balance_to_use_fen=st.sampled_from([0, 0, 100, 9999999]),
)


plain_baskets, baskets = baskets, st.builds(
    lambda a_basket, promotions, level, is_new: replace(a_basket, promotions=promotions, buyer=Buyer(level, is_new)),
    baskets, rule_sets, st.sampled_from(["", "vip"]), st.booleans())


def before_payments(quote):
    return quote.pay_fen + quote.points_fen + quote.balance_fen
