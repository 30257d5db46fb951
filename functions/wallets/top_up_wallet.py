"""Top the wallet up (储值充值): a payment of its own at WeChat, credited when it has arrived."""

from datetime import datetime
from typing import Literal

from mall.app import Ctx, Input, Output, PositiveFen, remote
from mall.domains.wallets.rules import StoredValueOff, TopUpOutOfBounds, TopUpStopped, WalletFull
from mall.flows import start_payment, top_up
from mall.kit.errors import BadInput


class TopUpWallet(Input):
    amount_fen: PositiveFen
    channel: Literal["jsapi", "native", "h5"] = "jsapi"


class TopUpStarted(Output):
    payment_no: str
    amount_fen: int
    expires_at: datetime
    request_payment: dict[str, str] | None  # for wx.requestPayment
    code_url: str | None  # to be shown as a QR code
    h5_url: str | None  # to be opened in the browser


@remote("wallets.top_up_wallet", allow="member", uses=["wechat_pay"],
        errors=(StoredValueOff, TopUpStopped, TopUpOutOfBounds, WalletFull))
def top_up_wallet(ctx: Ctx, cmd: TopUpWallet) -> TopUpStarted:
    """Spec E8, E5. Asking again gives the same payment; another amount or channel closes the old one first. Raises
    StoredValueOff, TopUpStopped, TopUpOutOfBounds, WalletFull, NothingToPay (the one before was just paid: look at
    the wallet), PaymentUnderWay, OutcomeUnknown (ask again)."""
    if cmd.channel == "jsapi" and not ctx.me.openid:
        raise BadInput("请在微信中打开后支付", field="channel")
    payment = top_up.start(ctx, cmd.amount_fen, cmd.channel)
    return TopUpStarted(
        payment_no=payment.payment_no, amount_fen=payment.amount_fen, expires_at=payment.expires_at,
        request_payment=start_payment.for_client(ctx, payment), code_url=payment.code_url, h5_url=payment.h5_url)
