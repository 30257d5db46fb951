"""Send my order to another address of my book before it is shipped (修改收货地址); the new freight is told first."""

from typing import Annotated

from mall.app import Ctx, Id, Input, Output, Version, command, seen
from mall.domains.members import rules as members
from mall.domains.members import store as book
from mall.domains.orders.rules import RECEIVER
from mall.flows.trade import change_address as flow
from mall.kit.bounds import MAX_FEN
from pydantic import Field

Difference = Annotated[int, Field(ge=-MAX_FEN, le=MAX_FEN)]


class ChangeAddress(Input):
    order_no: Id
    address_id: Id
    version: Version  # of the address of the order: orders.get_order
    seen_difference_fen: Difference = 0  # of the freight; another one is told (FREIGHT_DIFFERS) and not taken


class AddressChanged(Output):
    order_no: str
    version: int
    freight_before_fen: int  # by the templates of today, to the old address and to the new one
    freight_after_fen: int


@command("orders.change_address", allow="member", repeat=seen("version"))
def change_address(ctx: Ctx, cmd: ChangeAddress) -> AddressChanged:
    """Spec A2. Nothing is charged and nothing paid back; what would be dearer only the shop may change. Raises
    OrderNotFound, NotFound, AddressFixed, AddressChanged, NotDeliverable, FreightDiffers, FreightWouldRise."""
    chosen = members.pick(book.list_addresses(ctx.tx, ctx.me.member_id), cmd.address_id)
    address = {name: getattr(chosen, name) for name in RECEIVER}
    wanted = flow.Wanted(cmd.version, cmd.seen_difference_fen, may_rise=False)
    done = flow.change(ctx.tx, cmd.order_no, lambda order: order.member_id == ctx.me.member_id, lambda before: address,
                       wanted, ctx.settings, actor=ctx.actor, now=ctx.now)
    return AddressChanged(order_no=cmd.order_no, version=done.version, freight_before_fen=done.freight_before_fen,
                          freight_after_fen=done.freight_after_fen)
