"""All of one member on one page (会员详情): standing, value, orders, consents, sign-ins, blocks; masked."""

from mall.app import Ctx, Id, Input, Output, query
from mall.domains.members.rules import MemberMerged, MemberNotFound
from mall.domains.members.store import check_not_merged
from mall.flows.people import member_desk
from mall.flows.people.member_desk import Account, Bought, Consent, MaskedAddress, MemberRow, PastBlock
from mall.flows.people.member_pages import Membership
from mall.kit.scope import PlatformOnly, check_platform


class ShowMember(Input):
    member_id: Id


class ShownMember(Output):
    member: MemberRow
    membership: Membership
    points: int  # free to be spent
    points_debt: int  # that the next ones pay
    balance_fen: int | None  # stored value free to be spent; None while the shop has none
    usable_coupons: int
    bought: Bought
    addresses: list[MaskedAddress]
    consents: list[Consent]  # how many messages of each template they still allow
    accounts: list[Account]  # at WeChat, by which they sign in
    blocks: list[PastBlock]  # the last twenty
    has_more_blocks: bool  # there were others before


@query("members.show_member", allow="staff", errors=(PlatformOnly, MemberMerged, MemberNotFound))
def show_member(ctx: Ctx, ask: ShowMember) -> ShownMember:
    """Spec A3, A6. Orders are counted and summed up of the last thousand. Raises PlatformOnly, MemberMerged,
    MemberNotFound."""
    check_platform(ctx.seller_id)
    check_not_merged(ctx.tx, ask.member_id)
    return ShownMember(**member_desk.one(ctx.tx, ask.member_id, ctx.settings, ctx.now))
