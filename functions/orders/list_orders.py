"""The buyer's orders by tab (我的订单), the newest first, each with its lines and buttons."""

from typing import Literal

from mall.app import Ctx, Cursor, Input, Limit, Output, query
from mall.domains.orders import store as orders
from mall.domains.orders.rules import TABS
from mall.flows.trade import order_buttons, order_pages
from mall.flows.trade.order_pages import RowView
from mall.kit.page import last_id, next_cursor


class ListOrders(Input):
    tab: Literal["all", "unpaid", "part_paid", "grouping", "to_ship", "shipped", "finished", "closed"] = "all"
    cursor: Cursor | None = None
    limit: Limit = 20


class OrderRow(Output):
    order: RowView
    seconds_left_to_pay: int | None
    buttons: list[str]


class OrderPage(Output):
    items: list[OrderRow]
    next_cursor: str | None


@query("orders.list_orders", allow="member")
def list_orders(ctx: Ctx, ask: ListOrders) -> OrderPage:
    """Spec E3. Orders and lines are read in one round trip each, whatever the size of the page."""
    states = tuple(state.value for state in TABS[ask.tab])
    found = orders.page_of_member(ctx.tx, ctx.me.member_id, states, last_id(ask.cursor), ask.limit)
    items = [OrderRow(order=view, seconds_left_to_pay=order_pages.seconds_left(order, ctx.now),
                      buttons=order_buttons.for_buyer(order, ctx.settings_of(order.seller_id),
                                                      can_pay=view.due is None or view.due.is_open))
             for order, view in zip(found, order_pages.rows(ctx.tx, found, ctx.now, ctx.store), strict=True)]
    return OrderPage(items=items, next_cursor=next_cursor(found, ask.limit, lambda last: last.order_no))
