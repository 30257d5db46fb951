"""One seller on a page (商家详情): its standing, its staff, what it is owed, who shares in its orders."""

from mall.app import Ctx, Id, Input, Output, query
from mall.flows.goods.private_uploads import PrivateFile, links
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
    licence: PrivateFile | None  # a picture of it, or a PDF, where one was handed in


@query("sellers.show_seller", allow="staff", errors=(PlatformOnly,), uses=["storage"])
def show_seller(ctx: Ctx, ask: ShowSeller) -> ShownSeller:
    """Spec E13. Raises PlatformOnly, SellerNotFound."""
    check_platform(ctx.seller_id)
    shown = seller_pages.one(ctx.tx, ask.seller_id)
    licence_id = shown["seller"].licence_upload_id
    return ShownSeller(**shown, licence=links(ctx, [licence_id]).get(licence_id))
