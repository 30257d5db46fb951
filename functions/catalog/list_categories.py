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
    return Categories(items=_children(categories.visible(ctx.tx, ask.seller_id), None))


def _children(rows: list, parent_id: str | None) -> list[Category]:
    return [
        Category(category_id=row.category_id, name=row.name, picture_url=row.picture_url,
                 children=_children(rows, row.category_id))
        for row in rows if row.parent_id == parent_id
    ]
