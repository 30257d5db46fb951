"""The price engine (价格引擎): one pure function prices every order and explains every fen.

    unit price -> full reduction -> goods coupons -> freight -> free-shipping coupon
    -> points -> balance -> pay_fen

Nothing falls below zero: a rule takes at most what is left of the lines it is about. Neither the
order of lines nor of coupons, promotions or templates changes anything. Spec D2, D3, D4.
"""

from __future__ import annotations

from collections.abc import Sequence

from mall.domains.pricing.basket import (
    Basket,
    Coupon,
    CouponKind,
    FreightBy,
    FreightRate,
    FreightTemplate,
    FullReduction,
    Line,
    Region,
    RuleKind,
    Scope,
    ScopeKind,
    StackingPolicy,
    Step,
    Tier,
)
from mall.domains.pricing.coupons import Slot, use_coupons
from mall.domains.pricing.explain import from_json, part_of, to_json
from mall.domains.pricing.freight import charge_freight
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
    UnitRule,
    totalled,
)
from mall.domains.pricing.reductions import reduce_fully, refuse
from mall.domains.pricing.refunds import (
    FreightRefund,
    LineNotInOrder,
    MoreThanBought,
    PiecesRefund,
    TakenBack,
    ThresholdRule,
    coupon_cost,
    points_spent,
    refund_pieces,
    refund_share,
)
from mall.domains.pricing.unit_prices import unit_price
from mall.kit.errors import Conflict, RuleBroken
from mall.kit.money import MAX_FEN, yuan

__all__ = [
    "AboveOffer", "Adjustment", "AmountTooLarge", "Basket", "Coupon", "CouponKind", "CouponNotUsable", "FreightBy",
    "FreightCharge", "FreightRate", "FreightRefund", "FreightTemplate", "FullReduction", "Line", "LineNotInOrder",
    "MoreThanBought", "NotDeliverable", "Part", "PiecesRefund", "PriceChanged", "Quote", "QuoteLine", "Reason",
    "Region", "RuleKind", "Scope", "ScopeKind", "Share", "Skipped", "StackingPolicy", "Step", "TakenBack",
    "ThresholdRule", "Tier", "Undeliverable", "UnitOffer", "UnitRule", "before_balance", "change_price",
    "charge_freight", "check", "check_amount", "coupon_cost",
    "from_json", "most_points", "part_of", "points_spent", "price", "refund_pieces", "refund_share",
    "taken_off_by_staff", "to_json",
    "with_balance",
]  # fmt: skip

UnitPrices = list[tuple[UnitOffer, tuple[UnitOffer, ...]]]


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

    Where the policy lets full reductions and goods coupons not meet, the cheaper of the two is
    taken, unless the buyer chose a coupon that can be used. Cheaper means before points and balance.
    """
    lines = sorted(basket.lines, key=lambda line: line.line_id)
    pieces: dict[str, int] = {}
    for line in lines:
        pieces[line.sku_id] = pieces.get(line.sku_id, 0) + line.quantity
    units = [unit_price(line, pieces[line.sku_id]) for line in lines]
    policy = basket.policy
    if policy.full_reduction_with_goods_coupon:
        return _assemble(basket, lines, units, with_reductions=True, goods_coupons=policy.goods_coupons)
    reduced = _assemble(basket, lines, units, with_reductions=True, goods_coupons=0)
    with_coupon = _assemble(basket, lines, units, with_reductions=False, goods_coupons=policy.goods_coupons)
    if basket.chosen_coupon_ids is not None:
        return with_coupon if with_coupon.goods_coupon_fen else reduced
    return min(reduced, with_coupon, key=_before_payments)


def check(quote: Quote, *, expected_pay_fen: int | None = None) -> None:
    """Refuse what may be shown but not ordered.

    Raises NotDeliverable (line_ids), CouponNotUsable (coupon_id, reason, missing_fen) for a chosen
    coupon that did not apply, PriceChanged (expected_fen, actual_fen). A chosen coupon that would
    save nothing is no error: it is kept for another day.
    """
    if quote.undeliverable:
        first = quote.undeliverable[0]
        sentence = None if first.reason is Reason.NOT_DELIVERED_THERE else first.sentence
        raise NotDeliverable(sentence, line_ids=[each.line_id for each in quote.undeliverable])
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


def _assemble(
    basket: Basket, lines: Sequence[Line], units: UnitPrices, *, with_reductions: bool, goods_coupons: int
) -> Quote:
    """The pipeline, from top to bottom. `goods` and `freight` are what is left to pay by line."""
    goods = [applied.unit_fen * line.quantity for line, (applied, _) in zip(lines, units, strict=True)]
    if with_reductions:
        open_lines = _open_to(RuleKind.FULL_REDUCTION, basket, lines)
        adjustments, skipped = reduce_fully(basket.full_reductions, lines, goods, open_lines)
    else:
        adjustments, skipped = [], refuse(basket.full_reductions)
    amounts = tuple(goods)  # every later threshold looks at these
    shipping = charge_freight(basket, lines, amounts)
    freight = list(shipping.by_line)
    for slot, remaining in (
        (Slot(RuleKind.GOODS_COUPON, Part.GOODS, goods_coupons), goods),
        (Slot(RuleKind.FREE_SHIPPING_COUPON, Part.FREIGHT, basket.policy.free_shipping_coupons), freight),
    ):
        open_lines = _open_to(slot.kind, basket, lines)
        used, unused = use_coupons(slot, basket, lines, open_lines, amounts, remaining)
        adjustments += used
        skipped += unused
    open_lines = _open_to(RuleKind.POINTS, basket, lines)
    by_points, points_skipped, points_used = use_points(basket, lines, open_lines, goods)
    adjustments += by_points + use_balance(basket.balance_to_use_fen, lines, goods, freight)
    skipped += shipping.skipped + points_skipped + _not_held(basket)
    quoted = [
        _quote_line(line, unit, *paid)
        for line, unit, *paid in zip(lines, units, goods, shipping.by_line, freight, strict=True)
    ]
    return totalled(
        tuple(quoted),
        tuple(adjustments),
        tuple(shipping.charges),
        tuple(skipped),
        tuple(shipping.undeliverable),
        points_used,
    )


def _open_to(kind: RuleKind, basket: Basket, lines: Sequence[Line]) -> frozenset[int]:
    """The lines a rule may touch: a group price keeps to itself unless the policy says otherwise."""
    with_group_price = basket.policy.group_price_with
    if with_group_price and kind in with_group_price:
        return frozenset(range(len(lines)))
    return frozenset([index for index, line in enumerate(lines) if line.group_price_fen is None])


def _quote_line(
    line: Line,
    unit: tuple[UnitOffer, tuple[UnitOffer, ...]],
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


def _before_payments(quote: Quote) -> int:
    return quote.pay_fen + quote.points_fen + quote.balance_fen
