"""The buyer's stored value (储值余额): what is free to be spent, and what may be topped up."""

from mall.app import Ctx, Nothing, Output, query
from mall.domains.wallets import rules, store


class Wallet(Output):
    balance_fen: int  # free to be spent
    held_fen: int  # set aside for orders that are not paid yet
    takes_top_ups: bool  # false once the merchant's filing has lapsed
    top_up_least_fen: int
    top_up_most_fen: int  # of one top-up now, so that the wallet does not grow too large


@query("wallets.view_wallet", allow="member", errors=(rules.StoredValueOff,))
def view_wallet(ctx: Ctx, ask: Nothing) -> Wallet:
    """Spec E8. Raises StoredValueOff."""
    settings = ctx.settings
    rules.check_on(settings.stored_value_licence)
    owed = store.owed(ctx.tx, ctx.me.member_id)
    room_fen = max(0, settings.wallet_most_fen - owed.free_fen - owed.held_fen)
    return Wallet(balance_fen=owed.free_fen, held_fen=owed.held_fen,
                  takes_top_ups=rules.takes_top_ups(settings.stored_value_licence, ctx.now),
                  top_up_least_fen=settings.top_up_least_fen, top_up_most_fen=min(settings.top_up_most_fen, room_fen))
