"""Listed goods (商品列表): by category with all below it, tag and words of the title, in four orders."""

from typing import Literal

from mall.app import Ctx, Cursor, Id, Input, Limit, Name, Output, query
from mall.domains.catalog import store
from mall.kit.page import decode_cursor, encode_cursor


class ListProducts(Input):
    category_id: Id | None = None
    tag: Name | None = None
    keyword: Name | None = None
    seller_id: Id | None = None
    sort: Literal["newest", "price_low", "price_high", "most_sold"] = "newest"
    cursor: Cursor | None = None  # of the same sort
    limit: Limit = 20


class ProductCard(Output):
    spu_id: str
    seller_id: str
    title: str
    subtitle: str
    picture_url: str | None
    tags: list[str]
    lowest_price_fen: int
    sold: int


class ProductPage(Output):
    items: list[ProductCard]
    next_cursor: str | None  # None at the end; a page of a keyword may be short before it


@query("catalog.list_products", allow="anyone")
def list_products(ctx: Ctx, ask: ListProducts) -> ProductPage:
    """Spec B1."""
    rows, following = store.listed(ctx.tx, sort=ask.sort, most=ask.limit, category_id=ask.category_id, tag=ask.tag,
                        keyword=ask.keyword, seller_id=ask.seller_id,
                        after=decode_cursor(ask.cursor, store.position_kinds(ask.sort)))
    items = [ProductCard(**row._asdict(), picture_url=next(iter(row.media["carousel"]), None)) for row in rows]
    return ProductPage(items=items, next_cursor=encode_cursor(*following) if following else None)
