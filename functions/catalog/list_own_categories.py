"""All of the seller's categories (类目管理), hidden ones too, each with the version that a change has to name."""

from mall.app import Ctx, Nothing, Output, query
from mall.domains.catalog import categories


class OwnCategory(Output):
    category_id: str
    version: int  # to be sent back with a change
    parent_id: str | None
    name: str
    depth: int  # 1 to 3
    path: list[str]  # ids from the root down to this one
    position: int
    picture_url: str | None
    visible: bool


class OwnCategories(Output):
    items: list[OwnCategory]


@query("catalog.list_own_categories", allow="staff")
def list_own_categories(ctx: Ctx, ask: Nothing) -> OwnCategories:
    """Spec B1. The whole tree, parents before their children."""
    return OwnCategories(items=[OwnCategory.model_validate(row, from_attributes=True)
                                for row in categories.own(ctx.tx, ctx.seller_id)])
