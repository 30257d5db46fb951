"""Orders that wait for shipping or pick-up (待发货列表), the oldest first."""

from datetime import datetime
from typing import Literal

from mall.app import Ctx, Cursor, Input, Limit, Output, query
from mall.domains.orders import store as orders
from mall.flows.trade import order_pages
from mall.flows.trade.order_pages import AddressView, PersonView, ProposedParcel, RowView
from mall.kit.page import last_id, next_cursor


class ListToShip(Input):
    delivery: Literal["EXPRESS", "PICKUP", "VIRTUAL"] = "EXPRESS"  # VIRTUAL: paid while codes were short
    cursor: Cursor | None = None
    limit: Limit = 20


class ToShip(Output):
    order: RowView
    parcels: list[ProposedParcel]  # what of it may go out together, by warehouse
    paid_at: datetime
    person: PersonView | None  # who comes for a pick-up, masked
    address: AddressView | None  # masked; orders.open_receiver shows it
    buyer_note: str
    staff_note: str


class ToShipPage(Output):
    items: list[ToShip]
    next_cursor: str | None


@query("fulfilment.list_to_ship", allow="staff")
def list_to_ship(ctx: Ctx, ask: ListToShip) -> ToShipPage:
    """Spec E2, G1."""
    found = orders.page_to_ship(ctx.tx, ctx.seller_id, ask.delivery, last_id(ask.cursor), ask.limit)
    parcels = order_pages.proposed(ctx.tx, ctx.seller_id, found)
    items = [ToShip(order=view, parcels=parcels.get(order.order_no, []), paid_at=order.paid_at,
                    address=order_pages.masked_address(order), person=order_pages.person(order, masked=True),
                    buyer_note=order.buyer_note, staff_note=order.staff_note)
             for order, view in zip(found, order_pages.rows(ctx.tx, found, ctx.now, ctx.store), strict=True)]
    return ToShipPage(items=items, next_cursor=next_cursor(found, ask.limit, lambda last: last.order_no))
