"""Ship up to a hundred parcels (批量发货), of whole orders or of parts (拆单发货): each tells whether it went out, and
why not."""

from typing import Annotated

from mall.app import Ctx, Id, Input, Key, Name, Output, Quantity, command, harmless, in_form
from mall.domains.fulfilment.rules import tracking_no_of
from mall.flows.fulfilment import ship as flow
from mall.kit.bounds import MAX_LINES
from pydantic import Field


class Pieces(Input):
    line_id: Id
    quantity: Quantity


class Parcel(Input):
    order_no: Id
    carrier: Name | None = None  # WeChat's id, see fulfilment.list_carriers; none for virtual goods
    tracking_no: Annotated[Key, in_form(tracking_no_of)] | None = None
    lines: list[Pieces] | None = Field(default=None, min_length=1, max_length=MAX_LINES)  # none: all that is owed


class ShipOrders(Input):
    parcels: list[Parcel] = Field(min_length=1, max_length=100)


class Outcome(Output):
    order_no: str
    shipped: bool
    code: str | None  # of the refusal
    message: str | None


class OrdersShipped(Output):
    shipped: int  # parcels
    outcomes: list[Outcome]  # in the order of the parcels


@command("fulfilment.ship_orders", allow="staff", repeat=harmless("a parcel's number goes out once of an order"))
def ship_orders(ctx: Ctx, cmd: ShipOrders) -> OrdersShipped:
    """Spec E2, E11, G1. One transaction: all orders are locked, what can be shipped goes out together, the
    others stay as they were. Outcomes: ORDER_NOT_FOUND NOT_TO_SHIP PICKUP_NOT_SHIPPED UNKNOWN_CARRIER
    BAD_TRACKING_NO NOT_SPLIT PARCEL_SENT TOO_MANY_PARCELS LINE_NOT_IN_ORDER MORE_THAN_TO_SHIP CODES_SHORT."""
    parcels = [flow.Parcel(each.order_no, each.carrier, each.tracking_no,
                           tuple((line.line_id, line.quantity) for line in each.lines) if each.lines else None)
               for each in cmd.parcels]
    ctx.noted |= {"order_nos": [parcel.order_no for parcel in parcels]}
    problems = flow.ship(ctx.tx, parcels, seller_id=ctx.seller_id, actor=ctx.actor, now=ctx.now)
    outcomes = [Outcome(order_no=parcel.order_no, shipped=problem is None, code=problem.code if problem else None,
                        message=problem.message if problem else None)
                for parcel, problem in zip(parcels, problems, strict=True)]
    return OrdersShipped(shipped=problems.count(None), outcomes=outcomes)
