"""One order of the buyer's own (订单详情), all of its page in one call."""

from mall.app import Ctx, Id, Input, Output, query
from mall.domains.orders.rules import OrderNotFound, OrderState
from mall.flows.goods import virtual_codes
from mall.flows.trade import checkout_pages, order_buttons, order_pages, part_pages
from mall.flows.trade.order_pages import AddressView, OrderView, PersonView


class GetOrder(Input):
    order_no: Id


class DeliveredCodes(Output):
    line_id: str
    codes: list[str]  # of virtual goods


class OrderDetail(Output):
    order: OrderView
    checkout: list[checkout_pages.Sister]  # all orders that were placed together with it, itself too
    address: AddressView | None  # the phone masked: 138****0000
    person: PersonView | None  # who comes for a pick-up, the phone masked
    pickup_code: str | None  # while the goods wait at the store
    pickup_store: str | None
    delivered_codes: list[DeliveredCodes]
    seconds_left_to_pay: int | None  # of one that is to be paid, or of the part that is due
    buttons: list[str]  # the actions open to the buyer now


@query("orders.get_order", allow="member")
def get_order(ctx: Ctx, ask: GetOrder) -> OrderDetail:
    """Spec E1 to E4. Raises OrderNotFound, also for somebody else's."""
    order, lines, view = order_pages.page(ctx.tx, ask.order_no, ctx.now, ctx.store)
    if order is None or order.member_id != ctx.me.member_id:
        raise OrderNotFound()
    settings = ctx.settings_of(order.seller_id)
    waits_at_store = order.pickup_code is not None and order.state == OrderState.TO_SHIP.value
    return OrderDetail(
        order=view, checkout=checkout_pages.sisters(ctx.tx, order, ctx.settings.shop_name),
        address=order_pages.own_address(order),
        person=order_pages.own_person(order), pickup_code=order.pickup_code if waits_at_store else None,
        pickup_store=settings.pickup_store if waits_at_store else None,
        delivered_codes=[DeliveredCodes(line_id=line_id, codes=codes)
                         for line_id, codes in virtual_codes.of_lines(ctx.tx, ask.order_no, lines).items()],
        seconds_left_to_pay=order_pages.seconds_left(order, ctx.now),
        buttons=order_buttons.for_buyer(order, settings, can_pay=part_pages.can_pay(view.instalments)))
