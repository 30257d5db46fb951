"""The buyer's points (我的积分): what may be spent, what expires when, and what came and went, the newest first."""

from mall.app import Ctx, Cursor, Input, Limit, Output, query
from mall.flows.money import point_pages
from mall.flows.money.point_pages import Expiring, PointEntry


class ListPointEntries(Input):
    cursor: Cursor | None = None
    limit: Limit = 20


class PointEntries(Output):
    points: int  # free to be spent; a hundred take a yuan off
    held: int  # set aside for orders that are not paid yet
    debt: int  # taken back after they were spent: the next points pay it
    expiring: list[Expiring]  # the twenty lots that expire first
    items: list[PointEntry]
    next_cursor: str | None


@query("points.list_point_entries", allow="member")
def list_point_entries(ctx: Ctx, ask: ListPointEntries) -> PointEntries:
    """Spec A4."""
    found = point_pages.page(ctx.tx, ctx.me.member_id, ask.cursor, ask.limit, ctx.now)
    return PointEntries(points=found.free, held=found.held, debt=found.debt, expiring=found.expiring,
                        items=found.items, next_cursor=found.next_cursor)
