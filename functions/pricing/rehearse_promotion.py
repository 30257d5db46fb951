"""Rehearse a draft of a promotion, a coupon, or what combines, over real orders of a past period (活动预演)."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from mall.app import Ctx, Cursor, query
from mall.app.promotion_terms import RehearsedTerms
from mall.app.rehearsal_parts import OutcomeView, outcome_fields
from mall.flows.marketing import rehearse as flow
from mall.kit.page import decode_cursor, encode_cursor, moment_of

SECONDS = 5.0  # of one call; the cursor goes on


class RehearsePromotion(RehearsedTerms):
    orders_most: Annotated[int, Field(ge=1, le=2_000)] = 2_000  # orders of this call
    cursor: Cursor | None = None


class PromotionRehearsed(OutcomeView):
    """Of this call; the sums of all calls up to the last are those of the period."""

    next_cursor: str | None


@query("pricing.rehearse_promotion", allow="staff")
def rehearse_promotion(ctx: Ctx, ask: RehearsePromotion) -> PromotionRehearsed:
    """Spec F13. Freight is left as it was, and hook prices for new members are nobody's. Of a coupon each member has
    one in hand at each order, `per_member` in all, and the `quota` goes in the order of placing; it is taken where it
    makes the order cheaper, and its windows are not asked. Raises BadCursor, CouponInOneCall, and as
    pricing.simulate_promotion. All orders of a long period: pricing.start_rehearsal."""
    wanted = flow.rehearsal_of(ctx.tx, ask, ask.placed_from, ask.placed_until, ctx.seller_id, ctx.settings)
    found, rest = flow.rehearse(ctx.tx, wanted, ctx.seller_id, _after(ask), most=ask.orders_most, seconds=SECONDS)
    return PromotionRehearsed(**outcome_fields(found),
                              next_cursor=encode_cursor(rest[0].isoformat(), rest[1]) if rest else None)


def _after(ask: RehearsePromotion) -> tuple[datetime, str]:
    position = decode_cursor(ask.cursor, (str, str))
    return (moment_of(position[0]), position[1]) if position else (ask.placed_from, "")
