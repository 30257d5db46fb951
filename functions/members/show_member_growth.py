"""One member's level, its history and growth value (会员等级与成长值), for the staff who answer questions about it."""

from datetime import datetime

from mall.app import Ctx, Cursor, Id, Input, Limit, Output, query
from mall.domains.members.rules import MemberMerged, MemberNotFound
from mall.domains.members.store import check_not_merged
from mall.flows.people import member_pages
from mall.flows.people.member_pages import GrowthEntry, Membership
from mall.kit.scope import PlatformOnly, check_platform


class ShowMemberGrowth(Input):
    member_id: Id
    cursor: Cursor | None = None
    limit: Limit = 20


class LevelChange(Output):
    from_level: str
    to_level: str
    reason: str  # GROWTH YEARLY_REVIEW
    total: int  # growth value in all, when it was decided
    in_year: int  # and of the membership year that decided
    order_no: str | None  # whose receipt brought it
    actor: str
    created_at: datetime


class MemberGrowth(Output):
    membership: Membership
    review_at: datetime | None  # of the level; None at the first
    changes: list[LevelChange]  # the last twenty
    has_more_changes: bool  # there were others before
    items: list[GrowthEntry]
    next_cursor: str | None


@query("members.show_member_growth", allow="staff", errors=(PlatformOnly, MemberMerged, MemberNotFound))
def show_member_growth(ctx: Ctx, ask: ShowMemberGrowth) -> MemberGrowth:
    """Spec A3. Members belong to the platform. Raises PlatformOnly, MemberMerged, MemberNotFound."""
    check_platform(ctx.seller_id)
    check_not_merged(ctx.tx, ask.member_id)
    standing, changes, items, next_cursor = member_pages.of_member(ctx.tx, ask.member_id, ask.cursor, ask.limit)
    if standing is None:
        raise MemberNotFound(field="member_id")
    return MemberGrowth(membership=member_pages.membership(standing, ctx.settings, ctx.now),
                        review_at=standing.review_at,
                        changes=[LevelChange.model_validate(row, from_attributes=True)
                                 for row in changes[:member_pages.CHANGES]],
                        has_more_changes=len(changes) > member_pages.CHANGES,
                        items=items, next_cursor=next_cursor)
