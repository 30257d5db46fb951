"""The shop's coupon templates (优惠券管理): what each gives and how many are claimed, the newest first."""

from datetime import datetime
from typing import Any, Literal

from mall.app import Ctx, Cursor, Id, Input, Limit, Output, query
from mall.domains.coupons import rules, store
from mall.kit.page import last_id, next_cursor

COUNTED, COUNTED_OF_ONE = 250, 100_000  # used ones and codes at the most: of each in a list, of one that is asked for


class ListCouponTemplates(Input):
    template_id: Id | None = None  # this one alone
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
    used: int  # by orders that are paid; of a list 250 are counted at the most, of one alone 100,000
    codes: int  # made; counted as `used`
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
    rows = _found(ctx, ask)
    counted = store.count_used(ctx.tx, [row.template_id for row in rows],
                               COUNTED_OF_ONE if ask.template_id else COUNTED)
    items = [CouponTemplate(**row._asdict(), terms=row.document, offer=rules.offer_of(row.kind, row.document),
                            used=counted[row.template_id][0], codes=counted[row.template_id][1]) for row in rows]
    return CouponTemplates(items=items,
                           next_cursor=None if ask.template_id else next_cursor(
                               rows, ask.limit, lambda last: last.template_id))


def _found(ctx: Ctx, ask: ListCouponTemplates) -> list[Any]:
    if ask.template_id:
        return [row for row in store.list_template(ctx.tx, ctx.seller_id, ask.template_id)
                if ask.state in (None, row.state)]
    states = [ask.state] if ask.state else [state.value for state in rules.TemplateState]
    return store.list_templates(ctx.tx, ctx.seller_id, states, before=last_id(ask.cursor, "~"), limit=ask.limit)
