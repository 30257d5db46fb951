"""What the freight of my order would be to another address of my book (修改地址运费试算), before I change it."""

from mall.app import Ctx, Id, Input, Output, query
from mall.domains.members import rules as members
from mall.domains.members import store as book
from mall.domains.orders.rules import RECEIVER
from mall.flows.trade import change_address as flow


class QuoteAddress(Input):
    order_no: Id
    address_id: Id


class AddressQuoted(Output):
    order_no: str
    version: int  # of the address of the order, for orders.change_address
    freight_before_fen: int  # by the templates of today, to the old address and to the new one
    freight_after_fen: int
    difference_fen: int  # for orders.change_address, as `seen_difference_fen`
    may_change: bool  # false: it would be dearer, which only the shop may change


@query("orders.quote_address", allow="member")
def quote_address(ctx: Ctx, ask: QuoteAddress) -> AddressQuoted:
    """Spec A2, E11. Nothing is written. Raises OrderNotFound, NotFound, AddressFixed, NotDeliverable."""
    chosen = members.pick(book.list_addresses(ctx.tx, ctx.me.member_id), ask.address_id)
    address = {name: getattr(chosen, name) for name in RECEIVER}
    told = flow.quote(ctx.tx, ask.order_no, lambda order: order.member_id == ctx.me.member_id, lambda before: address,
                      ctx.settings, ctx.now)
    return AddressQuoted(order_no=ask.order_no, version=told.version, freight_before_fen=told.freight_before_fen,
                         freight_after_fen=told.freight_after_fen, difference_fen=told.difference_fen,
                         may_change=told.difference_fen <= 0)
