"""Send the subscribe messages that are due (发送订阅消息), and again those on which WeChat stayed silent."""

from typing import Any

from mall.app import Ctx, Load, timer
from mall.domains.messaging.rules import MessageState
from mall.flows import send_messages as flow
from mall.flows.each import FAILED, work_through

SILENT = 10  # so many on end: WeChat is away, and the tries of the others are saved up
TAKEN = "taken"


@timer("messaging.send_due_messages", every_minutes=1, uses=["wechat_api"],
       load=Load("messages to buyers", item_ms=200))
def send_due_messages(ctx: Ctx) -> dict[str, int]:
    """Spec I1. Two senders at the same moment share the work. When WeChat stays silent on and on, the rest waits
    for the next minute; `retried` counts the silence, `failed` what WeChat refused for good, `skipped` also what was
    true when it was composed and is not any more."""
    appid = ctx.world.deployment.require("wechat_appid")
    known = ctx.read(flow.set_up, ctx.settings.templates)

    def send(message: Any) -> str:
        taken = ctx.transact(flow.take, message, ctx.now)
        if taken is not MessageState.PENDING:
            return taken.value if taken else TAKEN
        outcome = flow.send(ctx.world.wechat_api.send_subscribe_message, message, known, ctx.now)
        ctx.transact(flow.keep, message, outcome, known, ctx.now)
        return outcome.state.value

    counts = work_through(ctx, lambda tx: flow.due(tx, appid, ctx.now), send,
                          bad=frozenset({FAILED, MessageState.PENDING.value}), most_bad=SILENT)
    return {"sent": counts[MessageState.SENT.value], "skipped": counts[MessageState.SKIPPED.value],
            "failed": counts[MessageState.FAILED.value], "retried": counts[MessageState.PENDING.value]}
