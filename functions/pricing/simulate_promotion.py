"""Try a draft of a promotion or a coupon on a basket (活动试算): the price without it and with it; nothing is saved."""

from typing import Any

from pydantic import Field

from mall.app import Ctx, Fen, Id, Input, Output, Planned, Quantity, query
from mall.app.promotion_terms import DraftTerms, LevelKey
from mall.domains.carts.rules import MAX_LINES, check_out
from mall.domains.catalog.purchase import check_levels
from mall.domains.coupons import rules as coupons
from mall.domains.members.levels import FIRST_LEVEL
from mall.domains.pricing.rules import Quote, to_json
from mall.domains.pricing.steps import offer_of
from mall.flows.marketing.simulate import Trial, Tried, draft_of, policy_of, simulate
from mall.flows.marketing.stacking import stacking_of


class TrialLine(Input):
    sku_id: Id
    quantity: Quantity


class SimulatePromotion(DraftTerms):
    lines: list[TrialLine] = Field(min_length=1, max_length=MAX_LINES)
    level: LevelKey = FIRST_LEVEL  # of the buyer
    is_new: bool = False  # whether the buyer never paid for anything
    at: Planned | None = None  # absent: now
    freight_fen: Fen = 0  # what its freight comes to


class Priced(Output):
    pay_fen: int  # of the goods and that freight, without other coupons and points
    goods_fen: int  # after unit prices
    explanation: dict[str, Any]  # docs/pricing.md


class PromotionSimulated(Output):
    offer: str  # what it gives, as buyers would read it
    before: Priced
    after: Priced
    difference_fen: int  # what the buyer would pay less


@query("pricing.simulate_promotion", allow="staff")
def simulate_promotion(ctx: Ctx, ask: SimulatePromotion) -> PromotionSimulated:
    """Spec D2, F6, F13. The buyer holds one of the coupon that is tried. Raises GoodsUnavailable, TooManyOfOne,
    AmountTooLarge, StackingUnclear, LevelUnknown, PromotionNotFound for what it replaces, and what
    promotions.save_promotion and coupons.save_coupon say of such."""
    check_levels([ask.level], [each["level"] for each in ctx.settings.member_levels], "level")
    given = draft_of(ctx.tx, ask, ctx.seller_id, ctx.settings)
    trial = Trial(check_out((line.sku_id, line.quantity) for line in ask.lines), ask.level, ask.is_new,
                  ask.at or ctx.now, given, ask.freight_fen, policy_of(ask.stacking))
    before, after = simulate(ctx.tx, trial, ctx.seller_id, ctx.settings, stacking_of(ctx.settings))
    return PromotionSimulated(offer=_offer(given), before=_priced(before), after=_priced(after),
                              difference_fen=before.pay_fen - after.pay_fen)


def _offer(given: Tried) -> str:
    """Of the promotion, then of the coupon."""
    offers = [offer_of(given.draft.kind, given.draft.document)] if given.draft else []
    if given.coupon:
        offers.append(coupons.offer_of(given.coupon.kind, given.coupon.document))
    return "；".join(offers)


def _priced(quote: Quote) -> Priced:
    return Priced(pay_fen=quote.pay_fen, goods_fen=quote.goods_fen, explanation=to_json(quote))
