"""The seller's own goods (商品管理列表), drafts and unlisted ones too, the newest first."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from mall.app import Ctx, Cursor, Id, Input, Limit, Name, Output, query
from mall.domains.catalog import listing
from mall.kit.page import encode_cursor, last_id


class ListShelf(Input):
    spu_ids: list[Id] | None = Field(None, min_length=1, max_length=200)  # these alone, whatever else is asked for
    state: Literal["DRAFT", "LISTED", "UNLISTED"] | None = None
    keyword: Name | None = None  # of the title
    cursor: Cursor | None = None
    limit: Limit = 20


class ShelfRow(Output):
    spu_id: str
    title: str
    category_id: str
    state: str
    version: int
    lowest_price_fen: int
    sold: int
    list_at: datetime | None
    unlist_at: datetime | None
    changed_at: datetime


class ShelfPage(Output):
    items: list[ShelfRow]
    next_cursor: str | None  # None at the end; a page of a keyword may be short before it


@query("catalog.list_shelf", allow="staff")
def list_shelf(ctx: Ctx, ask: ListShelf) -> ShelfPage:
    """Spec B4."""
    if ask.spu_ids:
        named = listing.some_of_shelf(ctx.tx, ctx.seller_id, ask.spu_ids)
        return ShelfPage(items=[ShelfRow(**row._asdict()) for row in named], next_cursor=None)
    rows, following = listing.shelf(ctx.tx, ctx.seller_id, ask.limit, before=last_id(ask.cursor), state=ask.state,
                       keyword=ask.keyword)
    items = [ShelfRow(**row._asdict()) for row in rows]
    return ShelfPage(items=items, next_cursor=encode_cursor(following) if following else None)
