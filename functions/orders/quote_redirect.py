"""What the freight of a buyer's order would be to another place (改地址运费试算), before staff send it there."""

from typing import Annotated

from mall.app import Ctx, Id, Input, Name, Output, query
from mall.domains.members.rules import place_of
from mall.flows.trade import change_address as flow
from pydantic import StringConstraints

District = Annotated[str, StringConstraints(strip_whitespace=True, max_length=64)]


class QuoteRedirect(Input):
    order_no: Id
    province: Name
    city: Name
    district: District = ""  # of the cities that have none (东莞, 中山 ...)


class RedirectQuoted(Output):
    order_no: str
    version: int  # of the address of the order, for orders.redirect_order
    freight_before_fen: int  # by the templates of today, to the old address and to the new one
    freight_after_fen: int
    difference_fen: int  # for orders.redirect_order, as `seen_difference_fen`


@query("orders.quote_redirect", allow="staff")
def quote_redirect(ctx: Ctx, ask: QuoteRedirect) -> RedirectQuoted:
    """Spec A2, E11. Nothing is written. Raises OrderNotFound, UnknownDivision, AddressFixed, NotDeliverable."""
    def address(before: dict[str, str]) -> dict[str, str]:
        return before | place_of(ask.province, ask.city, ask.district)

    told = flow.quote(ctx.tx, ask.order_no, lambda order: order.seller_id == ctx.seller_id, address, ctx.settings,
                      ctx.now)
    return RedirectQuoted(order_no=ask.order_no, version=told.version, freight_before_fen=told.freight_before_fen,
                          freight_after_fen=told.freight_after_fen, difference_fen=told.difference_fen)
