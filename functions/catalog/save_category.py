"""Make, rename or move a category (保存类目): at most three levels, what stands below comes along."""

from mall.app import Count, Ctx, Id, Input, Name, Output, Url, Version, command, harmless
from mall.flows.goods import shown_uploads
from mall.flows.goods.save_category import CategoryDraft
from mall.flows.goods.save_category import save_category as save


class SaveCategory(Input):
    category_id: Id | None = None  # none: a new one
    version: Version | None = None  # of a change: the version that was read
    parent_id: Id | None = None  # none: at the top
    name: Name
    position: Count = 0
    picture_url: Url | None = None
    visible: bool = True


class CategorySaved(Output):
    category_id: str
    version: int
    path: list[str]


@command("catalog.save_category", allow="staff", repeat=harmless("one more name, that holds nothing"))
def save_category(ctx: Ctx, cmd: SaveCategory) -> CategorySaved:
    """Spec B1. Raises CategoryNotFound, CategoryTooDeep, CategoryInItself, TooManyCategories,
    ChangedMeanwhile, NotChecked."""
    shown_uploads.by_category(ctx.tx, cmd.picture_url, ctx.store, ctx.seller_id, ctx.now)
    draft = CategoryDraft(cmd.name, cmd.parent_id, cmd.position, cmd.picture_url, cmd.visible)
    path, version = save(ctx.tx, cmd.category_id, draft, ctx.seller_id, ctx.seen(cmd.version))
    return CategorySaved(category_id=path[-1], version=version, path=path)
