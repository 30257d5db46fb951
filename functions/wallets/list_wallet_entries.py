"""What came into the buyer's stored value and went out of it (余额明细), the newest first."""

from mall.app import Ctx, Cursor, Input, Limit, Output, query
from mall.domains.wallets import rules
from mall.flows.money import wallet_pages
from mall.flows.money.wallet_pages import WalletEntry


class ListWalletEntries(Input):
    cursor: Cursor | None = None
    limit: Limit = 20


class WalletEntries(Output):
    items: list[WalletEntry]
    next_cursor: str | None


@query("wallets.list_wallet_entries", allow="member", errors=(rules.StoredValueOff,))
def list_wallet_entries(ctx: Ctx, ask: ListWalletEntries) -> WalletEntries:
    """Spec E8. The amounts of all entries add up to the balance. Raises StoredValueOff."""
    rules.check_on(ctx.settings.stored_value_licence)
    items, next_cursor = wallet_pages.page(ctx.tx, ctx.me.member_id, ask.cursor, ask.limit)
    return WalletEntries(items=items, next_cursor=next_cursor)
