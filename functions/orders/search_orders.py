"""The merchant's order search (订单查询): by number, receiver's phone, state, time and SKU; phones masked."""

from typing import Literal

from mall.app import Ctx, Cursor, Id, Input, Limit, Moment, Output, Phone, in_order, query
from mall.domains.orders import store as orders
from mall.domains.orders.rules import staff_buttons
from mall.flows import order_pages
from mall.flows.order_pages import AddressView, RowView
from mall.kit.page import last_id, next_cursor


class SearchOrders(Input):
    order_no: Id | None = None
    phone: Phone | None = None  # the receiver's, whole
    state: Literal["UNPAID", "GROUPING", "TO_SHIP", "SHIPPED", "RECEIVED", "CLOSED"] | None = None
    delivery: Literal["EXPRESS", "PICKUP", "VIRTUAL"] | None = None
    sku_id: Id | None = None
    placed_from: Moment | None = None
    placed_until: Moment | None = None  # not included
    cursor: Cursor | None = None
    limit: Limit = 20
    _window = in_order("placed_from", "placed_until")


class FoundOrder(Output):
    order: RowView
    member_id: str
    address: AddressView | None  # the phone masked: 138****0000
    staff_note: str
    buttons: list[str]


class FoundOrders(Output):
    items: list[FoundOrder]
    next_cursor: str | None


@query("orders.search_orders", allow="staff")
def search_orders(ctx: Ctx, ask: SearchOrders) -> FoundOrders:
    """Spec E11."""
    wanted = ask.model_dump(exclude={"cursor", "limit"})
    found = orders.search(ctx.tx, ctx.seller_id, wanted, last_id(ask.cursor), ask.limit)
    items = [FoundOrder(order=view, member_id=order.member_id, address=order_pages.address(order, masked=True),
                        staff_note=order.staff_note, buttons=staff_buttons(order.state, order.delivery))
             for order, view in zip(found, order_pages.rows(ctx.tx, found), strict=True)]
    return FoundOrders(items=items, next_cursor=next_cursor(found, ask.limit, lambda last: last.order_no))
