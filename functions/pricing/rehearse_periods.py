"""Go on with the rehearsals over whole periods (推进预演): each a batch of orders in its turn."""

from typing import Any

from mall.app import Ctx, Load, timer
from mall.domains.rehearsals import store
from mall.flows.each import work_through
from mall.flows.marketing import rehearse_period as flow


@timer("pricing.rehearse_periods", every_minutes=1, load=Load("orders of rehearsed periods", item_ms=4))
def rehearse_periods(ctx: Ctx) -> dict[str, int]:
    """Spec F13. Counts: steps; elsewhere (another run had it, or it was cancelled); given_up, a step failed too often;
    failed, tried again when its lease is over."""

    def step(row: Any) -> str:
        return flow.step(ctx, row)

    return {"steps": 0, "elsewhere": 0, "given_up": 0, "failed": 0} | work_through(
        ctx, lambda tx: store.due(tx, ctx.now), step, item=lambda row: f"{row.rehearsal_id} {row.step} {row.tries}")
