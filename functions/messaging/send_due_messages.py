"""Send the subscribe messages that are due (发送订阅消息), and again those on which WeChat stayed silent."""

from collections import Counter

from mall.app import Ctx, timer
from mall.domains.messaging.rules import MessageState
from mall.flows import send_messages as flow


@timer("messaging.send_due_messages", every_minutes=1, uses=["wechat_api"])
def send_due_messages(ctx: Ctx) -> dict[str, int]:
    """Spec I1. Two senders at the same moment share the work. When WeChat does not answer, the rest waits
    for the next minute; `retried` counts the silence, `failed` what WeChat refused for good, `skipped` also what was
    true when it was composed and is not any more."""
    counts: Counter[MessageState | None] = Counter()
    for message in ctx.read(flow.due, ctx.world.deployment.require("wechat_appid"), ctx.now):
        taken = ctx.transact(flow.take, message, ctx.now)
        if taken is not MessageState.PENDING:
            counts[taken] += 1
            continue
        outcome = flow.send(ctx.world.wechat_api.send_subscribe_message, message, ctx.settings.templates, ctx.now)
        ctx.transact(flow.keep, message, outcome, ctx.now)
        counts[outcome.state] += 1
        if outcome.state is MessageState.PENDING:
            break
    return {"sent": counts[MessageState.SENT], "skipped": counts[MessageState.SKIPPED],
            "failed": counts[MessageState.FAILED], "retried": counts[MessageState.PENDING]}
