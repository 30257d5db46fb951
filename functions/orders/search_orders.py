"""The merchant's order search (订单查询): by order, payment, parcel, receiver, member and goods; receivers masked."""

from typing import Annotated, Literal

from mall.app import (
    Ctx, Cursor, Input, Key, Limit, Moment, Name, Output, Phone, Title, TypedId, TypedSerial, in_form, in_order, query,
)
from mall.domains.fulfilment.rules import tracking_no_of
from mall.domains.members.store import check_not_merged
from mall.domains.orders import desk
from mall.flows.trade import order_buttons, order_pages
from mall.flows.trade.order_pages import AddressView, RowView
from mall.kit.page import encode_cursor, last_id


class SearchOrders(Input):
    order_no: TypedId | None = None
    transaction_id: TypedSerial | None = None  # WeChat's
    payment_no: TypedId | None = None
    tracking_no: Annotated[Key, in_form(tracking_no_of)] | None = None
    name: Name | None = None  # the receiver's, whole; blanks and dots between its parts do not count
    phone: Phone | None = None  # the receiver's, whole
    member_id: TypedId | None = None
    title: Title | None = None  # a part of the goods' title, among five hundred orders at one call
    state: Literal["UNPAID", "PART_PAID", "GROUPING", "TO_SHIP", "SHIPPED", "RECEIVED", "CLOSED"] | None = None
    delivery: Literal["EXPRESS", "PICKUP", "VIRTUAL"] | None = None
    sku_id: TypedId | None = None
    placed_from: Moment | None = None
    placed_until: Moment | None = None  # not included
    cursor: Cursor | None = None
    limit: Limit = 20
    _window = in_order("placed_from", "placed_until")


class FoundOrder(Output):
    order: RowView
    member_id: str
    address: AddressView | None  # masked: 张**, 138****0000; orders.open_receiver shows it
    staff_note: str
    buttons: list[str]


class FoundOrders(Output):
    items: list[FoundOrder]
    next_cursor: str | None  # also behind a page that is not full: the search has not looked at all of them yet


@query("orders.search_orders", allow="staff")
def search_orders(ctx: Ctx, ask: SearchOrders) -> FoundOrders:
    """Spec E11. All that is asked for holds of each. Raises MemberMerged."""
    if ask.member_id:
        check_not_merged(ctx.tx, ask.member_id)
    wanted = ask.model_dump(exclude={"cursor", "limit"})
    found, goes_on_after = desk.search(ctx.tx, ctx.seller_id, wanted, last_id(ask.cursor), ask.limit)
    items = [FoundOrder(order=view, member_id=order.member_id, address=order_pages.masked_address(order),
                        staff_note=order.staff_note, buttons=order_buttons.for_staff(order))
             for order, view in zip(found, order_pages.rows(ctx.tx, found, ctx.now, ctx.store), strict=True)]
    return FoundOrders(items=items, next_cursor=encode_cursor(goes_on_after) if goes_on_after else None)
