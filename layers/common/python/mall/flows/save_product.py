"""A product with its SKU matrix is made or changed, and each new SKU gets its place in stock (spec B2)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from mall.domains.catalog import categories, store
from mall.domains.catalog.rules import (
    CategoryNotFound, FreightTemplateNotFound, ProductChanged, ProductDraft, ProductIncomplete, ProductNotFound,
    SkuCodeTaken, SkuDraft, SkuNotOfProduct, VirtualIsFixed, check_draft, in_matrix_order, require_complete,
)
from mall.domains.stock import store as stock
from mall.kit.db import Tx
from mall.kit.ids import new_id
from mall.kit.versions import Seen, check, require


@dataclass(frozen=True)
class Saved:
    spu_id: str
    version: int
    sku_ids: list[str]  # in the order of the draft


def add_product(tx: Tx, draft: ProductDraft, seller_id: str, now: datetime) -> Saved:
    """A new draft product. Raises what `check_draft` raises, CategoryNotFound, FreightTemplateNotFound,
    SkuCodeTaken."""
    check_draft(draft)
    found, freight = tx.fetch(categories.ask_category(draft.category_id, seller_id),
                              store.ask_freight(seller_id, draft.freight_template_id))
    return write_product(tx, draft, _path(found), _freight(draft, freight), seller_id, now)


def write_product(tx: Tx, draft: ProductDraft, category_path: list[str], freight_template_id: str | None,
                  seller_id: str, now: datetime) -> Saved:
    """The rows of a new product that is checked already: for imports, which check all before they write."""
    spu_id = new_id("spu")
    store.add_product(tx, spu_id, draft, seller_id=seller_id, category_path=category_path,
                      freight_template_id=freight_template_id, now=now)
    return Saved(spu_id, 1, _save_skus(tx, spu_id, draft, [], seller_id, now))


def change_product(tx: Tx, spu_id: str, draft: ProductDraft, seller_id: str, seen: Seen) -> Saved:
    """The product as the draft says; SKUs that the draft does not name are sold no more. A listed product
    stays complete. Raises ProductNotFound, ProductChanged, ProductIncomplete, VirtualIsFixed and the rest."""
    require(seen)
    check_draft(draft)
    rows, known, found, freight = tx.fetch(
        store.ask_locked(spu_id, seller_id), store.ask_skus(spu_id),
        categories.ask_category(draft.category_id, seller_id),
        store.ask_freight(seller_id, draft.freight_template_id))
    if not rows:
        raise ProductNotFound(field="spu_id")
    check(rows[0], seen, ProductChanged)
    if rows[0].is_virtual != draft.is_virtual:
        raise VirtualIsFixed(field="is_virtual")
    if rows[0].state == "LISTED":
        require_complete(draft.media, draft.skus)
    store.change_product(tx, rows[0], draft, seen, category_path=_path(found),
                         freight_template_id=_freight(draft, freight))
    return Saved(spu_id, seen.version + 1, _save_skus(tx, spu_id, draft, known, seller_id, seen.now))


def load_draft(tx: Tx, spu_id: str, seller_id: str) -> ProductDraft:
    """The product as it is, with the SKUs that are sold. Raises ProductNotFound, ProductIncomplete."""
    rows, skus = tx.fetch(store.ask_locked(spu_id, seller_id), store.ask_skus(spu_id))
    if not rows:
        raise ProductNotFound(field="spu_id")
    row, sold = rows[0], [sku for sku in skus if sku.active]
    if not sold:
        raise ProductIncomplete(field="spu_id")
    return ProductDraft(
        title=row.title, subtitle=row.subtitle, category_id=row.category_id, media=row.media,
        specs=tuple((spec["name"], tuple(spec["values"])) for spec in row.specs), tags=tuple(row.tags),
        description=row.description, is_virtual=row.is_virtual, freight_template_id=row.freight_template_id,
        skus=tuple(_sku_draft(sku) for sku in in_matrix_order(row.specs, sold)))


def _sku_draft(sku: Any) -> SkuDraft:
    given = {name: getattr(sku, name) for name in SkuDraft.__dataclass_fields__}
    tiers = tuple((quantity, price_fen) for quantity, price_fen in sku.price_tiers)
    return SkuDraft(**{**given, "spec_values": tuple(sku.spec_values), "price_tiers": tiers})


def copy_of(draft: ProductDraft, suffix: str) -> ProductDraft:
    """The same product to be sold under other SKU codes (复制商品)."""
    skus = tuple(replace(sku, sku_id=None, sku_code=f"{sku.sku_code[:50]}-{suffix}") for sku in draft.skus)
    return replace(draft, title=f"{draft.title[:123]}（副本）", skus=skus)


def _path(found: list[Any]) -> list[str]:
    if not found:
        raise CategoryNotFound(field="category_id")
    return found[0].path


def _freight(draft: ProductDraft, templates: list[Any]) -> str | None:
    """None: the seller's default template, when the price is made."""
    if draft.freight_template_id is not None and not templates:
        raise FreightTemplateNotFound(field="freight_template_id")
    return draft.freight_template_id


def _save_skus(tx: Tx, spu_id: str, draft: ProductDraft, known: list[Any], seller_id: str,
               now: datetime) -> list[str]:
    by_id = {row.sku_id: row.sku_id for row in known}
    by_code = {row.sku_code: row.sku_id for row in known}
    kept = []
    for sku in draft.skus:
        if sku.sku_id is not None and sku.sku_id not in by_id:
            raise SkuNotOfProduct(field="skus", sku_id=sku.sku_id)
        sku_id = sku.sku_id or by_code.get(sku.sku_code)
        if sku_id is not None:
            store.change_sku(tx, sku_id, spu_id, sku)
        else:
            sku_id = new_id("sku")
            store.add_sku(tx, sku_id, spu_id, seller_id, sku, now)
            stock.open_item(tx, sku_id, stock.MAIN_WAREHOUSE, seller_id)
        if sku_id in kept:
            raise SkuCodeTaken(field="skus", sku_code=sku.sku_code)
        kept.append(sku_id)
    dropped = sorted(set(by_id) - set(kept))
    if dropped:
        store.retire_skus(tx, spu_id, dropped)
    return kept
