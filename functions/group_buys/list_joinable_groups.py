"""Groups of a product that wait for people (可参加的团): those nearest to success first."""

from datetime import datetime

from mall.app import Ctx, Id, Input, Limit, Output, query
from mall.domains.group_buys import rules, store


class ListJoinableGroups(Input):
    spu_id: Id
    limit: Limit = 10


class JoinableGroup(Output):
    group_id: str
    group_buy_id: str
    leader_nickname: str  # masked: 小*
    leader_avatar_url: str | None
    headline: str
    size: int
    missing: int  # people who still have to pay
    seats_left: int
    expires_at: datetime
    am_in: bool  # these come last


class JoinableGroups(Output):
    items: list[JoinableGroup]
    has_more: bool  # others wait too: those shown are the nearest to success


@query("group_buys.list_joinable_groups", allow="anyone")
def list_joinable_groups(ctx: Ctx, ask: ListJoinableGroups) -> JoinableGroups:
    """Spec F1, E13. Not full, not over, somebody in it has paid, and its seller is not suspended."""
    rows = store.list_joinable(ctx.tx, ask.spu_id, ctx.me.member_id if ctx.me else "", ctx.now,
                               ask.limit + 1)
    return JoinableGroups(items=[
        JoinableGroup(**row._asdict(), leader_nickname=rules.masked(row.nickname),
                      leader_avatar_url=ctx.store.small(row.avatar_url), headline=rules.headline(row, ctx.now),
                      missing=row.size - row.seats_paid,
                      seats_left=row.size - row.seats_taken, am_in=bool(row.i_am_in))
        for row in rows[:ask.limit]
    ], has_more=len(rows) > ask.limit)
