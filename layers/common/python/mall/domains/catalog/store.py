"""Products and their SKUs (spec B1 B2 B4); the lists of them are in `listing`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, or_, select, update

from mall.domains.catalog.purchase import document_of
from mall.domains.catalog.rules import (
    SHELF, ProductChanged, ProductDraft, SkuCodeTaken, SkuDraft, lowest_price,
)
from mall.kit import versions
from mall.kit.db import Tx, among
from mall.kit.postponed import not_postponed
from mall.kit.versions import Seen
from mall.tables.goods import freight_templates, product_categories, product_tags, products, skus
from mall.tables.sellers import suspended

TIMED_BATCH = 500
TIMED = "timed"  # what a failed product is postponed for
EXPORT_BOUND = 20_000  # SKUs in one file

_MINE = (products.c.spu_id == bindparam("spu_id"), products.c.seller_id == bindparam("seller_id"))
_OWN = select(products).where(*_MINE)
_LOCKED = _OWN.with_for_update()
_SOME_LOCKED = (
    select(products)
    .where(products.c.spu_id.in_(among("spu_ids")), products.c.seller_id == bindparam("seller_id"))
    .order_by(products.c.spu_id)
    .with_for_update()
)
_SKUS_OF = select(skus).where(skus.c.spu_id.in_(among("spu_ids"))).order_by(skus.c.spu_id, skus.c.sku_id)
_SKU = (
    select(skus.c.sku_id, skus.c.spu_id, skus.c.active, products.c.state, products.c.is_virtual)
    .join_from(skus, products, skus.c.spu_id == products.c.spu_id)
    .where(skus.c.sku_id == bindparam("sku_id"), skus.c.seller_id == bindparam("seller_id"))
)
_FREIGHT = select(freight_templates.c.freight_template_id).where(
    freight_templates.c.seller_id == bindparam("seller_id"),
    freight_templates.c.freight_template_id == bindparam("wanted"))
_SAVE = (
    versions.change(products)
    .where(products.c.spu_id == bindparam("of_spu"), products.c.seller_id == bindparam("of_seller"))
    .values({name: bindparam(f"new_{name}") for name in (
        "category_id", "category_path", "title", "subtitle", "media", "specs", "tags", "description",
        "freight_template_id", "lowest_price_fen", "purchase_rules")})
)
_SAVE_SKU = (
    update(skus)
    .where(skus.c.sku_id == bindparam("of_sku"), skus.c.spu_id == bindparam("of_spu"))
    .values({name: bindparam(f"new_{name}") for name in (
        "sku_code", "spec_values", "spec_names", "price_fen", "member_price_fen", "price_tiers", "commission_percent",
        "weight_grams", "picture_url", "active", "retired_at", "purchase_rules")})
)
_RETIRE = (
    update(skus)
    .where(skus.c.spu_id == bindparam("of_spu"), skus.c.sku_id.in_(among("sku_ids")), skus.c.retired_at.is_(None))
    .values(active=False, retired_at=bindparam("now"))
)
_GIVE_UP_CODE = (
    update(skus)
    .where(skus.c.sku_id == bindparam("of_sku"), skus.c.seller_id == bindparam("of_seller"),
           skus.c.sku_code == bindparam("seen_code"))
    .values(sku_code=bindparam("new_code"))
)
_RETIRED_WITH_CODE = (
    select(skus.c.sku_id, skus.c.sku_code)
    .where(skus.c.seller_id == bindparam("seller_id"), skus.c.sku_code.in_(among("codes")),
           skus.c.retired_at.is_not(None))
)
_DROP_CATEGORIES = delete(product_categories).where(product_categories.c.spu_id == bindparam("of_spu"))
_DROP_TAGS = delete(product_tags).where(product_tags.c.spu_id == bindparam("of_spu"))
_MOVE = {
    move: update(products)
    .where(products.c.spu_id == bindparam("of_spu"), products.c.state.in_(SHELF.sources(move)))
    .values(state=SHELF.target(move), version=products.c.version + 1, changed_at=bindparam("now"),
            changed_by=bindparam("who"), **{f"{move}_at": None})
    for move in ("list", "unlist")
}
_SET_TIME = {
    move: update(products)
    .where(products.c.spu_id == bindparam("of_spu"))
    .values({f"{move}_at": bindparam("at"), "changed_at": bindparam("now")})
    for move in ("list", "unlist")
}
_DUE = {
    move: select(products.c.spu_id, products.c.seller_id)
    .where(products.c.state.in_(SHELF.sources(move)), column <= bindparam("now"),
           not_postponed(TIMED, products.c.spu_id))
    .order_by(column)
    .limit(TIMED_BATCH)
    for move, column in (("list", products.c.list_at), ("unlist", products.c.unlist_at))
}
_SOLD = update(products).where(products.c.spu_id == bindparam("of_spu")).values(sold=products.c.sold + bindparam("by"))
_EXPORT = (
    select(skus)
    .where(skus.c.seller_id == bindparam("seller_id"), skus.c.active, skus.c.retired_at.is_(None))
    .order_by(skus.c.spu_id, skus.c.sku_id)
    .limit(EXPORT_BOUND + 1)
)
_PRODUCTS_OF = select(products).where(products.c.spu_id.in_(among("spu_ids")),
                                      products.c.seller_id == bindparam("seller_id"))
_BY_CODE = (
    select(skus.c.sku_id, skus.c.spu_id, skus.c.sku_code, skus.c.retired_at)
    .where(skus.c.seller_id == bindparam("seller_id"), skus.c.sku_code.in_(among("codes")))
)
_LISTED = select(
    products.c.spu_id, products.c.seller_id, products.c.category_path, products.c.title, products.c.subtitle,
    products.c.media, products.c.specs, products.c.tags, products.c.description, products.c.is_virtual,
    products.c.freight_template_id, products.c.sold, products.c.purchase_rules,
    suspended(products.c.seller_id).label("suspended"),
).where(products.c.spu_id == bindparam("spu_id"), products.c.state == "LISTED")
_ITS_SKUS = (
    select(skus.c.sku_id, skus.c.spu_id, skus.c.seller_id, skus.c.spec_values, skus.c.price_fen,
           skus.c.member_price_fen, skus.c.price_tiers, skus.c.weight_grams, skus.c.picture_url, skus.c.purchase_rules,
           products.c.category_path, products.c.is_virtual, products.c.freight_template_id)
    .join_from(skus, products, skus.c.spu_id == products.c.spu_id)
    .where(skus.c.spu_id == bindparam("spu_id"), skus.c.active)
)
_ITS_FREIGHT = (
    select(freight_templates.c.freight_template_id, freight_templates.c.name, freight_templates.c.document,
           freight_templates.c.is_default)
    .join_from(products, freight_templates, freight_templates.c.seller_id == products.c.seller_id)
    .where(products.c.spu_id == bindparam("spu_id"),
           or_(freight_templates.c.freight_template_id == products.c.freight_template_id,
               freight_templates.c.is_default))
)


# staff's side


def opened(tx: Tx, spu_id: str, seller_id: str) -> tuple[Any | None, list[Any]]:
    """The seller's product and all its SKUs, to be looked at."""
    rows, found = tx.fetch((_OWN, {"spu_id": spu_id, "seller_id": seller_id}), (_SKUS_OF, {"spu_ids": [spu_id]}))
    return (rows[0] if rows else None), found


_KNOWN = select(products.c.spu_id).where(products.c.spu_id.in_(among("ids")),
                                         products.c.seller_id == bindparam("seller_id"))


def known(tx: Tx, ids: list[str], seller_id: str) -> set[str]:
    """Those of the ids that are goods of the seller, in whatever state."""
    return {row.spu_id for row in tx.all(_KNOWN, ids=ids, seller_id=seller_id)}


def some_locked(tx: Tx, spu_ids: list[str], seller_id: str) -> tuple[list[Any], dict[str, list[Any]]]:
    """The seller's products among these, held still, and their SKUs by product."""
    rows, found = tx.fetch((_SOME_LOCKED, {"spu_ids": spu_ids, "seller_id": seller_id}),
                           (_SKUS_OF, {"spu_ids": spu_ids}))
    by_product: dict[str, list[Any]] = {row.spu_id: [] for row in rows}
    for sku in found:
        by_product.get(sku.spu_id, []).append(sku)
    return rows, by_product


def ask_locked(spu_id: str, seller_id: str):
    return _LOCKED, {"spu_id": spu_id, "seller_id": seller_id}


def ask_skus(spu_id: str):
    return _SKUS_OF, {"spu_ids": [spu_id]}


def ask_freight(seller_id: str, wanted: str | None):
    return _FREIGHT, {"seller_id": seller_id, "wanted": wanted or ""}


def ask_retired(seller_id: str, codes: list[str]):
    """Retired SKUs of the seller that have one of these codes."""
    return _RETIRED_WITH_CODE, {"seller_id": seller_id, "codes": codes}


def find_sku(tx: Tx, sku_id: str, seller_id: str) -> Any | None:
    return tx.one(_SKU, sku_id=sku_id, seller_id=seller_id)


def add_product(tx: Tx, spu_id: str, draft: ProductDraft, *, seller_id: str, category_path: Sequence[str],
                freight_template_id: str | None, now: datetime) -> None:
    tx.insert(products, spu_id=spu_id, seller_id=seller_id, state="DRAFT", sold=0, is_virtual=draft.is_virtual,
              list_at=None, unlist_at=None, version=1, created_at=now,
              **_columns(draft, category_path, freight_template_id, now))
    _file_under(tx, spu_id, category_path, draft.tags)


def change_product(tx: Tx, row: Any, draft: ProductDraft, seen: Seen, *, category_path: Sequence[str],
                   freight_template_id: str | None) -> None:
    """Raises ProductChanged when it is no longer the version that was seen."""
    columns, spu_id = _columns(draft, category_path, freight_template_id, seen.now), row.spu_id
    versions.save(tx, _SAVE, row, seen, ProductChanged, of_spu=spu_id, of_seller=row.seller_id,
                  **{f"new_{name}": value for name, value in columns.items() if name != "changed_at"})
    tx.write(_DROP_CATEGORIES, of_spu=spu_id)
    tx.write(_DROP_TAGS, of_spu=spu_id)
    _file_under(tx, spu_id, category_path, draft.tags)


def _columns(draft: ProductDraft, category_path: Sequence[str], freight_template_id: str | None,
             now: datetime) -> dict[str, Any]:
    return {
        "category_id": draft.category_id, "category_path": list(category_path), "title": draft.title,
        "subtitle": draft.subtitle, "media": draft.media,
        "specs": [{"name": name, "values": list(values)} for name, values in draft.specs],
        "tags": list(draft.tags), "description": draft.description, "freight_template_id": freight_template_id,
        "lowest_price_fen": lowest_price(draft.skus), "changed_at": now,
        "purchase_rules": document_of(draft.purchase_rules),
    }


def _file_under(tx: Tx, spu_id: str, category_path: Sequence[str], tags: Sequence[str]) -> None:
    for category_id in category_path:
        tx.insert(product_categories, category_id=category_id, spu_id=spu_id)
    for tag in tags:
        tx.insert(product_tags, tag=tag, spu_id=spu_id)


def add_sku(tx: Tx, sku_id: str, spu_id: str, seller_id: str, sku: SkuDraft, names: Sequence[str],
            now: datetime) -> None:
    """`names`: of its specification values. Raises SkuCodeTaken."""
    tx.insert(skus, sku_id=sku_id, spu_id=spu_id, seller_id=seller_id, created_at=now, **_sku_columns(sku, names),
              duplicate=SkuCodeTaken(field="skus", sku_code=sku.sku_code))


def change_sku(tx: Tx, sku_id: str, spu_id: str, sku: SkuDraft, names: Sequence[str]) -> None:
    """Raises SkuCodeTaken."""
    tx.write(_SAVE_SKU, rows=1, of_sku=sku_id, of_spu=spu_id,
             duplicate=SkuCodeTaken(field="skus", sku_code=sku.sku_code),
             **{f"new_{name}": value for name, value in _sku_columns(sku, names).items()})


def _sku_columns(sku: SkuDraft, names: Sequence[str]) -> dict[str, Any]:
    return {
        "sku_code": sku.sku_code, "spec_values": list(sku.spec_values), "spec_names": list(names),
        "price_fen": sku.price_fen, "member_price_fen": sku.member_price_fen,
        "price_tiers": [list(tier) for tier in sku.price_tiers],
        "commission_percent": sku.commission_percent, "weight_grams": sku.weight_grams,
        "picture_url": sku.picture_url, "active": sku.active, "retired_at": None,
        "purchase_rules": document_of(sku.purchase_rules),
    }


def give_up_code(tx: Tx, row: Any, code: str, seller_id: str) -> None:
    """Another SKU is to have the row's code; this one has `code` instead."""
    tx.write(_GIVE_UP_CODE, of_sku=row.sku_id, of_seller=seller_id, seen_code=row.sku_code, new_code=code)


def retire_skus(tx: Tx, spu_id: str, sku_ids: list[str], now: datetime) -> None:
    """Sold no more; kept, because orders speak of them."""
    tx.write(_RETIRE, of_spu=spu_id, sku_ids=sku_ids, now=now)


def move(tx: Tx, spu_id: str, move: str, who: str | None, now: datetime) -> None:
    """List or unlist at once, `who` did it or its time has come; its own timer is done with."""
    tx.write(_MOVE[move], rows=1, otherwise=ProductChanged(), of_spu=spu_id, who=who, now=now)


def set_time(tx: Tx, spu_id: str, move: str, at: datetime | None, now: datetime) -> None:
    tx.write(_SET_TIME[move], rows=1, otherwise=ProductChanged(), of_spu=spu_id, at=at, now=now)


def due(tx: Tx, now: datetime) -> list[Any]:
    """Products whose time to be listed or unlisted has come."""
    to_list, to_unlist = tx.fetch((_DUE["list"], {"now": now}), (_DUE["unlist"], {"now": now}))
    return sorted({*to_list, *to_unlist})


def add_sold(tx: Tx, spu_id: str, by: int) -> None:
    """So many more are sold (or fewer, after a refund): "sold N" of the detail page. A hot row."""
    tx.write(_SOLD, rows=1, of_spu=spu_id, by=by, hot=("products", spu_id))


def by_code(tx: Tx, seller_id: str, codes: list[str]) -> tuple[list[Any], list[Any]]:
    """The seller's SKUs that have one of these codes: those that are part of their product, and retired ones."""
    rows = tx.all(_BY_CODE, seller_id=seller_id, codes=codes)
    return [row for row in rows if row.retired_at is None], [row for row in rows if row.retired_at is not None]


def all_for_export(tx: Tx, seller_id: str) -> tuple[list[Any], dict[str, Any]]:
    """The SKUs that are sold, and their products by id."""
    rows = tx.all(_EXPORT, seller_id=seller_id)
    spu_ids = sorted({row.spu_id for row in rows})
    found = [row for start in range(0, len(spu_ids), 1_000)
             for row in tx.all(_PRODUCTS_OF, seller_id=seller_id, spu_ids=spu_ids[start:start + 1_000])]
    return rows, {row.spu_id: row for row in found}


# buyers' side


def ask_listed(spu_id: str):
    """Three questions for the detail page: the product if it is listed, its SKUs, the freight templates
    that may be its own (the one it names, the seller's default)."""
    given = {"spu_id": spu_id}
    return (_LISTED, given), (_ITS_SKUS, given), (_ITS_FREIGHT, given)
