"""Orders that wait for shipping or pick-up (待发货列表), the oldest first."""

from datetime import datetime
from typing import Literal

from mall.app import Ctx, Cursor, Input, Limit, Output, query
from mall.domains.orders import store as orders
from mall.flows import order_pages
from mall.flows.order_pages import AddressView, RowView
from mall.kit.page import decode_cursor, encode_cursor


class ListToShip(Input):
    delivery: Literal["EXPRESS", "PICKUP", "VIRTUAL"] = "EXPRESS"  # VIRTUAL: paid while codes were short
    cursor: Cursor | None = None
    limit: Limit = 20


class ToShip(Output):
    order: RowView
    paid_at: datetime
    address: AddressView | None  # the phone masked; orders.view_order shows it
    buyer_note: str
    staff_note: str


class ToShipPage(Output):
    items: list[ToShip]
    next_cursor: str | None


@query("fulfilment.list_to_ship", allow="staff")
def list_to_ship(ctx: Ctx, ask: ListToShip) -> ToShipPage:
    """Spec E2."""
    position = decode_cursor(ask.cursor, (str,))
    found = orders.page_to_ship(ctx.tx, ctx.seller_id, ask.delivery, position[0] if position else None, ask.limit)
    items = [ToShip(order=view, paid_at=order.paid_at, address=order_pages.address(order, masked=True),
                    buyer_note=order.buyer_note, staff_note=order.staff_note)
             for order, view in zip(found, order_pages.rows(ctx.tx, found), strict=True)]
    full = len(found) == ask.limit
    return ToShipPage(items=items, next_cursor=encode_cursor(found[-1].order_no) if full else None)
