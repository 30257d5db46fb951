"""Close a buyer's unpaid order (关闭订单) from the order desk."""

from mall.app import Ctx, Id, Input, Output, Title, TwoPeople, harmless, remote
from mall.domains.orders import store as orders
from mall.domains.orders.rules import CloseReason, OrderNotFound
from mall.domains.payments.rules import PaymentUnderWay
from mall.flows.trade import close_order as flow
from mall.flows.trade import given_away
from mall.kit.scope import own


class CloseOrder(Input):
    order_no: Id
    reason: Title


class OrderClosed(Output):
    order_no: str
    state: str


@remote("orders.close_order", allow="staff", repeat=harmless("closes once"), uses=["wechat_pay"],
        audits_itself=True, two_people=TwoPeople("REFUND", given_away.parts_back))
def close_order(ctx: Ctx, cmd: CloseOrder) -> OrderClosed:
    """Spec E11. As the buyer's cancel; a paid order is refunded instead. Raises OrderNotFound, PaymentUnderWay."""
    own(ctx.read(orders.find, cmd.order_no), ctx.seller_id, OrderNotFound())
    if flow.close(ctx, cmd.order_no, CloseReason.STAFF, note=cmd.reason) == flow.BUSY:
        raise PaymentUnderWay()
    return OrderClosed(order_no=cmd.order_no, state=ctx.read(orders.find, cmd.order_no).state)
