"""Tell WeChat what was shipped (发货信息同步), so that the money of each payment is settled."""

from collections import Counter

from mall.app import Ctx, timer
from mall.domains.fulfilment import store as fulfilment
from mall.flows import report_shipping as flow
from mall.flows.each import each

MOST = 100


@timer("fulfilment.report_shipping", every_minutes=1, uses=["wechat_api"])
def report_shipping(ctx: Ctx) -> dict[str, int]:
    """Spec G3. Counts by the report's state afterwards; taken: another instance has it; failed: WeChat did
    not answer, or does not know the payment yet, tried again later."""
    counts = Counter(REPORTED=0, NOT_NEEDED=0, FAILED=0, taken=0, failed=0)
    for shipment in ctx.read(fulfilment.due_reports, ctx.now, MOST):
        counts[each(ctx, flow.report, ctx, shipment)] += 1
    return dict(counts)
