"""Cancel an unpaid order (取消订单): closed at WeChat first, then everything it held goes back."""

from mall.app import Ctx, Fen, Id, Input, Line, Output, harmless, remote
from mall.domains.instalments import store as instalments
from mall.domains.instalments.rules import check_agreed
from mall.domains.orders import store as orders
from mall.domains.orders.rules import CloseReason, OrderNotFound, OrderState
from mall.domains.payments.rules import PaymentUnderWay
from mall.flows.trade import close_order as flow


class CancelOrder(Input):
    order_no: Id
    reason: Line = ""
    kept_fen: Fen = 0  # what of its parts stays with the shop, as the buyer was shown it


class OrderCancelled(Output):
    order_no: str
    state: str


@remote("orders.cancel_order", allow="member", repeat=harmless("closes once"), uses=["wechat_pay"])
def cancel_order(ctx: Ctx, cmd: CancelOrder) -> OrderCancelled:
    """Spec E4. A payment that came in between wins: the answer then tells that the order is paid.
    Raises OrderNotFound, PaymentUnderWay, PartsAreKept."""
    order = ctx.read(orders.find, cmd.order_no)
    if order is None or order.member_id != ctx.me.member_id:
        raise OrderNotFound()
    if order.state == OrderState.PART_PAID.value:  # before anything is closed at WeChat
        check_agreed(ctx.read(instalments.of_order, order), cmd.kept_fen)
    if flow.close(ctx, cmd.order_no, CloseReason.BUYER, note=cmd.reason, kept_fen=cmd.kept_fen) == flow.BUSY:
        raise PaymentUnderWay()
    return OrderCancelled(order_no=cmd.order_no, state=ctx.read(orders.find, cmd.order_no).state)
