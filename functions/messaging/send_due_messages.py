"""Send the messages that are due (发送订阅消息和模板消息), and again those on which WeChat stayed silent."""

from typing import Any

from mall.app import Ctx, Load, timer
from mall.domains.messaging.rules import MessageState
from mall.flows.reach import send_messages as flow
from mall.flows.each import FAILED, work_through

SILENT = 10  # so many on end: WeChat is away, and the tries of the others are saved up
RETRIED = "retried"


@timer("messaging.send_due_messages", every_minutes=1, uses=["wechat_api", "wechat_service"],
       load=Load("messages to buyers", item_ms=200))
def send_due_messages(ctx: Ctx) -> dict[str, int]:
    """Spec I1. Two senders at the same moment share the work. When WeChat stays silent on and on, the rest waits
    for the next minute; `retried` counts the silence, `failed` what WeChat refused for good, `skipped` also what was
    true when it was composed and is not any more, `dropped` what was one too many that day;
    `waits` what goes out in the morning, or by another channel with the next fire."""
    desk = flow.desk_of(ctx)

    def send(message: Any) -> str:
        taken = ctx.transact(flow.take, message, desk, ctx.now)
        if taken != MessageState.PENDING.value:
            return taken
        outcome = ctx.transact(flow.keep, message, flow.send(ctx, message, desk, ctx.now), desk, ctx.now)
        if outcome.state is MessageState.PENDING:
            return flow.WAITS if outcome.channel else RETRIED
        return outcome.state.value

    counts = work_through(ctx, lambda tx: flow.due(tx, desk.appid, ctx.now), send, bad=frozenset({FAILED, RETRIED}),
                          most_bad=SILENT)
    return {"sent": counts[MessageState.SENT.value], "skipped": counts[MessageState.SKIPPED.value],
            "dropped": counts[flow.DROPPED], "failed": counts[MessageState.FAILED.value], "retried": counts[RETRIED],
            "waits": counts[flow.WAITS]}
