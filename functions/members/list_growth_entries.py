"""What brought me growth value and what took it back (成长值明细), the newest first."""

from mall.app import Ctx, Cursor, Input, Limit, Output, query
from mall.flows.people import member_pages
from mall.flows.people.member_pages import GrowthEntry


class ListGrowthEntries(Input):
    cursor: Cursor | None = None
    limit: Limit = 20


class GrowthEntries(Output):
    items: list[GrowthEntry]
    next_cursor: str | None


@query("members.list_growth_entries", allow="member")
def list_growth_entries(ctx: Ctx, ask: ListGrowthEntries) -> GrowthEntries:
    """Spec A3. The amounts of all entries add up to the growth value."""
    items, next_cursor = member_pages.entries_page(ctx.tx, ctx.me.member_id, ask.cursor, ask.limit)
    return GrowthEntries(items=items, next_cursor=next_cursor)
