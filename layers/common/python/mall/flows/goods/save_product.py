"""A product with its SKU matrix is made or changed, and each new SKU gets its place in stock (spec B2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from mall.domains.catalog import categories, fields, identity, purchase, store
from mall.domains.catalog.rules import (
    CategoryNotFound, FreightTemplateNotFound, ProductChanged, ProductDraft, ProductIncomplete, ProductNotFound,
    SkuDraft, VirtualIsFixed, check_draft, in_matrix_order, require_complete,
)
from mall.domains.stock import store as stock
from mall.flows import kinds
from mall.kit.db import Tx
from mall.kit.ids import new_id
from mall.kit.versions import Seen, check, require


@dataclass(frozen=True)
class Before:
    """What of a product was there: its SKUs, the names of its specifications; and the seller's retired SKUs that have
    one of the wanted codes."""

    skus: list[Any]
    spec_names: list[str]
    retired: list[Any]


@dataclass(frozen=True)
class Saved:
    spu_id: str
    version: int
    sku_ids: list[str]  # in the order of the draft
    prices: tuple[dict, dict] = ({}, {})  # by SKU code, of those that changed: as they were, and as they are


def price_changes(known: list[Any], draft: ProductDraft) -> tuple[dict, dict]:
    """By SKU code, of those of which a price or the commission changed: what each had (nothing: it is new), and what it
    has (nothing: it is not sold any more)."""
    were = {row.sku_code: _price(row) for row in known if row.retired_at is None}
    are = {sku.sku_code: _price(sku) for sku in draft.skus}
    changed = sorted(code for code in were.keys() | are.keys() if were.get(code) != are.get(code))
    before, after = ({code: side[code] for code in changed if code in side} for side in (were, are))
    return before, after


def _price(sku: Any) -> dict[str, Any]:
    return {"price_fen": sku.price_fen, "member_price_fen": sku.member_price_fen,
            "price_tiers": [list(tier) for tier in sku.price_tiers], "commission_percent": sku.commission_percent}


def add_product(tx: Tx, draft: ProductDraft, seller_id: str, now: datetime) -> Saved:
    """A new draft product. Raises what `check_draft` raises, CategoryNotFound, FreightTemplateNotFound,
    SkuCodeTaken."""
    draft = checked(draft)
    found, freight, retired = tx.fetch(
        categories.ask_category(draft.category_id, seller_id),
        store.ask_freight(seller_id, draft.freight_template_id), store.ask_retired(seller_id, codes_of(draft)))
    return write_product(tx, draft, _path(found), _freight(draft, freight), retired, seller_id, now)


def checked(draft: ProductDraft) -> ProductDraft:
    """The draft in the form in which it is kept. Raises BadInput and what `check_draft` raises."""
    draft = fields.in_form(draft)
    check_draft(draft)
    return draft


def codes_of(draft: ProductDraft) -> list[str]:
    return [sku.sku_code for sku in draft.skus]


def write_product(tx: Tx, draft: ProductDraft, category_path: list[str], freight_template_id: str | None,
                  retired: list[Any], seller_id: str, now: datetime) -> Saved:
    """The rows of a new product that is `checked` already: for imports, which check all before they write.
    `retired`: see `Before`."""
    spu_id = new_id("spu")
    store.add_product(tx, spu_id, draft, seller_id=seller_id, category_path=category_path,
                      freight_template_id=freight_template_id, now=now)
    sku_ids = _save_skus(tx, spu_id, draft, Before([], [], retired), seller_id, now)
    return Saved(spu_id, 1, sku_ids, price_changes([], draft))


def change_product(tx: Tx, spu_id: str, draft: ProductDraft, seller_id: str, seen: Seen) -> Saved:
    """The product as the draft says; SKUs that the draft does not name are retired. A listed product
    stays complete. Raises ProductNotFound, ProductChanged, ProductIncomplete, VirtualIsFixed, NotAboveGroupPrice and
    the rest."""
    require(seen)
    draft = checked(draft)
    rows, known, found, freight, retired = tx.fetch(
        store.ask_locked(spu_id, seller_id), store.ask_skus(spu_id),
        categories.ask_category(draft.category_id, seller_id),
        store.ask_freight(seller_id, draft.freight_template_id), store.ask_retired(seller_id, codes_of(draft)))
    if not rows:
        raise ProductNotFound(field="spu_id")
    check(rows[0], seen, ProductChanged)
    before = Before(known, [spec["name"] for spec in rows[0].specs], retired)
    return rewrite_product(tx, rows[0], draft, _path(found), _freight(draft, freight), before, seen)


def rewrite_product(tx: Tx, row: Any, draft: ProductDraft, category_path: list[str], freight_template_id: str | None,
                    before: Before, seen: Seen) -> Saved:
    """Write a draft that is `checked` over the product `row`, which is held still. Raises ProductIncomplete,
    VirtualIsFixed, ProductChanged, SkuCodeTaken."""
    if row.is_virtual != draft.is_virtual:
        raise VirtualIsFixed(field="is_virtual")
    if row.state == "LISTED":
        require_complete(draft.media, draft.skus)
    for kind in kinds.every():
        kind.check_single_price(tx, row.spu_id, _prices(draft, before.skus), seen.now)
        kind.check_purchase_rules(tx, row.spu_id, _fits(draft, before.skus), seen.now)
    store.change_product(tx, row, draft, seen, category_path=category_path, freight_template_id=freight_template_id)
    sku_ids = _save_skus(tx, row.spu_id, draft, before, row.seller_id, seen.now)
    return Saved(row.spu_id, row.version + 1, sku_ids, price_changes(before.skus, draft))


def _prices(draft: ProductDraft, known: list[Any]) -> dict[str, int]:
    by_code = {row.sku_code: row.sku_id for row in known}
    return {sku.sku_id or by_code.get(sku.sku_code, ""): sku.price_fen for sku in draft.skus}


def _fits(draft: ProductDraft, known: list[Any]) -> Callable[[str, int], bool]:
    """Whether by the draft's rules an order of this SKU alone may have some quantity, of so many pieces at the most;
    one that the draft does not name is sold no more."""
    by_code = {row.sku_code: row.sku_id for row in known}
    rules = {sku.sku_id or by_code.get(sku.sku_code, ""): sku.purchase_rules for sku in draft.skus}
    return lambda sku_id, most: sku_id not in rules or purchase.fits(draft.purchase_rules, rules[sku_id], most)


def load_draft(tx: Tx, spu_id: str, seller_id: str) -> ProductDraft:
    """The product as it is, with the SKUs that are sold. Raises ProductNotFound, ProductIncomplete."""
    rows, skus = tx.fetch(store.ask_locked(spu_id, seller_id), store.ask_skus(spu_id))
    if not rows:
        raise ProductNotFound(field="spu_id")
    sold = [sku for sku in skus if sku.active]
    if not sold:
        raise ProductIncomplete(field="spu_id")
    return draft_of(rows[0], sold)


def draft_of(row: Any, skus: list[Any]) -> ProductDraft:
    """The product with these of its SKUs, as a draft that would change nothing."""
    media = {"video": row.media.get("video"), "carousel": row.media.get("carousel") or [],
             "scenes": row.media.get("scenes") or []}
    return ProductDraft(
        title=row.title, subtitle=row.subtitle, category_id=row.category_id, media=media,
        specs=tuple((spec["name"], tuple(spec["values"])) for spec in row.specs), tags=tuple(row.tags),
        description=row.description, is_virtual=bool(row.is_virtual), freight_template_id=row.freight_template_id,
        purchase_rules=purchase.rules_of(row.purchase_rules),
        skus=tuple(_sku_draft(sku) for sku in in_matrix_order(row.specs, skus)))


def _sku_draft(sku: Any) -> SkuDraft:
    given = {name: getattr(sku, name) for name in SkuDraft.__dataclass_fields__}
    tiers = tuple((tier[0], tier[1]) for tier in sku.price_tiers)
    return SkuDraft(**{**given, "spec_values": tuple(sku.spec_values), "price_tiers": tiers,
                       "purchase_rules": purchase.rules_of(sku.purchase_rules)})


def copy_of(draft: ProductDraft, suffix: str) -> ProductDraft:
    """The same product to be sold under other SKU codes (复制商品); long codes that begin alike are told apart."""
    skus = tuple(replace(sku, sku_id=None, sku_code=f"{_cut(sku.sku_code, number)}-{suffix}")
                 for number, sku in enumerate(draft.skus))
    return replace(draft, title=f"{draft.title[:123]}（副本）", skus=skus)


def _cut(code: str, number: int) -> str:
    return code if len(code) <= 50 else f"{code[:46]}.{number}"


def _path(found: list[Any]) -> list[str]:
    if not found:
        raise CategoryNotFound(field="category_id")
    return found[0].path


def _freight(draft: ProductDraft, templates: list[Any]) -> str | None:
    """None: the seller's default template, when the price is made."""
    if draft.freight_template_id is not None and not templates:
        raise FreightTemplateNotFound(field="freight_template_id")
    return draft.freight_template_id


def _save_skus(tx: Tx, spu_id: str, draft: ProductDraft, before: Before, seller_id: str, now: datetime) -> list[str]:
    """The SKUs of the draft, each under the id of the same goods (`catalog.identity`)."""
    names = [name for name, _ in draft.specs]
    same = identity.same_goods(draft, before.skus, before.spec_names)
    wanted = {sku.sku_code: row.sku_id if row else None for sku, row in zip(draft.skus, same, strict=True)}
    rows = {row.sku_id: row for row in (*before.retired, *before.skus)}
    for sku_id, code in identity.codes_in_the_way(wanted, list(rows.values())):
        store.give_up_code(tx, rows[sku_id], code, seller_id)
    sku_ids = []
    for sku, row in zip(draft.skus, same, strict=True):
        sku_id = row.sku_id if row else new_id("sku")
        if row:
            store.change_sku(tx, sku_id, spu_id, sku, names)
        else:
            store.add_sku(tx, sku_id, spu_id, seller_id, sku, names, now)
            stock.open_item(tx, sku_id, stock.MAIN_WAREHOUSE, seller_id)
        sku_ids.append(sku_id)
    dropped = sorted({row.sku_id for row in before.skus if row.retired_at is None} - set(sku_ids))
    if dropped:
        store.retire_skus(tx, spu_id, dropped, now)
    return sku_ids
