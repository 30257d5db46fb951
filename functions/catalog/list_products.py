"""Listed goods (商品列表): by category with all below it, tag and words of the title, in four orders."""

from typing import Literal

from mall.app import Ctx, Cursor, Fen, Id, Input, Limit, Name, Output, in_order, query
from mall.domains.catalog import categories, listing
from mall.kit.page import decode_cursor, encode_cursor


class ListProducts(Input):
    category_id: Id | None = None
    tag: Name | None = None
    keyword: Name | None = None
    seller_id: Id | None = None
    price_from_fen: Fen | None = None
    price_to_fen: Fen | None = None
    sort: Literal["newest", "price_low", "price_high", "most_sold"] = "newest"
    cursor: Cursor | None = None  # of the same sort
    limit: Limit = 20

    _prices_in_order = in_order("price_from_fen", "price_to_fen")


class ProductCard(Output):
    spu_id: str
    seller_id: str
    title: str
    subtitle: str
    picture_url: str | None  # 480 pixels wide, where it was uploaded here
    tags: list[str]
    lowest_price_fen: int
    sold: int


class Crumb(Output):
    category_id: str
    name: str


class ProductPage(Output):
    items: list[ProductCard]
    breadcrumbs: list[Crumb]  # of the category asked for, from the top
    next_cursor: str | None  # None at the end; a page of a keyword or a price may be short before it


@query("catalog.list_products", allow="anyone")
def list_products(ctx: Ctx, ask: ListProducts) -> ProductPage:
    """Spec B1. `price_from_fen` and `price_to_fen` are of the lowest price on the card, both included."""
    rows, following = listing.listed(
        ctx.tx, sort=ask.sort, most=ask.limit, category_id=ask.category_id, tag=ask.tag, keyword=ask.keyword,
        seller_id=ask.seller_id, price=(ask.price_from_fen, ask.price_to_fen),
        after=decode_cursor(ask.cursor, listing.position_kinds(ask.sort)))
    crumbs = categories.crumbs(ctx.tx, ask.category_id) if ask.category_id else []
    items = [ProductCard(**row._asdict(), picture_url=ctx.store.medium(next(iter(row.media["carousel"]), None)))
             for row in rows]
    return ProductPage(items=items, breadcrumbs=[Crumb(category_id=row.category_id, name=row.name) for row in crumbs],
                       next_cursor=encode_cursor(*following) if following else None)
