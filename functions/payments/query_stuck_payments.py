"""Ask WeChat about payments that nobody told us the end of (掉单查询)."""

from collections import Counter

from mall.app import Ctx, timer
from mall.domains.payments import store as payments
from mall.flows import ask_wechat
from mall.flows.each import each

MOST = 100


@timer("payments.query_stuck_payments", every_minutes=1, uses=["wechat_pay"])
def query_stuck_payments(ctx: Ctx) -> dict[str, int]:
    """Spec E5: a lost notification is found by query. Counts: paid, closed, open, failed."""
    counts = Counter(paid=0, closed=0, open=0, failed=0)
    for payment in ctx.read(payments.to_ask, ctx.now, MOST):
        if ctx.transact(payments.lease, payment, ctx.now):
            counts[each(ctx, ask_wechat.query_payment, ctx, payment)] += 1
    return dict(counts)
