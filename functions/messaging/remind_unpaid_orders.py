"""Remind buyers of orders that are about to close unpaid (待付款提醒)."""

from mall.app import Ctx, timer
from mall.flows import compose_messages as flow

BATCH = 200


@timer("messaging.remind_unpaid_orders", every_minutes=1)
def remind_unpaid_orders(ctx: Ctx) -> dict[str, int]:
    """Spec I2: `unpaid_remind_minutes` before the order closes, once."""
    due = ctx.read(flow.unpaid_to_remind, ctx.settings.unpaid_remind_minutes, ctx.now, BATCH)
    return {"reminded": sum(ctx.transact(flow.remind_unpaid, order_no, ctx.now) for order_no in due)}
