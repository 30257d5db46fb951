"""The seller's promotions (活动列表), the newest first."""

from datetime import datetime
from typing import Any, Literal

from mall.app import Ctx, Cursor, Id, Input, Limit, Output, query
from mall.domains.pricing.steps import offer_of
from mall.domains.promotions import store
from mall.kit.page import last_id, next_cursor


class ListPromotions(Input):
    promotion_id: Id | None = None  # this one alone
    state: Literal["ACTIVE", "ENDED"] | None = None
    cursor: Cursor | None = None
    limit: Limit = 20


class Promotion(Output):
    promotion_id: str
    version: int  # to be sent back with a change
    kind: str
    title: str
    offer: str  # 满300.00减50.00, 第二件半价
    document: dict[str, Any]  # as it was saved: the fields of its kind
    state: str
    starts_at: datetime
    ends_at: datetime


class Promotions(Output):
    items: list[Promotion]
    next_cursor: str | None


@query("promotions.list_promotions", allow="staff")
def list_promotions(ctx: Ctx, ask: ListPromotions) -> Promotions:
    """Spec F6."""
    rows = _found(ctx, ask)
    items = [Promotion(**row._asdict(), offer=offer_of(row.kind, row.document)) for row in rows]
    return Promotions(items=items, next_cursor=None if ask.promotion_id else next_cursor(
        rows, ask.limit, lambda last: last.promotion_id))


def _found(ctx: Ctx, ask: ListPromotions) -> list[Any]:
    if ask.promotion_id:
        row = store.one(ctx.tx, ask.promotion_id, ctx.seller_id)
        return [row] if row and ask.state in (None, row.state) else []
    return store.listed(ctx.tx, ctx.seller_id, ask.limit, last_id(ask.cursor), ask.state)
