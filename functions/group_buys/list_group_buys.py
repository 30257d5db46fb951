"""The shop's group-buy activities (拼团管理), the newest first, each with how its groups fared."""

from datetime import datetime
from typing import Any, Literal

from mall.app import Ctx, Cursor, Id, Input, Limit, Output, query
from mall.domains.group_buys import activities, rules
from mall.kit.page import last_id, next_cursor


class ListGroupBuys(Input):
    group_buy_id: Id | None = None  # that one alone
    state: Literal["ACTIVE", "ENDED"] | None = None
    cursor: Cursor | None = None
    limit: Limit = 20


class GroupBuy(Output):
    group_buy_id: str
    version: int  # to be sent back with a change
    spu_id: str
    product_title: str
    title: str
    size: int
    open_hours: int
    per_member: int
    prices: dict[str, int]  # by SKU, fen
    leader_prices: dict[str, int]
    state: str
    starts_at: datetime
    ends_at: datetime
    forming: int  # groups
    succeeded: int
    failed: int


class GroupBuys(Output):
    items: list[GroupBuy]
    next_cursor: str | None


@query("group_buys.list_group_buys", allow="staff")
def list_group_buys(ctx: Ctx, ask: ListGroupBuys) -> GroupBuys:
    """Spec F1."""
    if ask.group_buy_id:
        rows, numbers = activities.one_activity(ctx.tx, ctx.seller_id, ask.group_buy_id)
    else:
        states = [ask.state] if ask.state else [state.value for state in rules.ActivityState]
        rows, numbers = activities.list_activities(ctx.tx, ctx.seller_id, states, before=last_id(ask.cursor, "~"),
                                                   limit=ask.limit)
    return GroupBuys(items=[_shown(row, numbers) for row in rows],
                     next_cursor=next_cursor(rows, ask.limit, lambda last: last.group_buy_id))


def _shown(row: Any, numbers: dict[tuple[str, str], int]) -> GroupBuy:
    counts = {state.value.lower(): numbers.get((row.group_buy_id, state.value), 0) for state in rules.GroupState}
    return GroupBuy(**row._asdict(), **counts)
