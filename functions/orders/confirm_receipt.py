"""The buyer has the goods (确认收货)."""

from mall.app import Ctx, Id, Input, Output, command, harmless
from mall.flows.fulfilment import receive as flow


class ConfirmReceipt(Input):
    order_no: Id


class ReceiptConfirmed(Output):
    order_no: str
    state: str


@command("orders.confirm_receipt", allow="member", repeat=harmless("received once"))
def confirm_receipt(ctx: Ctx, cmd: ConfirmReceipt) -> ReceiptConfirmed:
    """Spec E4. Raises OrderNotFound, IllegalMove unless it was shipped."""
    state = flow.receive_own(ctx.tx, cmd.order_no, ctx.settings, member_id=ctx.me.member_id, actor=ctx.actor,
                             now=ctx.now)
    return ReceiptConfirmed(order_no=cmd.order_no, state=state)
