"""One group as its page shows it (拼团详情): 还差1人, who is in it (masked), until when, and my part in it."""

from datetime import datetime

from mall.app import Ctx, Id, Input, Output, query
from mall.domains.group_buys import rules, store


class ViewGroup(Input):
    group_id: Id


class GroupMember(Output):
    nickname: str  # masked: 小*
    avatar_url: str | None
    is_leader: bool
    is_me: bool


class GroupView(Output):
    group_id: str
    group_buy_id: str
    spu_id: str
    title: str
    prices: dict[str, int]  # by SKU, fen
    state: str  # FORMING SUCCEEDED FAILED
    headline: str
    size: int
    missing: int  # people who still have to pay
    seats_left: int  # free to join now; a seat held by an unpaid order is not
    expires_at: datetime
    members: list[GroupMember]
    am_in: bool
    my_order_no: str | None
    may_join: bool  # nobody while its seller is suspended


@query("group_buys.view_group", allow="anyone")
def view_group(ctx: Ctx, ask: ViewGroup) -> GroupView:
    """Spec F1. Anyone with the link may look. Raises GroupNotFound."""
    group, seats = store.view(ctx.tx, ask.group_id)
    rules.check_found(group)
    me = ctx.me.member_id if ctx.me else None
    mine = [seat for seat in seats if seat.member_id == me and rules.is_mine_still(seat, group)]
    seats_left = group.size - group.seats_taken
    return GroupView(
        **group._asdict(), headline=rules.headline(group, ctx.now), missing=group.size - group.seats_paid,
        seats_left=seats_left,
        members=[GroupMember(nickname=rules.masked(seat.nickname), avatar_url=ctx.store.small(seat.avatar_url),
                             is_leader=seat.is_leader, is_me=seat.member_id == me)
                 for seat in seats if rules.is_in(seat, group)],
        am_in=bool(mine), my_order_no=mine[-1].order_no if mine else None,
        may_join=rules.is_open(group, ctx.now) and seats_left > 0 and not mine and group.suspended is None,
    )
