"""Make or change a full reduction (满减活动): steps, what it covers, when it runs, which goes first."""

from typing import Annotated, Literal

from mall.app import KEY, Ctx, Id, Input, Name, Output, Planned, PositiveFen, TwoPeople, Version, command
from mall.domains.promotions import store
from mall.domains.promotions.rules import check
from mall.flows import given_away_goods, scope
from pydantic import Field


class Step(Input):
    threshold_fen: PositiveFen
    off_fen: PositiveFen


class Scope(Input):
    kind: Literal["all", "goods", "categories"] = "all"
    ids: list[Id] = Field([], max_length=200)  # SPU ids or category ids


class SavePromotion(Input):
    promotion_id: Id | None = None  # none: a new one
    version: Version | None = None  # of a change: the version that was read
    kind: Literal["full_reduction"] = "full_reduction"
    title: Name
    steps: list[Step] = Field(min_length=1, max_length=10)
    scope: Scope = Scope()
    priority: Annotated[int, Field(ge=0, le=1_000)] = 0  # the higher takes a line first
    repeats: bool = False  # every full threshold counts (每满减)
    starts_at: Planned
    ends_at: Planned


class PromotionSaved(Output):
    promotion_id: str
    version: int


@command("promotions.save_promotion", allow="staff", repeat=KEY,
         two_people=TwoPeople("PROMOTION", given_away_goods.promotion_saved))
def save_promotion(ctx: Ctx, cmd: SavePromotion) -> PromotionSaved:
    """Spec D2, F6. Orders keep the price they were placed at. Raises PromotionNotFound (also of an ended
    one), WindowIsEmpty, StepsDoNotAscend, ScopeIsEmpty, ProductNotFound, CategoryNotFound, TooManyPromotions,
    ChangedMeanwhile."""
    document = cmd.model_dump(include={"steps", "scope", "priority", "repeats"})
    check(document["steps"], document["scope"], cmd.starts_at, cmd.ends_at, ctx.now)
    scope.check(ctx.tx, document["scope"], ctx.seller_id, "scope.ids")
    given = {"title": cmd.title, "document": document, "starts_at": cmd.starts_at, "ends_at": cmd.ends_at}
    promotion_id = cmd.promotion_id or ctx.new_id("prm")
    store.check_room(ctx.tx, promotion_id, ctx.seller_id, ctx.now)
    version, before = 1, {}
    if cmd.promotion_id:
        row = store.find(ctx.tx, promotion_id, ctx.seller_id)
        before = {name: getattr(row, name) for name in given} if row else {}
        version = store.change(ctx.tx, promotion_id, ctx.seller_id, ctx.seen(cmd.version), **given)
    else:
        store.add(ctx.tx, promotion_id, ctx.seller_id, **given, now=ctx.now)
    ctx.audit(before=before, after=given, promotion_id=promotion_id)
    return PromotionSaved(promotion_id=promotion_id, version=version)
