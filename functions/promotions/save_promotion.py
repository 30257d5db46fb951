"""Make or change a promotion (营销活动): its kind and what it gives, on what, and when."""

from mall.app import KEY, Ctx, Id, Name, Output, Planned, TwoPeople, Version, command
from mall.app.promotion_terms import PromotionTerms
from mall.domains.promotions import store
from mall.domains.promotions.rules import check
from mall.flows.goods import given_away_goods
from mall.flows.marketing import scope


class SavePromotion(PromotionTerms):
    promotion_id: Id | None = None  # none: a new one
    version: Version | None = None  # of a change: the version that was read
    title: Name
    starts_at: Planned
    ends_at: Planned


class PromotionSaved(Output):
    promotion_id: str
    version: int


@command("promotions.save_promotion", allow="staff", repeat=KEY,
         two_people=TwoPeople("PROMOTION", given_away_goods.promotion_saved))
def save_promotion(ctx: Ctx, cmd: SavePromotion) -> PromotionSaved:
    """Spec D2, F6. Orders keep the price they were placed at. Raises PromotionNotFound (also of an ended
    one), WindowIsEmpty, FieldNeeded, FieldOfAnotherKind, StepsDoNotAscend, GoodsTwice, GiftTwice, PriceOrPercent,
    DayTwice, LevelUnknown, ScopeIsEmpty, ProductNotFound, CategoryNotFound, GiftIsVirtual, KindStays,
    TooManyPromotions, ChangedMeanwhile."""
    check(cmd.starts_at, cmd.ends_at, ctx.now)
    document = scope.promotion_document(ctx.tx, cmd.kind, cmd.given, ctx.seller_id, ctx.settings)
    given = {"title": cmd.title, "document": document, "starts_at": cmd.starts_at, "ends_at": cmd.ends_at}
    promotion_id = cmd.promotion_id or ctx.new_id("prm")
    store.check_room(ctx.tx, promotion_id, ctx.seller_id, ctx.now)
    version, before = 1, {}
    if cmd.promotion_id:
        row = store.find(ctx.tx, promotion_id, ctx.seller_id)
        before = {name: getattr(row, name) for name in given} if row else {}
        version = store.change(ctx.tx, promotion_id, ctx.seller_id, ctx.seen(cmd.version), kind=cmd.kind, **given)
    else:
        store.add(ctx.tx, promotion_id, ctx.seller_id, kind=cmd.kind, **given, now=ctx.now)
    ctx.audit(before=before, after=given, promotion_id=promotion_id)
    return PromotionSaved(promotion_id=promotion_id, version=version)
