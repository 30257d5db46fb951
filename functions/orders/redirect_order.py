"""Send a buyer's order to another address before it is shipped (改收货地址), as he asked on the phone."""

from typing import Annotated

from mall.app import Ctx, Id, Input, Name, Output, Phone, Title, Version, command, seen
from mall.domains.members.rules import place_of
from mall.flows.trade import change_address as flow
from mall.kit.bounds import MAX_FEN
from pydantic import Field, StringConstraints

Difference = Annotated[int, Field(ge=-MAX_FEN, le=MAX_FEN)]
District = Annotated[str, StringConstraints(strip_whitespace=True, max_length=64)]


class RedirectOrder(Input):
    order_no: Id
    version: Version  # of the address of the order: orders.view_order
    name: Name | None = None  # absent: as before
    phone: Phone | None = None
    province: Name
    city: Name
    district: District = ""  # of the cities that have none (东莞, 中山 ...)
    detail: Title
    seen_difference_fen: Difference = 0  # of the freight; another one is told (FREIGHT_DIFFERS) and not taken


class OrderRedirected(Output):
    order_no: str
    version: int
    freight_before_fen: int  # by the templates of today, to the old address and to the new one
    freight_after_fen: int


@command("orders.redirect_order", allow="staff", repeat=seen("version"))
def redirect_order(ctx: Ctx, cmd: RedirectOrder) -> OrderRedirected:
    """Spec A2, E11. Nothing is charged and nothing paid back; the shop bears what is dearer. Raises OrderNotFound,
    UnknownDivision, AddressFixed, AddressChanged, NotDeliverable, FreightDiffers."""
    def address(before: dict[str, str]) -> dict[str, str]:
        name, phone = cmd.name or before["name"], cmd.phone or before["phone"]
        return {"name": name, "phone": phone, "detail": cmd.detail,
                **place_of(cmd.province, cmd.city, cmd.district)}

    done = flow.change(ctx.tx, cmd.order_no, lambda order: order.seller_id == ctx.seller_id, address,
                       flow.Wanted(cmd.version, cmd.seen_difference_fen, may_rise=True), ctx.settings,
                       actor=ctx.actor, now=ctx.now)
    return OrderRedirected(order_no=cmd.order_no, version=done.version, freight_before_fen=done.freight_before_fen,
                           freight_after_fen=done.freight_after_fen)
