"""Seal the codes of virtual goods (卡密加密) that were kept in clear by a release of before, until none is left."""

from mall.app import Ctx, Load, timer
from mall.domains.fulfilment import codes
from mall.flows.goods import virtual_codes as flow
from mall.flows.each import work_through

MOST = 500


@timer("catalog.seal_old_codes", every_minutes=10,
       load=Load("codes kept in clear", item_ms=20, few="those of before codes were sealed, each once"))
def seal_old_codes(ctx: Ctx) -> dict[str, int]:
    """Spec A6, B2. taken: delivered meanwhile, and sealed by that. repeated: the SKU had the code sealed already."""
    return {"sealed": 0, "taken": 0, "repeated": 0, "failed": 0} | work_through(
        ctx, lambda tx: codes.plain(tx, MOST), lambda row: ctx.transact(flow.seal_old, row.code_id, row.order_no))
