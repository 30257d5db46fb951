"""Hand over a pick-up order at the store (自提核销): its code works once."""

from typing import Annotated

from mall.app import Ctx, Input, Output, PickupCode, command, in_form, seen
from mall.domains.fulfilment.rules import pickup_code_of
from mall.domains.orders import store as orders
from mall.flows.trade import order_pages
from mall.flows.fulfilment import ship as flow
from mall.flows.trade.order_pages import PersonView


class CheckOffPickup(Input):
    code: Annotated[PickupCode, in_form(pickup_code_of)]


class Goods(Output):
    title: str
    spec_values: list[str]
    quantity: int  # less what was refunded


class PickedUp(Output):
    order_no: str
    goods: list[Goods]  # what to hand over
    buyer_note: str
    person: PersonView | None  # who was to come, masked; orders of before were not asked


@command("fulfilment.check_off_pickup", allow="staff", repeat=seen("code"), sealed_answer=True)
def check_off_pickup(ctx: Ctx, cmd: CheckOffPickup) -> PickedUp:
    """Spec E2, G4. Raises WrongPickupCode for a wrong, a used, and another seller's code alike, CodesShort
    where a virtual line still lacks its codes."""
    order, lines = flow.hand_over(ctx.tx, cmd.code, ctx.settings, seller_id=ctx.seller_id, actor=ctx.actor,
                                  now=ctx.now)
    ctx.noted |= {"order_no": order.order_no}
    goods = [Goods(title=line.title, spec_values=line.spec_values, quantity=line.quantity - line.refunded_quantity)
             for line in lines if line.quantity > line.refunded_quantity]
    person = order_pages.person(orders.find(ctx.tx, order.order_no), masked=True)
    return PickedUp(order_no=order.order_no, goods=goods, buyer_note=order.buyer_note, person=person)
