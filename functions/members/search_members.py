"""Look for members (会员查询): by number, phone or how the nickname begins; by level and joining; who is blocked."""

from mall.app import Ctx, Cursor, Id, Input, Limit, Moment, Name, Output, Phone, TypedId, in_order, query
from mall.domains.members import search
from mall.domains.members.rules import MemberMerged
from mall.domains.members.store import check_not_merged
from mall.flows.people import member_desk
from mall.flows.people.member_desk import MemberRow
from mall.kit.errors import BadInput
from mall.kit.page import last_id, next_cursor
from mall.kit.scope import PlatformOnly, check_platform

ALONE = ("member_id", "phone", "nickname", "blocked")  # each is a list of its own


class SearchMembers(Input):
    """One of member_id, phone, nickname and blocked; or a level and a time of joining, the newest first."""

    member_id: TypedId | None = None
    phone: Phone | None = None  # whole
    nickname: Name | None = None  # how it begins, letter by letter
    blocked: bool = False  # only those who are now, the first to be free first
    level: Id | None = None
    joined_from: Moment | None = None
    joined_until: Moment | None = None  # not included
    cursor: Cursor | None = None
    limit: Limit = 20
    _window = in_order("joined_from", "joined_until")


class FoundMembers(Output):
    items: list[MemberRow]
    next_cursor: str | None


@query("members.search_members", allow="staff", errors=(PlatformOnly, MemberMerged))
def search_members(ctx: Ctx, ask: SearchMembers) -> FoundMembers:
    """Spec A3, A6; phones masked. Raises PlatformOnly; MemberMerged for a number of old; BadInput for two ways of
    looking at once."""
    check_platform(ctx.seller_id)
    given = [name for name, value in ask.model_dump(exclude={"cursor", "limit"}).items() if value]
    if len(given) > 1 and set(given) & set(ALONE):
        raise BadInput("会员编号、手机号、昵称、限制状态每次只能按一项查询", field=next(
            name for name in given if name in ALONE))
    if ask.member_id is not None:
        check_not_merged(ctx.tx, ask.member_id)
    found = search.page(ctx.tx, ask.model_dump(), last_id(ask.cursor), ask.limit, ctx.now)
    return FoundMembers(items=[member_desk.row(each, ctx.settings, ctx.now) for each in found],
                        next_cursor=next_cursor(found, ask.limit, lambda last: last.member_id))
