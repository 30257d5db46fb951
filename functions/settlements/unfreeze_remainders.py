"""Unfreeze what is left of payments of which nothing is to be shared any more (解冻剩余资金)."""

from collections import Counter

from mall.app import Ctx, timer
from mall.domains.settlements import store as settlements
from mall.flows import unfreeze as flow
from mall.flows.each import each

MOST = 100


@timer("settlements.unfreeze_remainders", every_minutes=5, uses=["wechat_pay"])
def unfreeze_remainders(ctx: Ctx) -> dict[str, int]:
    """Spec E7. Every order shared, refunded in full or without receivers; the latest after 28 days, before WeChat
    does it by itself. Counts by the payment's state afterwards; waiting: WeChat wants it later or refuses, with a
    case; failed: no answer, tried again later."""
    counts = Counter(UNFREEZING=0, UNFROZEN=0, waiting=0, failed=0)
    for row in ctx.read(settlements.done_with, ctx.settings.sharing_mode != "off", ctx.now, MOST):
        outcome = each(ctx, _decide, ctx, row.payment_no)
        counts[outcome] += outcome != "UNFREEZING"  # counted below, once it was sent
    for row in ctx.read(settlements.never_paid, ctx.now, MOST):
        counts[ctx.transact(flow.end, row.payment_no, ctx.now)] += 1
    for row in ctx.read(settlements.unfreezing, ctx.now, MOST):
        counts[each(ctx, flow.send, ctx, row)] += 1
    return dict(counts)


def _decide(ctx: Ctx, payment_no: str) -> str:
    return ctx.transact(flow.decide, payment_no, ctx.settings, ctx.now)
