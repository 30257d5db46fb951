"""Look at who receives an order, in full (查看收件人): name, phone and address; who looked is in the audit log."""

from mall.app import Ctx, Id, Input, Output, command, harmless
from mall.domains.orders import store as orders
from mall.domains.orders.rules import OrderNotFound
from mall.flows.trade import order_pages
from mall.flows.trade.order_pages import AddressView, PersonView
from mall.kit.scope import own


class OpenReceiver(Input):
    order_no: Id


class ReceiverOpened(Output):
    order_no: str
    address: AddressView | None  # of a parcel
    person: PersonView | None  # who comes for a pick-up


@command("orders.open_receiver", allow="staff", repeat=harmless("the same look again"), sealed_answer=True)
def open_receiver(ctx: Ctx, cmd: OpenReceiver) -> ReceiverOpened:
    """Spec A6, J4. Lists and pages of the desk show receivers masked; each look is an audit entry with the order's
    number. Raises OrderNotFound, also for another seller's."""
    order = own(orders.find(ctx.tx, cmd.order_no), ctx.seller_id, OrderNotFound())
    ctx.looked_at("receiver", order_no=cmd.order_no)
    return ReceiverOpened(order_no=cmd.order_no, address=order_pages.whole_address(order),
                          person=order_pages.person(order, masked=False))
