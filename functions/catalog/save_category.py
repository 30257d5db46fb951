"""Make, rename or move a category (保存类目): at most three levels, what stands below comes along."""

from mall.app import Count, Ctx, Id, Input, Name, Output, Url, command, harmless
from mall.flows.save_category import CategoryDraft
from mall.flows.save_category import save_category as save


class SaveCategory(Input):
    category_id: Id | None = None  # none: a new one
    parent_id: Id | None = None  # none: at the top
    name: Name
    position: Count = 0
    picture_url: Url | None = None
    visible: bool = True


class CategorySaved(Output):
    category_id: str
    path: list[str]


@command("catalog.save_category", allow="staff", repeat=harmless("one more name, that holds nothing"))
def save_category(ctx: Ctx, cmd: SaveCategory) -> CategorySaved:
    """Spec B1. Raises CategoryNotFound, CategoryTooDeep, CategoryInItself, TooManyCategories."""
    draft = CategoryDraft(cmd.name, cmd.parent_id, cmd.position, cmd.picture_url, cmd.visible)
    path = save(ctx.tx, cmd.category_id, draft, ctx.seller_id, ctx.now)
    return CategorySaved(category_id=path[-1], path=path)
