"""What staff say of a SKU and of how goods may be bought (SKU、购买规则): words of the actions that save a product."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from mall.app.fields import Input, Id, Key, Name, PositiveFen, Quantity, Url
from mall.domains.catalog import purchase
from mall.domains.catalog.rules import SkuDraft

LevelKey = Annotated[str, Field(max_length=32, pattern=r"^[a-z][a-z0-9_]{0,31}$")]
Limit = Annotated[int, Field(ge=1, le=purchase.MOST_EVER)]


class PurchaseRules(Input):
    """Pieces; of the SKU, or of all SKUs of the product together."""

    least: Quantity = 1
    multiple: Quantity = 1
    most_ever: Limit | None = None  # of one person; none: as many as there are
    most_per_day: Limit | None = None
    levels: list[LevelKey] = Field([], max_length=purchase.MOST_LEVELS)  # of members who may buy it; none: everybody


def rules_of(given: PurchaseRules | None) -> purchase.Rules:
    if given is None:
        return purchase.NONE
    return purchase.Rules(given.least, given.multiple, given.most_ever, given.most_per_day, tuple(given.levels))


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
    purchase_rules: PurchaseRules | None = None

    def draft(self) -> SkuDraft:
        tiers = tuple((tier.min_quantity, tier.price_fen) for tier in self.price_tiers)
        given = {name: getattr(self, name) for name in type(self).model_fields}
        return SkuDraft(**{**given, "spec_values": tuple(self.spec_values), "price_tiers": tiers,
                           "purchase_rules": rules_of(self.purchase_rules)})
