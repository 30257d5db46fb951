"""Top the wallet up (储值充值): a payment of its own at WeChat, credited when it has arrived."""

from datetime import datetime
from typing import Literal

from mall.app import KEY, Ctx, Input, Output, PositiveFen, remote
from mall.domains.wallets.rules import StoredValueOff, TopUpOutOfBounds, TopUpStopped, WalletFull
from mall.flows.trade import start_payment, top_up


class TopUpWallet(Input):
    amount_fen: PositiveFen
    channel: Literal["jsapi", "native", "h5"] = "jsapi"


class TopUpStarted(Output):
    payment_no: str
    amount_fen: int
    expires_at: datetime
    request_payment: dict[str, str] | None  # for wx.requestPayment; in a page of the service account, WeixinJSBridge
    code_url: str | None  # to be shown as a QR code
    h5_url: str | None  # to be opened in the browser


@remote("wallets.top_up_wallet", allow="member", repeat=KEY, uses=["wechat_pay"],
        errors=(StoredValueOff, TopUpStopped, TopUpOutOfBounds, WalletFull))
def top_up_wallet(ctx: Ctx, cmd: TopUpWallet) -> TopUpStarted:
    """Spec E8, E5. Asking again gives the same payment; another amount or channel closes the old one first. Raises
    StoredValueOff, TopUpStopped, TopUpOutOfBounds, WalletFull, NothingToPay (the one before was just paid: look at
    the wallet), PaymentUnderWay, OutcomeUnknown (ask again)."""
    return TopUpStarted(**start_payment.answer(ctx, top_up.start(ctx, cmd.amount_fen, cmd.channel)))
