"""The category tree (类目树): three levels at most, hidden branches left out."""

from mall.app import Ctx, Id, Input, Output, query
from mall.domains.catalog import categories


class ListCategories(Input):
    seller_id: Id | None = None


class Category(Output):
    category_id: str
    name: str
    picture_url: str | None
    children: list["Category"]


class Categories(Output):
    items: list[Category]


@query("catalog.list_categories", allow="anyone")
def list_categories(ctx: Ctx, ask: ListCategories) -> Categories:
    """Spec B1."""
    below: dict[str | None, list[Category]] = {}  # each by its parent; a hidden one has no place, nor what is below it
    rows = categories.visible(ctx.tx, ask.seller_id)
    for row in reversed(rows):  # the deepest first
        picture_url = ctx.store.medium(row.picture_url)
        category = Category(category_id=row.category_id, name=row.name, picture_url=picture_url,
                            children=below.pop(row.category_id, [])[::-1])
        below.setdefault(row.parent_id, []).append(category)
    return Categories(items=below.get(None, [])[::-1])
