"""One seller on a page (商家详情): its standing, its staff, what it is owed, who shares in its orders."""

from mall.app import Ctx, Id, Input, Output, query
from mall.flows.money import seller_pages
from mall.flows.money.seller_pages import SellerRow, SharedWith
from mall.kit.scope import PlatformOnly, check_platform


class ShowSeller(Input):
    seller_id: Id


class ShownSeller(Output):
    seller: SellerRow
    staff: int  # accounts that are active
    owed_fen: int  # by the ledger, now; unfinished orders too, the commission not taken off
    receivers: list[SharedWith]  # of profit sharing


@query("sellers.show_seller", allow="staff", errors=(PlatformOnly,))
def show_seller(ctx: Ctx, ask: ShowSeller) -> ShownSeller:
    """Spec E13. Raises PlatformOnly, SellerNotFound."""
    check_platform(ctx.seller_id)
    return ShownSeller(**seller_pages.one(ctx.tx, ask.seller_id))
