"""The shop's coupon templates (优惠券管理): what each gives and how many are claimed, the newest first."""

from datetime import datetime
from typing import Any, Literal

from mall.app import Ctx, Cursor, Input, Limit, Output, query
from mall.domains.coupons import rules, store
from mall.kit.page import last_id, next_cursor


class ListCouponTemplates(Input):
    state: Literal["ACTIVE", "ENDED"] | None = None
    cursor: Cursor | None = None
    limit: Limit = 20


class CouponTemplate(Output):
    template_id: str
    version: int  # to be sent back with a change
    kind: str
    title: str
    offer: str  # as the buyer reads it
    terms: dict[str, Any]
    channel: str
    quota: int
    claimed: int
    per_member: int
    claim_from: datetime
    claim_until: datetime
    valid_from: datetime | None
    valid_until: datetime | None
    valid_days: int | None
    state: str
    created_at: datetime


class CouponTemplates(Output):
    items: list[CouponTemplate]
    next_cursor: str | None


@query("coupons.list_coupon_templates", allow="staff")
def list_coupon_templates(ctx: Ctx, ask: ListCouponTemplates) -> CouponTemplates:
    """Spec D4."""
    states = [ask.state] if ask.state else [state.value for state in rules.TemplateState]
    rows = store.list_templates(ctx.tx, ctx.seller_id, states, before=last_id(ask.cursor, "~"),
                                limit=ask.limit)
    items = [CouponTemplate(**row._asdict(), terms=row.document, offer=rules.offer_of(row.kind, row.document))
             for row in rows]
    return CouponTemplates(items=items,
                           next_cursor=next_cursor(rows, ask.limit, lambda last: last.template_id))
