"""Get an order back that was not shipped, decided at once for those the shop trusts (极速退款)."""

from mall.app import Ctx, Id, Input, Output, Title, command, seen
from mall.flows.trade import flash_refund


class RequestFlashRefund(Input):
    order_no: Id
    reason: Title = "不想要了"


class FlashRefundDecided(Output):
    refund_no: str | None
    amount_fen: int


@command("refunds.request_flash_refund", allow="member", repeat=seen("order_no"))
def request_flash_refund(ctx: Ctx, cmd: RequestFlashRefund) -> FlashRefundDecided:
    """Spec E6. All that is left of it goes back, within the limits of the order's seller; the money is sent by
    `refunds.send_due_refunds`. Raises OrderNotFound, IllegalMove for one that is not waiting to be shipped,
    FlashRefundRefused with the reason."""
    refund_no, decided = flash_refund.request(
        ctx.tx, cmd.order_no, member_id=ctx.me.member_id, reason=cmd.reason, settings_of=ctx.settings_of,
        actor=ctx.actor, now=ctx.now)
    return FlashRefundDecided(refund_no=refund_no, amount_fen=decided.amount_fen)
