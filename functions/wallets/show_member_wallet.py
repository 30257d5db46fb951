"""One member's stored value and its entries (会员余额), for the staff who answer questions about it."""

from mall.app import Ctx, Cursor, Id, Input, Limit, Output, query
from mall.domains.members.rules import MemberMerged, MemberNotFound
from mall.domains.members.store import check_not_merged
from mall.domains.wallets import rules, store
from mall.flows.money import wallet_pages
from mall.flows.money.wallet_pages import WalletEntry
from mall.kit.scope import PlatformOnly, check_platform


class ShowMemberWallet(Input):
    member_id: Id
    cursor: Cursor | None = None
    limit: Limit = 20


class MemberWallet(Output):
    balance_fen: int  # free to be spent
    held_fen: int  # set aside for orders that are not paid yet
    items: list[WalletEntry]
    next_cursor: str | None


@query("wallets.show_member_wallet", allow="staff",
       errors=(PlatformOnly, MemberMerged, rules.StoredValueOff, MemberNotFound))
def show_member_wallet(ctx: Ctx, ask: ShowMemberWallet) -> MemberWallet:
    """Spec E8. Stored value belongs to the platform. Raises PlatformOnly, MemberMerged, StoredValueOff,
    MemberNotFound."""
    check_platform(ctx.seller_id)
    check_not_merged(ctx.tx, ask.member_id)
    rules.check_on(ctx.settings.stored_value_licence)
    if not store.is_member(ctx.tx, ask.member_id):
        raise MemberNotFound(field="member_id")
    owed = store.owed(ctx.tx, ask.member_id)
    items, next_cursor = wallet_pages.page(ctx.tx, ask.member_id, ask.cursor, ask.limit)
    return MemberWallet(balance_fen=owed.free_fen, held_fen=owed.held_fen, items=items, next_cursor=next_cursor)
