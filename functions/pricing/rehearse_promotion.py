"""Rehearse a draft of a promotion, or of what combines, over real orders of a past period (活动预演)."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from mall.app import Ctx, Cursor, Moment, Output, Percent, in_order, query
from mall.app.promotion_terms import DraftTerms
from mall.flows.marketing import rehearse as flow
from mall.flows.marketing.simulate import draft_of, policy_of
from mall.flows.marketing.stacking import stacking_of
from mall.kit.page import decode_cursor, encode_cursor, moment_of

SECONDS = 5.0  # of one call; the cursor goes on


class RehearsePromotion(DraftTerms):
    placed_from: Moment
    placed_until: Moment
    least_percent: Percent = 50  # orders whose goods would cost less of their list price are counted
    orders_most: Annotated[int, Field(ge=1, le=2_000)] = 2_000  # orders of this call
    cursor: Cursor | None = None

    _window = in_order("placed_from", "placed_until")


class Changed(Output):
    order_no: str
    off_fen: int  # below zero: it would have been dearer
    gifts_fen: int  # what more in gifts would have come with it


class PushedAside(Output):
    title: str
    orders: int


class PromotionRehearsed(Output):
    """Of this call; the sums of all calls up to the last are those of the period."""

    looked_at: int
    left_aside: int  # of other kinds, or whose price does not come out again as the rules stand today
    changed: int
    given_fen: int
    taken_fen: int
    gifts_fen: int  # what more in gifts, by list price: they cost no buyer anything, but the shop
    list_fen: int
    before_fen: int  # what the goods of those compared cost, without freight
    after_fen: int
    to_zero: int
    below_least: int
    pushed_aside: list[PushedAside]  # what gave something, and would have given nothing
    largest: list[Changed]
    next_cursor: str | None


@query("pricing.rehearse_promotion", allow="staff")
def rehearse_promotion(ctx: Ctx, ask: RehearsePromotion) -> PromotionRehearsed:
    """Spec F13. Freight is left as it was, and hook prices for new members are nobody's. Raises BadCursor, and as
    pricing.simulate_promotion."""
    in_force = stacking_of(ctx.settings)
    draft = draft_of(ctx.tx, ask, ctx.seller_id, ctx.settings)
    wanted = flow.Rehearsal(ask.placed_from, ask.placed_until, draft, ask.replaces,
                            policy_of(ask.stacking) or in_force, in_force, ask.least_percent)
    found, rest = flow.rehearse(ctx.tx, wanted, ctx.seller_id, _after(ask), most=ask.orders_most, seconds=SECONDS)
    return PromotionRehearsed(
        **{name: getattr(found, name) for name in (
            "looked_at", "left_aside", "changed", "given_fen", "taken_fen", "gifts_fen", "list_fen", "before_fen",
            "after_fen", "to_zero", "below_least")},
        pushed_aside=[PushedAside(title=title, orders=number) for title, number in found.pushed_aside.most_common(20)],
        largest=[Changed(**each._asdict()) for each in found.largest],
        next_cursor=encode_cursor(rest[0].isoformat(), rest[1]) if rest else None)


def _after(ask: RehearsePromotion) -> tuple[datetime, str]:
    position = decode_cursor(ask.cursor, (str, str))
    return (moment_of(position[0]), position[1]) if position else (ask.placed_from, "")
