"""Make or change a product with its SKU matrix (保存商品): every combination of specifications once."""

from typing import Annotated

from mall.app import (
    Body, Ctx, Id, Input, Key, Line, Name, Output, PositiveFen, Quantity, Title, TwoPeople, Url, Version, command,
    seen,
)
from mall.domains.catalog import fields
from mall.domains.catalog.rules import MAX_SKUS, ProductDraft, ProductSaved, SkuDraft
from mall.flows import given_away_goods
from mall.flows import save_product as flow
from pydantic import Field

Tag = Annotated[Name, Field(max_length=fields.TAG_LENGTH)]


class Media(Input):
    video: Url | None = None
    carousel: list[Url] = Field([], max_length=15)
    scenes: list[Url] = Field([], max_length=30)


class Spec(Input):
    name: Name
    values: list[Name] = Field(min_length=1, max_length=100)


class Tier(Input):
    min_quantity: Quantity
    price_fen: PositiveFen


class Sku(Input):
    sku_id: Id | None = None  # a SKU is known by its specification values
    sku_code: Key
    spec_values: list[Name] = Field([], max_length=4)
    price_fen: PositiveFen
    member_price_fen: PositiveFen | None = None
    price_tiers: list[Tier] = Field([], max_length=10)
    commission_percent: Annotated[int, Field(ge=0, le=100)] = 0
    weight_grams: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    picture_url: Url | None = None
    active: bool = True

    def draft(self) -> SkuDraft:
        tiers = tuple((tier.min_quantity, tier.price_fen) for tier in self.price_tiers)
        given = {name: getattr(self, name) for name in type(self).model_fields}
        return SkuDraft(**{**given, "spec_values": tuple(self.spec_values), "price_tiers": tiers})


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


class ProductWasSaved(Output):
    spu_id: str
    version: int
    sku_ids: list[str]  # in the order given


@command("catalog.save_product", allow="staff", repeat=seen("version", "skus"),
         two_people=TwoPeople("GOODS", given_away_goods.product_saved))
def save_product(ctx: Ctx, cmd: SaveProduct) -> ProductWasSaved:
    """Spec B2. A new product is a draft until catalog.publish_products. New specification values are a new SKU,
    whatever its `sku_id`, and values that come back are the SKU they were. Raises SpecsRepeat, SpecValuesDoNotFit,
    CombinationRepeats, TiersDoNotAscend, SkuCodeTaken, ProductChanged ..."""
    draft = ProductDraft(
        title=cmd.title, subtitle=cmd.subtitle, category_id=cmd.category_id, media=cmd.media.model_dump(),
        specs=tuple((spec.name, tuple(spec.values)) for spec in cmd.specs), tags=tuple(dict.fromkeys(cmd.tags)),
        skus=tuple(sku.draft() for sku in cmd.skus), description=cmd.description, is_virtual=cmd.is_virtual,
        freight_template_id=cmd.freight_template_id)
    if cmd.spu_id is None:
        saved = flow.add_product(ctx.tx, draft, ctx.seller_id, ctx.now)
    else:
        saved = flow.change_product(ctx.tx, cmd.spu_id, draft, ctx.seller_id, ctx.seen(cmd.version))
    ctx.audit(before=saved.prices[0], after=saved.prices[1], spu_id=saved.spu_id)
    ctx.emit(ProductSaved(saved.spu_id, saved.version))
    return ProductWasSaved(spu_id=saved.spu_id, version=saved.version, sku_ids=saved.sku_ids)
