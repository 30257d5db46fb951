"""The price engine (价格引擎): one pure function prices every order and explains every fen.

    unit price -> promotions on goods (`steps/`) -> goods coupons -> freight -> free-shipping coupon
    -> points -> balance -> pay_fen

Nothing falls below zero: a rule takes at most what is left of the lines it is about. Neither the
order of lines nor of coupons, promotions or templates changes anything. Spec D2, D3, D4.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mall.domains.pricing.basket import (
    Basket,
    Buyer,
    Coupon,
    CouponKind,
    FreightBy,
    FreightRate,
    FreightTemplate,
    Line,
    Offer,
    Region,
    RuleKind,
    Scope,
    ScopeKind,
    Tier,
    UnitRule,
)
from mall.domains.pricing.coupons import Slot, use_coupons
from mall.domains.pricing.explain import from_json, to_json
from mall.domains.pricing.freight import charge_freight
from mall.domains.pricing.parts import by_order, part_of
from mall.domains.pricing.payments import before_balance, most_points, use_balance, use_points, with_balance
from mall.domains.pricing.price_changes import AboveOffer, change_price, taken_off_by_staff
from mall.domains.pricing.quote import (
    Adjustment,
    FreightCharge,
    Part,
    Quote,
    QuoteLine,
    Reason,
    Share,
    Skipped,
    Undeliverable,
    UnitOffer,
    totalled,
)
from mall.domains.pricing.refunds import (
    FreightRefund,
    LineNotInOrder,
    MoreThanBought,
    PiecesRefund,
    TakenBack,
    ThresholdRule,
    coupon_cost,
    gifts_gone,
    leans_on,
    points_spent,
    refund_pieces,
    refund_share,
)
from mall.domains.pricing.stacking import OPTIONAL, StackingPolicy, choices
from mall.domains.pricing.steps import BASKET
from mall.domains.pricing.steps.taking import take_group
from mall.domains.pricing.steps.unit_prices import Unit, price_units
from mall.domains.pricing.steps.work import Work
from mall.kit.errors import Conflict, RuleBroken
from mall.kit.money import MAX_FEN, yuan

__all__ = [
    "AboveOffer", "Adjustment", "AmountTooLarge", "Basket", "Buyer", "Coupon", "CouponKind", "CouponNotUsable",
    "FreightBy", "FreightCharge", "FreightRate", "FreightRefund", "FreightTemplate", "Line", "LineNotInOrder",
    "MoreThanBought", "NotDeliverable", "Offer", "Part", "PiecesRefund", "PriceChanged", "Quote", "QuoteLine",
    "Reason", "Region", "RuleKind", "Scope", "ScopeKind", "Share", "Skipped", "StackingPolicy", "TakenBack",
    "ThresholdRule", "Tier", "Undeliverable", "UnitOffer", "UnitRule", "before_balance", "by_order", "change_price",
    "charge_freight", "check", "check_amount", "coupon_cost", "from_json", "gifts_gone", "leans_on",
    "most_points", "part_of", "points_spent", "price", "refund_pieces", "refund_share", "taken_off_by_staff",
    "to_json", "with_balance",
]  # fmt: skip

class NotDeliverable(RuleBroken):
    code, message = "NOT_DELIVERABLE", "部分商品不配送到所选地区"


class CouponNotUsable(RuleBroken):
    code, message = "COUPON_NOT_USABLE", "所选优惠券不可用"


class AmountTooLarge(RuleBroken):
    code, message = "AMOUNT_TOO_LARGE", f"订单金额不能超过 {yuan(MAX_FEN)} 元，请分次下单"


class PriceChanged(Conflict):
    code, message = "PRICE_CHANGED", "价格已变化，请确认后重新提交"


def price(basket: Basket) -> Quote:
    """The price of the basket with its explanation. Never refuses: see `check`.

    Where the policy lets some rules not meet, every way is tried (`stacking.choices`) and the cheapest taken: cheaper
    means before points and balance. Coupons that the buyer chose come first where they can be used.
    """
    lines = sorted(basket.lines, key=lambda line: line.line_id)
    ways = choices(basket.policy, _groups(basket))
    units = {prices: price_units(lines, basket, prices) for prices in {back.intersection(OPTIONAL) for back in ways}}
    quotes = [_assemble(basket, *units[back.intersection(OPTIONAL)], back) for back in ways]
    if len(quotes) == 1:
        return quotes[0]
    chosen = frozenset(basket.chosen_coupon_ids or ())

    def turn(quote: Quote) -> tuple[int, int]:
        return -len(chosen.intersection(quote.coupon_ids)), quote.pay_fen + quote.points_fen + quote.balance_fen

    return min(quotes, key=turn)


def _groups(basket: Basket) -> frozenset[str]:
    """The groups that have anything to say."""
    found = [kind.value for kind in {promotion.kind for promotion in basket.promotions}]
    for kind in {coupon.kind for coupon in basket.coupons}:
        found.append("free_shipping_coupon" if kind is CouponKind.FREE_SHIPPING else "goods_coupon")
    return frozenset(found)


def check(quote: Quote, *, expected_pay_fen: int | None = None) -> None:
    """Refuse what may be shown but not ordered.

    Raises NotDeliverable (line_ids), CouponNotUsable (coupon_id, reason, missing_fen) for a chosen
    coupon that did not apply, PriceChanged (expected_fen, actual_fen). A chosen coupon that would
    save nothing is no error: it is kept for another day.
    """
    if quote.undeliverable:
        first = quote.undeliverable[0]
        sentence = None if first.reason is Reason.NOT_DELIVERED_THERE else first.sentence
        raise NotDeliverable(sentence, sku_ids=[quote.line(each.line_id).sku_id for each in quote.undeliverable])
    for each in quote.skipped:
        if each.was_chosen and each.reason is not Reason.SAVES_NOTHING:
            raise CouponNotUsable(
                f"所选优惠券不可用：{each.sentence}",
                field="coupon_ids",
                coupon_id=each.source_id,
                reason=each.reason.value,
                missing_fen=each.missing_fen,
            )
    if expected_pay_fen is not None and expected_pay_fen != quote.pay_fen:
        raise PriceChanged(expected_fen=expected_pay_fen, actual_fen=quote.pay_fen)


def check_amount(quote: Quote) -> None:
    """Each amount is bounded, and so is what they come to. Raises AmountTooLarge."""
    if quote.goods_fen + quote.freight_fen > MAX_FEN:
        raise AmountTooLarge(field="lines")


def _assemble(basket: Basket, lines: Sequence[Line], units: Sequence[Unit], skipped: Sequence[Skipped],
              back: frozenset[str]) -> Quote:
    """The pipeline behind the unit prices, from top to bottom; the groups in `back` stand back."""
    goods = [applied.unit_fen * line.quantity for line, (applied, _) in zip(lines, units, strict=True)]
    prices = frozenset([rule.value for rule in {applied.rule for applied, _ in units}])
    work = Work(basket, back, [*lines], [*units], goods, prices, [], [*skipped])
    for group, promotions in _offers(basket):
        take_group(group, promotions, work)
    amounts = tuple(goods)  # every later threshold looks at these
    shipping = charge_freight(basket, work.lines, amounts)
    freight = list(shipping.by_line)
    _use_coupons(work, amounts, freight)
    by_points, points_skipped, points_used = (
        use_points(basket, work.lines, work.open_to("points"), goods) if basket.points_to_use else ([], [], 0))
    work.adjustments += by_points + use_balance(basket.balance_to_use_fen, work.lines, goods, freight)
    work.skipped += shipping.skipped + points_skipped + _not_held(basket)
    quoted = [_quote_line(line, unit, *paid)
              for line, unit, *paid in zip(work.lines, work.units, goods, shipping.by_line, freight, strict=True)]
    return totalled(tuple(quoted), tuple(work.adjustments), tuple(shipping.charges), tuple(work.skipped),
                    tuple(shipping.undeliverable), points_used)


def _offers(basket: Basket) -> list[tuple[str, list[Any]]]:
    """The promotions on goods by group, in the policy's order; a group that it does not know comes last."""
    found: dict[Any, list[Any]] = {}
    for promotion in basket.promotions:
        if promotion.stage == BASKET:
            found.setdefault(promotion.kind, []).append(promotion)
    named = [(kind.value, promotions) for kind, promotions in found.items()]
    order = basket.policy.order
    return sorted(named, key=lambda each: (order.index(each[0]) if each[0] in order else len(order), each[0]))


def _use_coupons(work: Work, amounts: Sequence[int], freight: list[int]) -> None:
    """The best allowed set of each slot; a slot that stands back is without room."""
    policy = work.basket.policy
    if not work.basket.coupons:
        return
    for kind, part, limit, remaining in (
        (RuleKind.GOODS_COUPON, Part.GOODS, policy.goods_coupons, work.goods),
        (RuleKind.FREE_SHIPPING_COUPON, Part.FREIGHT, policy.free_shipping_coupons, freight),
    ):
        slot = Slot(kind, part, 0 if kind.value in work.back else limit)
        used, unused = use_coupons(slot, work.basket, work.lines, work.open_to(kind.value), amounts, remaining)
        work.adjustments += used
        work.skipped += unused


def _quote_line(
    line: Line,
    unit: Unit,
    goods_pay_fen: int,
    freight_fen: int,
    freight_pay_fen: int,
) -> QuoteLine:
    applied, offers = unit
    return QuoteLine(
        line_id=line.line_id,
        sku_id=line.sku_id,
        spu_id=line.spu_id,
        seller_id=line.seller_id,
        quantity=line.quantity,
        list_unit_fen=line.price_fen,
        unit_fen=applied.unit_fen,
        unit_rule=applied.rule,
        unit_offers=offers,
        gross_fen=applied.unit_fen * line.quantity,
        goods_pay_fen=goods_pay_fen,
        freight_fen=freight_fen,
        freight_pay_fen=freight_pay_fen,
    )


def _not_held(basket: Basket) -> list[Skipped]:
    """Chosen coupons that the buyer does not have (any more)."""
    if not basket.chosen_coupon_ids:
        return []
    held = {coupon.coupon_id for coupon in basket.coupons}
    return [
        Skipped(RuleKind.GOODS_COUPON, coupon_id, "", Reason.NOT_HELD, "优惠券不存在或已使用", was_chosen=True)
        for coupon_id in sorted(set(basket.chosen_coupon_ids) - held)
    ]
