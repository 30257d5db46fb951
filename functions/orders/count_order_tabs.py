"""How many orders stand in each tab of the buyer's page (订单角标)."""

from mall.app import Ctx, Output, query
from mall.domains.orders import store as orders
from mall.domains.orders.rules import TABS


class OrderCounts(Output):
    counts: dict[str, int]  # by tab, "all" among them


@query("orders.count_order_tabs", allow="member")
def count_order_tabs(ctx: Ctx) -> OrderCounts:
    """Spec E3. One query."""
    by_state = orders.count_by_state(ctx.tx, ctx.me.member_id)
    return OrderCounts(counts={tab: sum(by_state.get(state.value, 0) for state in states)
                               for tab, states in TABS.items()})
