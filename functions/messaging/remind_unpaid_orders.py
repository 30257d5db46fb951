"""Remind buyers of orders that are about to close unpaid (待付款提醒)."""

from mall.app import Ctx, Load, timer
from mall.domains.messaging import store
from mall.flows.reach import compose_messages as flow
from mall.flows.each import work_through

BATCH = 500


@timer("messaging.remind_unpaid_orders", every_minutes=1, load=Load("orders about to close unpaid", item_ms=20))
def remind_unpaid_orders(ctx: Ctx) -> dict[str, int]:
    """Spec I2: `unpaid_remind_minutes` before the order closes, once."""

    reach = flow.reach_of(ctx)

    def remind(order_no: str) -> str:
        return "reminded" if ctx.transact(flow.remind_unpaid, order_no, reach, ctx.now) else "elsewhere"

    counts = work_through(
        ctx, lambda tx: flow.unpaid_to_remind(tx, ctx.settings.unpaid_remind_minutes, ctx.now, BATCH), remind,
        purpose=store.REMINDING)
    return {"reminded": counts["reminded"]}
