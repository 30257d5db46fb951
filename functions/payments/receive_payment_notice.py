"""WeChat Pay tells that a payment succeeded (支付通知), or that something became of a share (分账动账通知)."""

from mall.app import Ctx, webhook
from mall.flows.trade import notices


@webhook("payments.receive_payment_notice", path="/webhooks/wechat-pay/payment", uses=["wechat_pay"])
def receive_payment_notice(ctx: Ctx) -> None:
    """Spec E5. The signature is checked over the raw bytes, then merchant, app, currency and amount; a
    repetition changes nothing. One of profit sharing (E7) only makes us ask WeChat about that share. Raises
    NoticeRejected, NotOurs, PaymentNotFound, OutcomeUnknown: WeChat then sends again."""
    notices.receive_payment(ctx)
