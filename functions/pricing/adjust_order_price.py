"""Change the price of an order that is not paid yet (改价): goods for less, freight for less or waived."""

from mall.app import Ctx, Fen, Id, Input, Output, Title, TwoPeople, remote, seen
from mall.domains.orders import store as orders
from mall.flows.trade import adjust_price as flow
from mall.flows.trade import given_away
from mall.kit.errors import BadInput


class AdjustOrderPrice(Input):
    order_no: Id
    goods_fen: Fen | None = None  # what all goods together shall cost; absent: as it is
    freight_fen: Fen | None = None  # what the freight shall cost, 0 waives it; absent: as it is
    seen_pay_fen: Fen  # what was to be paid when this was decided: refused when it has changed
    reason: Title


class OrderPriceAdjusted(Output):
    order_no: str
    state: str  # as it was; or paid at once when nothing is left to pay
    goods_fen: int
    freight_fen: int
    pay_fen: int


@remote("pricing.adjust_order_price", allow="staff", repeat=seen("seen_pay_fen"),
        two_people=TwoPeople("PRICE", given_away.price_cut), uses=["wechat_pay"],
        audits_itself=True)
def adjust_order_price(ctx: Ctx, cmd: AdjustOrderPrice) -> OrderPriceAdjusted:
    """Spec E11. Never above what the buyer was offered. A payment under way is closed at WeChat first. Raises
    OrderNotFound, NotUnpaid, OrderLapsed, PriceChanged, AboveOffer, BelowBalance, GroupOver, PaymentUnderWay,
    OutcomeUnknown."""
    if cmd.goods_fen is None and cmd.freight_fen is None:
        raise BadInput("请填写改后的商品金额或运费", field="goods_fen")
    state = flow.adjust(ctx, cmd.order_no, flow.Wanted(cmd.goods_fen, cmd.freight_fen, cmd.seen_pay_fen, cmd.reason))
    order = ctx.read(orders.find, cmd.order_no)
    return OrderPriceAdjusted(order_no=order.order_no, state=state, goods_fen=order.pay_fen - order.freight_fen,
                              freight_fen=order.freight_fen, pay_fen=order.pay_fen)
