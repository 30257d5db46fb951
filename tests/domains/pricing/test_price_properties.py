"""What holds for every basket, tried on many made-up ones."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_baskets import baskets, before_payments, quick
from mall.domains.pricing.rules import (
    FreightRefund,
    Part,
    RuleKind,
    before_balance,
    from_json,
    part_of,
    price,
    refund_share,
    to_json,
    with_balance,
)
from mall.domains.pricing.steps.gift import Gift

pytestmark = pytest.mark.spec("D2")


@quick
@given(baskets)
def test_every_part_adds_up_and_nothing_falls_below_zero(a_basket):
    quote = price(a_basket)
    for each in quote.adjustments:
        assert each.amount_fen == sum(share.amount_fen for share in each.shares) > 0
    for charge in quote.freight_charges:
        assert charge.fee_fen == sum(share.amount_fen for share in charge.shares)
    assert quote.freight_fen == sum(charge.fee_fen for charge in quote.freight_charges)
    for each in quote.lines:
        taken = {"goods": 0, "freight": 0}
        for adjustment, amount_fen in quote.shares_of(each.line_id):
            taken[adjustment.part.value] += amount_fen
        assert each.gross_fen == each.unit_fen * each.quantity
        assert each.gross_fen - taken["goods"] == each.goods_pay_fen >= 0
        assert each.freight_fen - taken["freight"] == each.freight_pay_fen >= 0
    assert quote.pay_fen == sum(each.goods_pay_fen + each.freight_pay_fen for each in quote.lines) >= 0
    assert quote.discount_fen == sum(each.amount_fen for each in quote.adjustments if each.part is Part.GOODS
                                     and each.kind is not RuleKind.BALANCE)
    off_fen = quote.full_reduction_fen + quote.promotion_fen + quote.goods_coupon_fen + quote.freight_coupon_fen
    assert before_payments(quote) == quote.goods_fen + quote.freight_fen - off_fen
    assert sum(each.amount_fen for each in quote.adjustments) == off_fen + quote.points_fen + quote.balance_fen


@quick
@given(baskets)
def test_balance_pays_for_a_price_and_changes_none(a_basket):
    whole, paid = price(replace(a_basket, balance_to_use_fen=0)), price(a_basket)
    assert before_balance(paid) == whole
    assert with_balance(whole, paid.balance_fen) == paid


@quick
@given(baskets, st.randoms(use_true_random=False))
def test_the_order_of_lines_coupons_and_rules_changes_nothing(a_basket, dice):
    def shuffled(values):
        return tuple(dice.sample(values, len(values)))

    mixed = replace(
        a_basket,
        lines=shuffled([replace(each, tiers=shuffled(each.tiers)) for each in a_basket.lines]),
        coupons=shuffled(a_basket.coupons),
        promotions=shuffled(a_basket.promotions),
        freight_templates=shuffled(a_basket.freight_templates),
        chosen_coupon_ids=a_basket.chosen_coupon_ids and shuffled(a_basket.chosen_coupon_ids),
    )
    assert price(mixed) == price(a_basket)


@quick
@given(baskets)
def test_every_rule_is_accounted_for_exactly_once_as_used_or_as_skipped(a_basket):
    quote = price(a_basket)
    coupon_kinds = (RuleKind.GOODS_COUPON, RuleKind.FREE_SHIPPING_COUPON)
    named = list(quote.coupon_ids) + [each.source_id for each in quote.skipped if each.kind in coupon_kinds]
    chosen = set(a_basket.chosen_coupon_ids or ())
    assert sorted(named) == sorted({each.coupon_id for each in a_basket.coupons} | chosen)
    assert all(each.sentence for each in quote.skipped)


@quick
@given(baskets)
def test_the_explanation_comes_back_from_json_as_it_went(a_basket):
    quote = price(a_basket)
    stored = to_json(quote)
    assert json.loads(json.dumps(stored)) == stored
    assert from_json(json.loads(json.dumps(stored))) == quote


@quick
@given(baskets, st.data())
def test_unit_by_unit_refunds_equal_the_whole_and_all_together_the_payment(a_basket, data):
    quote = price(a_basket)
    total_fen = 0
    for each in quote.lines:
        for freight, whole_fen in (
            (FreightRefund.KEPT, each.goods_pay_fen),
            (FreightRefund.BY_SHARE, each.goods_pay_fen + each.freight_pay_fen),
        ):
            done, given_back = 0, 0
            while done < each.quantity:
                more = data.draw(st.integers(1, each.quantity - done))
                part_fen = refund_share(quote, each.line_id, more, already_refunded_quantity=done, freight=freight)
                assert part_fen >= 0
                done, given_back = done + more, given_back + part_fen
            assert given_back == whole_fen
            assert given_back == refund_share(
                quote, each.line_id, each.quantity, already_refunded_quantity=0, freight=freight
            )
        total_fen += given_back
    assert total_fen == quote.pay_fen


@quick
@given(baskets)
def test_the_parts_of_two_sellers_add_up_to_the_whole_and_refund_the_same(a_basket):
    quote = price(a_basket)
    parts = [
        part_of(quote, [each.line_id for each in quote.lines if each.seller_id == seller_id])
        for seller_id in ("s1", "s2")
    ]
    for name, total in to_json(quote).items():
        if name.endswith("_fen") or name == "points_used":
            assert sum(getattr(part, name) for part in parts) == total, name
    for part in parts:
        for each in part.lines:
            assert part.shares_of(each.line_id) == tuple(
                (next(own for own in part.adjustments if own.source_id == whole.source_id
                      and own.part is whole.part), amount_fen)
                for whole, amount_fen in quote.shares_of(each.line_id)
            )  # fmt: skip


@quick
@given(baskets)
def test_every_promotion_is_told_of_as_taken_as_an_offer_or_with_its_reason(a_basket):
    quote = price(a_basket)
    told = {each.source_id for each in (*quote.adjustments, *quote.skipped)}
    told |= {offer.source_id for each in quote.lines for offer in each.unit_offers}
    missing = {each.promotion_id for each in a_basket.promotions} - told
    assert missing <= {each.promotion_id for each in a_basket.promotions
                       if isinstance(each, Gift) and not sum(own.price_fen for own in each.lines)}
