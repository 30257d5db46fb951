"""One of the seller's own products in full (编辑商品), with the version that a change has to name."""

from datetime import datetime
from typing import Any

from mall.app import Ctx, Id, Input, Output, query
from mall.domains.catalog import store
from mall.domains.catalog.rules import ProductNotFound, ProductOrSku, in_matrix_order


class OpenProduct(Input):
    spu_id: Id | None = None
    sku_id: Id | None = None  # instead: the product that has this SKU


class Sku(Output):
    sku_id: str
    sku_code: str
    spec_values: list[str]
    price_fen: int
    member_price_fen: int | None
    price_tiers: list[list[int]]  # [from so many pieces, fen each]
    commission_percent: int
    weight_grams: int
    picture_url: str | None
    active: bool
    purchase_rules: dict[str, Any] | None  # as catalog.save_product takes them; none: there are none


class Product(Output):
    spu_id: str
    version: int
    state: str
    category_id: str
    title: str
    subtitle: str
    media: dict[str, Any]
    specs: list[dict[str, Any]]
    tags: list[str]
    description: str
    is_virtual: bool
    freight_template_id: str | None
    list_at: datetime | None
    unlist_at: datetime | None
    purchase_rules: dict[str, Any] | None  # of all its SKUs together
    skus: list[Sku]  # those not sold now too, retired ones not


@query("catalog.open_product", allow="staff")
def open_product(ctx: Ctx, ask: OpenProduct) -> Product:
    """Spec B2, B9. Raises ProductNotFound, also for another seller's, ProductOrSku where nothing is named."""
    if ask.spu_id is None and ask.sku_id is None:
        raise ProductOrSku(field="spu_id")
    field, spu_id = ("spu_id", ask.spu_id) if ask.spu_id else ("sku_id", _product_of(ctx, ask.sku_id))
    row, skus = store.opened(ctx.tx, spu_id, ctx.seller_id) if spu_id else (None, [])
    if row is None:
        raise ProductNotFound(field=field)
    kept = [sku for sku in skus if sku.retired_at is None]
    return Product(**row._asdict(), skus=[Sku(**sku._asdict()) for sku in in_matrix_order(row.specs, kept)])


def _product_of(ctx: Ctx, sku_id: str) -> str | None:
    sku = store.find_sku(ctx.tx, sku_id, ctx.seller_id)
    return sku.spu_id if sku else None
