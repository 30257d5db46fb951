"""The member centre (会员中心): my level, what is missing to the next, growth value, points, coupons, balance."""

from mall.app import Ctx, Nothing, Output, query
from mall.app.settings import MemberLevel
from mall.flows.people import member_pages
from mall.flows.people.member_pages import GrowthEntry, Membership, MemberPoints


class MemberCenter(Output):
    membership: Membership
    levels: list[MemberLevel]  # all of them, from the first to the highest
    unused_coupons: int
    balance_fen: int | None  # stored value free to be spent; None while the shop has none
    points: MemberPoints
    entries: list[GrowthEntry]  # the last five


@query("members.view_member_center", allow="member")
def view_member_center(ctx: Ctx, ask: Nothing) -> MemberCenter:
    """Spec A3. One round trip."""
    found = member_pages.centre(ctx.tx, ctx.me.member_id, ctx.settings, ctx.now)
    return MemberCenter(membership=found.membership, levels=ctx.settings.member_levels,
                        unused_coupons=found.unused_coupons, balance_fen=found.balance_fen, points=found.points,
                        entries=found.entries)
