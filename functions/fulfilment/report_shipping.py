"""Tell WeChat what was shipped (发货信息同步), so that the money of each payment is settled."""

from mall.app import Ctx, Load, timer
from mall.domains.fulfilment import store as fulfilment
from mall.flows.fulfilment import report_shipping as flow
from mall.flows.each import work_through

MOST = 500


@timer("fulfilment.report_shipping", every_minutes=1, uses=["wechat_api"],
       load=Load("orders whose parcels WeChat is to know of", item_ms=200))
def report_shipping(ctx: Ctx) -> dict[str, int]:
    """Spec G3. Counts by the report's state afterwards; taken: another instance has it; with_rest: told when the rest
    has gone out; failed: WeChat did not answer, or does not know the payment yet, tried again later."""
    return {"REPORTED": 0, "NOT_NEEDED": 0, "FAILED": 0, "taken": 0, "failed": 0} | work_through(
        ctx, lambda tx: fulfilment.due_reports(tx, ctx.now, MOST), lambda shipment: flow.report(ctx, shipment),
        item=lambda shipment: shipment.order_no)
