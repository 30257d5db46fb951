"""One order at the merchant's desk (商家订单详情), its receiver and its delivered codes masked until opened."""

from datetime import datetime

from mall.app import Ctx, Id, Input, Output, query
from mall.domains.orders import store as orders
from mall.domains.orders.rules import OrderNotFound
from mall.flows.goods import virtual_codes
from mall.flows.trade import order_buttons, order_pages
from mall.flows.trade.order_pages import AddressView, OrderView, PersonView, ProposedParcel
from mall.kit.scope import own


class ViewOrder(Input):
    order_no: Id


class StaffNote(Output):
    note: str
    written_by: str
    created_at: datetime


class MaskedCodes(Output):
    line_id: str
    codes: list[str]  # ****AB12


class OrderAtDesk(Output):
    order: OrderView
    member_id: str
    payment_no: str | None
    address: AddressView | None  # masked: 张**, 138****0000; orders.open_receiver shows it
    person: PersonView | None  # who comes for a pick-up, masked
    to_ship: list[ProposedParcel]  # what of it may go out together, by warehouse
    delivered_codes: list[MaskedCodes]  # the buyer's own
    staff_notes: list[StaffNote]  # the newest first
    seconds_left_to_pay: int | None
    buttons: list[str]  # the actions open to staff now


@query("orders.view_order", allow="staff")
def view_order(ctx: Ctx, ask: ViewOrder) -> OrderAtDesk:
    """Spec E11. The pick-up code is not shown: it is the buyer's to show. Raises OrderNotFound, also for another
    seller's."""
    order, lines, view = order_pages.page(ctx.tx, ask.order_no, ctx.now, ctx.store)
    own(order, ctx.seller_id, OrderNotFound())
    return OrderAtDesk(
        order=view, member_id=order.member_id, payment_no=order.payment_no,
        address=order_pages.masked_address(order), person=order_pages.person(order, masked=True),
        to_ship=order_pages.proposed(ctx.tx, ctx.seller_id, [order]).get(order.order_no, []),
        delivered_codes=[MaskedCodes(line_id=line_id, codes=codes) for line_id, codes in
                         virtual_codes.of_lines(ctx.tx, ask.order_no, lines, masked=True).items()],
        staff_notes=[StaffNote.model_validate(row, from_attributes=True) for row in orders.notes(ctx.tx, ask.order_no)],
        seconds_left_to_pay=order_pages.seconds_left(order, ctx.now),
        buttons=order_buttons.for_staff(order, view.instalments))
