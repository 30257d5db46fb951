"""WeChat pushes what people wrote, allowed or followed, and what became of orders and messages (微信消息推送)."""

from mall.app import Ctx, webhook
from mall.flows.reach import receive_push as flow


@webhook("messaging.receive_push", path="/webhooks/wechat/messages", methods=("GET", "POST"), uses=["wechat_push"])
def receive_push(ctx: Ctx) -> str:
    """Spec I1, docs/messages.md. GET is the check of the address. Each push counts once; what is not known is noted.
    Raises PushRejected, PushUnreadable, PushIncomplete: WeChat then sends again, three times."""
    return flow.receive(ctx)
