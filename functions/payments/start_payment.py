"""Start paying an order (发起支付): a prepay at WeChat under our own number, for JSAPI, Native or H5."""

from datetime import datetime
from typing import Literal

from mall.app import Ctx, Id, Input, Output, harmless, remote
from mall.flows.trade import start_payment as flow


class StartPayment(Input):
    order_no: Id
    channel: Literal["jsapi", "native", "h5"] = "jsapi"


class PaymentStarted(Output):
    payment_no: str
    amount_fen: int
    expires_at: datetime
    request_payment: dict[str, str] | None  # for wx.requestPayment; in a page of the service account, WeixinJSBridge
    code_url: str | None  # to be shown as a QR code
    h5_url: str | None  # to be opened in the browser


@remote("payments.start_payment", allow="member", repeat=harmless("an order has one payment that can be paid"),
        uses=["wechat_pay"])
def start_payment(ctx: Ctx, cmd: StartPayment) -> PaymentStarted:
    """Spec E5. Asking again gives the same payment; another channel or amount closes the old one first.
    Raises OrderNotFound, NothingToPay, OrderLapsed, PaymentUnderWay, OutcomeUnknown (ask again)."""
    return PaymentStarted(**flow.answer(ctx, flow.start(ctx, cmd.order_no, cmd.channel)))
