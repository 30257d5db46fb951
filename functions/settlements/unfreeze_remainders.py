"""Unfreeze what is left of payments of which nothing is to be shared any more (解冻剩余资金)."""

from collections import Counter
from typing import Any

from mall.app import Ctx, Load, timer
from mall.domains.settlements import frozen as freezer
from mall.flows.money import unfreeze as flow
from mall.flows.each import in_batches, work_through

MOST = 500


@timer("settlements.unfreeze_remainders", every_minutes=1, uses=["wechat_pay"],
       load=Load("payments with a frozen rest", item_ms=200))
def unfreeze_remainders(ctx: Ctx) -> dict[str, int]:
    """Spec E7. Every order shared, refunded in full or without receivers; the latest after 28 days, before WeChat
    does it by itself. Counts by the payment's state afterwards; waiting: WeChat wants it later or refuses, with a
    case; failed: no answer, tried again later."""
    counts = Counter(UNFREEZING=0, UNFROZEN=0, waiting=0, failed=0)

    def decide(row: Any) -> str:
        return ctx.transact(flow.decide, row.payment_no, ctx.settings, ctx.now)

    def end(row: Any) -> str:
        return ctx.transact(flow.end, row.payment_no, ctx.now)

    shares = ctx.settings.sharing_mode != "off"
    counts.update(work_through(ctx, lambda tx: freezer.done_with(tx, shares, ctx.now, MOST), decide,
                               purpose=freezer.UNFREEZING_REST, parts_left=6))
    counts["UNFREEZING"] = 0  # counted below, once it was sent
    counts.update(work_through(ctx, lambda tx: freezer.never_paid(tx, ctx.now, MOST), end,
                               purpose=freezer.UNFREEZING_REST, parts_left=5))
    if not ctx.read(freezer.done_with, shares, ctx.now, 1):
        in_batches(ctx, freezer.unfreeze_later, ctx.now, full=freezer.LOOKED_AT, parts_left=4)
    counts.update(work_through(ctx, lambda tx: freezer.unfreezing(tx, ctx.now, MOST),
                               lambda row: flow.send(ctx, row)))
    return dict(counts)
