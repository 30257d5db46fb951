"""Take back a parcel that did not go out after all (撤回包裹), before it was received; its pieces are to be shipped."""

from typing import Annotated

from mall.app import Ctx, Id, Input, Key, Output, command, in_form, seen
from mall.domains.fulfilment.rules import tracking_no_of
from mall.flows.fulfilment import correct_parcel as flow


class WithdrawParcel(Input):
    order_no: Id
    tracking_no: Annotated[Key, in_form(tracking_no_of)]  # the one that it has now


class ParcelWithdrawn(Output):
    order_no: str
    state: str  # of the order: TO_SHIP, or SHIPPED where nothing of the parcel is owed any more
    wechat: str  # TOLD: with what goes out instead; NOT_NEEDED; USED_UP: it takes one correction, and had it


@command("fulfilment.withdraw_parcel", allow="staff", repeat=seen("tracking_no"))
def withdraw_parcel(ctx: Ctx, cmd: WithdrawParcel) -> ParcelWithdrawn:
    """Spec E2, E11, G3. Pieces that were refunded while the parcel was on its way are back in stock. Raises
    OrderNotFound, NotOnItsWay, ParcelNotFound."""
    done = flow.withdraw(ctx.tx, cmd.order_no, cmd.tracking_no, seller_id=ctx.seller_id, actor=ctx.actor, now=ctx.now)
    ctx.audit(before={"state": done.before, "tracking_no": cmd.tracking_no},
              after={"state": done.state, "tracking_no": None})
    return ParcelWithdrawn(order_no=cmd.order_no, state=done.state, wechat=done.wechat)
