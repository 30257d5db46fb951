"""One member's points and their entries (会员积分), for the staff who answer questions about them."""

from mall.app import Ctx, Cursor, Id, Input, Limit, Output, query
from mall.domains.members.rules import MemberMerged
from mall.domains.members.store import check_not_merged
from mall.domains.points import rules, store
from mall.flows.money import point_pages
from mall.flows.money.point_pages import Expiring, PointEntry
from mall.kit.scope import PlatformOnly, check_platform


class ShowMemberPoints(Input):
    member_id: Id
    cursor: Cursor | None = None
    limit: Limit = 20


class MemberPoints(Output):
    points: int  # free to be spent
    held: int  # set aside for orders that are not paid yet
    debt: int
    expiring: list[Expiring]  # the twenty lots that expire first
    items: list[PointEntry]
    next_cursor: str | None


@query("points.show_member_points", allow="staff", errors=(PlatformOnly, MemberMerged, rules.MemberNotFound))
def show_member_points(ctx: Ctx, ask: ShowMemberPoints) -> MemberPoints:
    """Spec A4. Points belong to the platform. Raises PlatformOnly, MemberMerged, MemberNotFound."""
    check_platform(ctx.seller_id)
    check_not_merged(ctx.tx, ask.member_id)
    if not store.is_member(ctx.tx, ask.member_id):
        raise rules.MemberNotFound(field="member_id")
    found = point_pages.page(ctx.tx, ask.member_id, ask.cursor, ask.limit, ctx.now)
    return MemberPoints(points=found.free, held=found.held, debt=found.debt, expiring=found.expiring,
                        items=found.items, next_cursor=found.next_cursor)
