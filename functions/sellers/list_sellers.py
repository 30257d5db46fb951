"""The sellers on the platform (商家列表): by state, the newest first; by how the name begins; whose an order is."""

from typing import Literal

from mall.app import Ctx, Cursor, Input, Limit, Name, Output, TypedId, query
from mall.domains.sellers import store
from mall.flows.money import seller_pages
from mall.flows.money.seller_pages import SellerRow
from mall.kit.errors import BadInput
from mall.kit.page import last_id, next_cursor
from mall.kit.scope import PlatformOnly, check_platform


class ListSellers(Input):
    """One of state, name and order_no, or all."""

    state: Literal["PENDING", "ACTIVE", "SUSPENDED", "REFUSED"] | None = None
    name: Name | None = None  # how it begins
    order_no: TypedId | None = None  # whose it is
    cursor: Cursor | None = None
    limit: Limit = 20


class Sellers(Output):
    items: list[SellerRow]
    next_cursor: str | None


@query("sellers.list_sellers", allow="staff", errors=(PlatformOnly,))
def list_sellers(ctx: Ctx, ask: ListSellers) -> Sellers:
    """Spec E13. The platform's own shop is none of them. Raises PlatformOnly, BadInput for two ways of looking."""
    check_platform(ctx.seller_id)
    given = [name for name in ("name", "order_no", "state") if getattr(ask, name) is not None]
    if len(given) > 1:
        raise BadInput("状态、名称、订单号每次只能按一项查询", field=given[0])
    if ask.order_no is not None:
        found = store.of_order(ctx.tx, ask.order_no)
    elif ask.name is not None:
        found = store.named(ctx.tx, ask.name, last_id(ask.cursor), ask.limit)
    else:
        found = store.page(ctx.tx, ask.state, last_id(ask.cursor), ask.limit)
    following = next_cursor(found, ask.limit, lambda last: last.seller_id) if ask.order_no is None else None
    return Sellers(items=[seller_pages.row(each) for each in found], next_cursor=following)
