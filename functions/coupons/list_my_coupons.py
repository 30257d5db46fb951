"""My coupons (我的优惠券) by tab: usable, used (or bound to an unpaid order), expired."""

from datetime import datetime
from typing import Any, Literal

from mall.app import Ctx, Cursor, Input, Limit, Output, query
from mall.domains.coupons import rules, store
from mall.kit.page import last_id, next_cursor


class ListMyCoupons(Input):
    tab: Literal["usable", "used", "expired"] = "usable"
    cursor: Cursor | None = None
    limit: Limit = 20


class MyCoupon(Output):
    coupon_id: str
    template_id: str
    kind: str
    title: str
    offer: str
    terms: dict[str, Any]
    state: str  # USABLE HELD USED EXPIRED
    order_no: str | None
    valid_from: datetime
    valid_until: datetime
    used_at: datetime | None


class MyCoupons(Output):
    items: list[MyCoupon]
    next_cursor: str | None


@query("coupons.list_my_coupons", allow="member")
def list_my_coupons(ctx: Ctx, ask: ListMyCoupons) -> MyCoupons:
    """Spec D4. Usable ones with the soonest end first, the others with the newest first."""
    rows = store.list_mine(ctx.tx, ctx.me.member_id, ask.tab, ctx.now, after=last_id(ask.cursor, ""),
                           limit=ask.limit)
    return MyCoupons(items=[_shown(row, ask.tab) for row in rows],
                     next_cursor=next_cursor(rows, ask.limit, lambda last: last.coupon_id))


def _shown(row: Any, tab: str) -> MyCoupon:
    shown = row._asdict()
    if tab == "expired":
        shown["state"] = rules.CouponState.EXPIRED.value  # the timer may not have been by yet
    return MyCoupon(**shown, offer=rules.offer_of(row.kind, row.document), terms=row.document)
