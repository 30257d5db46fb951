"""WeChat Pay tells how a refund ended (退款通知)."""

from mall.app import Ctx, webhook
from mall.flows.trade import notices


@webhook("refunds.receive_refund_notice", path="/webhooks/wechat-pay/refund", uses=["wechat_pay"])
def receive_refund_notice(ctx: Ctx) -> None:
    """Spec E6. Raises NoticeRejected, NotOurs, RefundNotFound: WeChat then sends again."""
    notices.receive_refund(ctx)
