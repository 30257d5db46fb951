"""The claim centre (领券中心): coupons that may be claimed now, and how many of each I have and may have."""

from datetime import datetime
from typing import Any

from mall.app import Ctx, Cursor, Input, Limit, Output, query
from mall.domains.coupons import rules, store
from mall.kit.page import last_id, next_cursor


class ListClaimableCoupons(Input):
    cursor: Cursor | None = None
    limit: Limit = 20


class ClaimableCoupon(Output):
    template_id: str
    kind: str
    title: str
    offer: str
    terms: dict[str, Any]
    left: int  # of the quota
    mine: int  # how many I claimed
    may_claim: int  # how many more I may claim now
    claim_until: datetime
    valid_from: datetime | None
    valid_until: datetime | None
    valid_days: int | None


class ClaimableCoupons(Output):
    items: list[ClaimableCoupon]
    next_cursor: str | None


@query("coupons.list_claimable_coupons", allow="anyone")
def list_claimable_coupons(ctx: Ctx, ask: ListClaimableCoupons) -> ClaimableCoupons:
    """Spec D4. A visitor sees the centre, too; one that is gone stays, with nothing left."""
    rows = store.list_claimable(ctx.tx, ctx.me.member_id if ctx.me else "", ctx.now,
                                before=last_id(ask.cursor, "~"), limit=ask.limit)
    return ClaimableCoupons(items=[_shown(row) for row in rows],
                            next_cursor=next_cursor(rows, ask.limit, lambda last: last.template_id))


def _shown(row: Any) -> ClaimableCoupon:
    left = row.quota - row.claimed
    return ClaimableCoupon(**row._asdict(), offer=rules.offer_of(row.kind, row.document), terms=row.document,
                           left=left, may_claim=max(0, min(left, row.per_member - row.mine)))
