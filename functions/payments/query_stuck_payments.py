"""Ask WeChat about payments that nobody told us the end of (掉单查询)."""

from typing import Any

from mall.app import Ctx, Load, timer
from mall.domains.payments import store as payments
from mall.flows.trade import ask_wechat
from mall.flows.each import work_through

MOST = 500
TAKEN = "taken"


@timer("payments.query_stuck_payments", every_minutes=1, uses=["wechat_pay"],
       load=Load("payments that nobody told the end of", item_ms=200))
def query_stuck_payments(ctx: Ctx) -> dict[str, int]:
    """Spec E5: a lost notification is found by query. Counts: paid, closed, open, failed."""

    def ask(payment: Any) -> str:
        return ask_wechat.query_payment(ctx, payment) if ctx.transact(payments.lease, payment, ctx.now) else TAKEN

    counts = work_through(ctx, lambda tx: payments.to_ask(tx, ctx.now, MOST), ask)
    del counts[TAKEN]
    return {"paid": 0, "closed": 0, "open": 0, "failed": 0} | counts
