"""Make or change a product with its SKU matrix (保存商品): every combination of specifications once."""

from typing import Annotated

from mall.app import Body, Ctx, Id, Input, Line, Name, Output, Title, TwoPeople, Url, Version, command, seen
from mall.app.goods_parts import PurchaseRules, Sku, rules_of
from mall.domains.catalog import fields, purchase
from mall.domains.catalog.rules import MAX_SKUS, ProductDraft, ProductSaved
from mall.flows.goods import given_away_goods, shown_uploads
from mall.flows.goods import save_product as flow
from pydantic import Field

Tag = Annotated[Name, Field(max_length=fields.TAG_LENGTH)]


class Media(Input):
    video: Url | None = None
    carousel: list[Url] = Field([], max_length=15)
    scenes: list[Url] = Field([], max_length=30)


class Spec(Input):
    name: Name
    values: list[Name] = Field(min_length=1, max_length=100)


class SaveProduct(Input):
    spu_id: Id | None = None  # none: a new one
    version: Version | None = None  # of a change: the version that was read
    title: Title
    subtitle: Line = ""
    category_id: Id
    media: Media = Media()
    specs: list[Spec] = Field([], max_length=4)
    skus: list[Sku] = Field(min_length=1, max_length=MAX_SKUS)
    tags: list[Tag] = Field([], max_length=20)
    description: Body = ""
    is_virtual: bool = False
    freight_template_id: Id | None = None  # none: the default template
    purchase_rules: PurchaseRules | None = None  # of all its SKUs together, beside each one's own


class ProductWasSaved(Output):
    spu_id: str
    version: int
    sku_ids: list[str]  # in the order given


@command("catalog.save_product", allow="staff", repeat=seen("version", "skus"),
         two_people=TwoPeople("GOODS", given_away_goods.product_saved))
def save_product(ctx: Ctx, cmd: SaveProduct) -> ProductWasSaved:
    """Spec B2, B9. A new product is a draft until catalog.publish_products. New specification values are a new SKU,
    whatever its `sku_id`, and values that come back are the SKU they were. Raises SpecsRepeat, SpecValuesDoNotFit,
    CombinationRepeats, TiersDoNotAscend, SkuCodeTaken, ProductChanged, RulesAllowNothing, LevelUnknown, NotChecked ...
    """
    draft = ProductDraft(
        title=cmd.title, subtitle=cmd.subtitle, category_id=cmd.category_id, media=cmd.media.model_dump(),
        specs=tuple((spec.name, tuple(spec.values)) for spec in cmd.specs), tags=tuple(dict.fromkeys(cmd.tags)),
        skus=tuple(sku.draft() for sku in cmd.skus), description=cmd.description, is_virtual=cmd.is_virtual,
        freight_template_id=cmd.freight_template_id, purchase_rules=rules_of(cmd.purchase_rules))
    rules = [draft.purchase_rules, *[sku.purchase_rules for sku in draft.skus]]
    purchase.check_levels([level for each in rules for level in each.levels],
                          [each["level"] for each in ctx.settings.member_levels])
    shown_uploads.by_product(ctx.tx, draft, ctx.store, ctx.seller_id, ctx.now)
    if cmd.spu_id is None:
        saved = flow.add_product(ctx.tx, draft, ctx.seller_id, ctx.now)
    else:
        saved = flow.change_product(ctx.tx, cmd.spu_id, draft, ctx.seller_id, ctx.seen(cmd.version))
    ctx.audit(before=saved.prices[0], after=saved.prices[1], spu_id=saved.spu_id)
    ctx.emit(ProductSaved(saved.spu_id, saved.version))
    return ProductWasSaved(spu_id=saved.spu_id, version=saved.version, sku_ids=saved.sku_ids)
