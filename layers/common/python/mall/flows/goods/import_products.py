"""A file of goods becomes draft products and changes of known ones: those that are right go in, each row that is wrong
says why (spec B4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from mall.domains.catalog import categories, imports, sheet, sheet_goods, store
from mall.domains.catalog.rules import ProductIncomplete, require_complete
from mall.domains.pricing import freight_store
from mall.domains.stock import store as stock
from mall.domains.uploads.rules import NotChecked
from mall.flows.goods import given_away_goods, save_product, shown_uploads
from mall.flows.goods.save_product import Before
from mall.kit import text
from mall.kit.db import Tx
from mall.kit.errors import NotFound

MOST_ERRORS = 200  # told at once; the rest show when these are mended
PRODUCTS_AT_ONCE = 50  # statements of so many products go to the server together


class FileNotFound(NotFound):
    code, message = "FILE_NOT_FOUND", "文件不存在，请重新上传"


@dataclass(frozen=True)
class Imported:
    state: str  # DONE; PARTLY: some products stayed out; REFUSED: all of them did
    row_count: int
    errors: list[dict[str, Any]]
    created: int = 0  # rows
    updated: int = 0
    unchanged: int = 0


@dataclass(frozen=True)
class _Shelf:
    """What is there of the products that a file names: their rows held still, all their SKUs, the retired SKUs that
    have one of its codes."""

    rows: dict[str, Any]
    skus: dict[str, list[Any]]
    retired: list[Any]


def import_products(ctx: Any, import_id: str, object_key: str) -> Imported:
    """Sent again with the same id it answers as before. Raises FileNotFound, FileTooLarge, UnreadableFile,
    HeaderIncomplete, HeaderUnknown, RowCountOutOfRange; SkuCodeTaken when somebody took a code at the same moment."""
    seller_id = ctx.seller_id
    known = ctx.read(imports.find, import_id)
    if known is not None:
        return _as_answer(known, seller_id)
    if not object_key.startswith(f"imports/{seller_id}/") or not ctx.world.storage.exists(object_key):
        raise FileNotFound(field="object_key")
    content = ctx.world.storage.get(object_key, limit_bytes=sheet.MAX_BYTES)
    table = ctx.world.spreadsheets.read(content)
    sheet.read_rows(table)  # refused as a whole, before anything is opened
    return ctx.transact(_import_all, ctx, import_id, object_key, table)


def _import_all(tx: Tx, ctx: Any, import_id: str, object_key: str, table: list[list[str]]) -> Imported:
    row = imports.open_import(tx, import_id, seller_id=ctx.seller_id, staff_id=ctx.staff.staff_id,
                              object_key=object_key, now=ctx.now)
    if row.state != "OPEN":
        return _as_answer(row, ctx.seller_id)
    rows = sheet.read_rows(table)  # anew: this may be the second attempt, after a deadlock
    tree = categories.paths(tx, ctx.seller_id)
    paths = {each.category_id: each.path for each in tree}
    shelf = _shelf(tx, ctx.seller_id, [row.code for row in rows])
    goods = sheet_goods.read_goods(rows, _world(tx, ctx.seller_id, shelf, tree, ctx.settings))
    goods = [each for each in goods if _may_be_written(each, shelf, rows) and _may_be_shown(tx, each, rows, ctx)
             and _may_be_given(tx, each, shelf, rows, ctx)]
    sides: tuple[dict, dict] = ({}, {})
    for number, each in enumerate(goods, start=1):
        _note(each, shelf, *sides)
        _write(tx, each, paths, shelf, ctx, import_id)
        if number % PRODUCTS_AT_ONCE == 0:
            tx.flush()
    errors = [asdict(error) for row in rows for error in row.errors]
    counts = {name: sum(getattr(each, name) for each in goods) for name in ("created", "updated", "unchanged")}
    state = "DONE" if not errors else "PARTLY" if goods else "REFUSED"
    ctx.audit(before=sides[0], after=sides[1])
    imports.end_import(tx, import_id, state, len(rows), errors[:MOST_ERRORS], counts)
    return Imported(state, len(rows), errors[:MOST_ERRORS], **counts)


def _shelf(tx: Tx, seller_id: str, codes: list[str]) -> _Shelf:
    living, retired = store.by_code(tx, seller_id, codes)
    rows, skus = store.some_locked(tx, sorted({row.spu_id for row in living}), seller_id) if living else ([], {})
    return _Shelf({row.spu_id: row for row in rows}, skus, retired)


def _world(tx: Tx, seller_id: str, shelf: _Shelf, tree: list[Any], settings: Any) -> sheet_goods.World:
    freights, names = freight_store.all_of(tx, seller_id), names_of(tree)
    freight_names = {each.freight_template_id: each.name for each in freights}
    sku_ids = [sku.sku_id for skus in shelf.skus.values() for sku in skus]
    level = stock.levels(tx, seller_id, sku_ids) if sku_ids else {}
    spu_of, known = {}, {}
    for spu_id, row in shelf.rows.items():
        living = [sku for sku in shelf.skus[spu_id] if sku.retired_at is None]
        product = known_of(row, living, names, freight_names, level)
        for sku in living:
            spu_of[sku.sku_code], known[sku.sku_code] = spu_id, product
    by_path = _grouped((tuple(map(text.line, path)), category_id) for category_id, path in names.items())
    by_name = _grouped((text.line(each.name), each.freight_template_id) for each in freights)
    return sheet_goods.World(by_path, by_name, known, spu_of, [each["level"] for each in settings.member_levels])


def known_of(row: Any, skus: list[Any], names: dict[str, list[str]], freights: dict[str, str],
             levels: dict[str, stock.Level]) -> sheet_goods.Known:
    """A product as a table tells it; an export says the same."""
    told, main = {}, {}
    for sku in skus:
        level = levels.get(sku.sku_id, stock.Level())
        told[sku.sku_code] = sheet.Told(row.spu_id, row.version, names.get(row.category_id, []),
                                        freights.get(row.freight_template_id or "", ""), level.available,
                                        level.safe_level)
        main[sku.sku_code] = level.main_available
    return sheet_goods.Known(save_product.draft_of(row, skus), told, main)


def names_of(tree: list[Any]) -> dict[str, list[str]]:
    """The path of names of each category: 服装, 上衣."""
    names = {row.category_id: row.name for row in tree}
    return {row.category_id: [names[each] for each in row.path if each in names] for row in tree}


def _grouped(pairs: Iterable[tuple[Any, str]]) -> dict[Any, list[str]]:
    found: dict[Any, list[str]] = {}
    for name, identity in pairs:
        found.setdefault(name, []).append(identity)
    return found


def _may_be_written(goods: sheet_goods.Goods, shelf: _Shelf, rows: list[sheet.Row]) -> bool:
    """A listed product stays complete; where it would not, its first row says so."""
    row = shelf.rows.get(goods.spu_id or "")
    if row is None or row.state != "LISTED" or not (goods.created or goods.updated):
        return True
    try:
        require_complete(goods.draft.media, goods.draft.skus)
    except ProductIncomplete as refusal:
        _first_row(goods, rows).wrong("主图", refusal.code, refusal.message)
        return False
    return True


def _may_be_shown(tx: Tx, goods: sheet_goods.Goods, rows: list[sheet.Row], ctx: Any) -> bool:
    """Pictures that lie in our own store were checked; where they were not, the product's first row says so."""
    if not goods.created and not goods.updated:
        return True
    try:
        shown_uploads.by_product(tx, goods.draft, ctx.store, ctx.seller_id, ctx.now)
    except NotChecked as refusal:
        _first_row(goods, rows).wrong("主图", refusal.code, refusal.message)
        return False
    return True


def _first_row(goods: sheet_goods.Goods, rows: list[sheet.Row]) -> sheet.Row:
    codes = {sku.sku_code for sku in goods.draft.skus}
    return next(each for each in rows if each.code in codes)


def _may_be_given(tx: Tx, goods: sheet_goods.Goods, shelf: _Shelf, rows: list[sheet.Row], ctx: Any) -> bool:
    """Where two people decide, lower prices count as if each product had been saved by itself (J6); above one person's
    limits the product stays out, and its first row says where a second one is asked."""
    row = shelf.rows.get(goods.spu_id or "")
    if row is None or not goods.updated or not ctx.settings.second_person:
        return True
    given = given_away_goods.of_goods(tx, row, shelf.skus[row.spu_id], goods.draft.skus,
                                      goods.draft.freight_template_id)
    why = ctx.why_not_alone(given)
    tx.flush()  # what is counted for this one the next one sees
    if why is None:
        return True
    _first_row(goods, rows).wrong(
        "售价", "SECOND_PERSON_NEEDED", f"{why}；请在商品编辑中修改，由另一位同事复核")
    return False


def _note(goods: sheet_goods.Goods, shelf: _Shelf, before: dict[str, Any], after: dict[str, Any]) -> None:
    """By SKU code what its price was and is, and by how many units its stock grows: for the audit log."""
    if goods.created or goods.updated:
        were, are = save_product.price_changes(shelf.skus.get(goods.spu_id or "", []), goods.draft)
        before |= were
        after |= are
    for code, by in goods.stock_by.items():
        after[code] = {**after.get(code, {}), "stock_by": by}


def _write(tx: Tx, goods: sheet_goods.Goods, paths: dict[str, list[str]], shelf: _Shelf, ctx: Any,
           import_id: str) -> None:
    """A new product, a new version of one that is there, or nothing."""
    if not goods.created and not goods.updated:
        return
    draft, seller_id, now = goods.draft, ctx.seller_id, ctx.now
    if goods.spu_id is None:
        path = paths[draft.category_id]
        saved = save_product.write_product(tx, draft, path, draft.freight_template_id, shelf.retired, seller_id, now)
    else:
        row, skus = shelf.rows[goods.spu_id], shelf.skus[goods.spu_id]
        path = paths.get(draft.category_id, row.category_path)  # of a category that is gone the product's own
        before = Before(skus, [spec["name"] for spec in row.specs], shelf.retired)
        saved = save_product.rewrite_product(tx, row, draft, path, draft.freight_template_id, before,
                                             ctx.seen(row.version))
    of_code = dict(zip((sku.sku_code for sku in draft.skus), saved.sku_ids, strict=True))
    known = {sku.sku_id for skus in shelf.skus.values() for sku in skus}
    for code, by in goods.stock_by.items():
        move = stock.correct if of_code[code] in known else stock.receive
        move(tx, of_code[code], stock.MAIN_WAREHOUSE, by, reference=f"import {import_id}", actor=ctx.staff.staff_id,
             now=now)
    for code, level in goods.safe_levels.items():
        stock.put_safe_level(tx, of_code[code], stock.MAIN_WAREHOUSE, level, seller_id, who=ctx.staff.display_name,
                             now=now)


def _as_answer(row: Any, seller_id: str) -> Imported:
    if row.seller_id != seller_id:
        raise FileNotFound(field="import_id")
    return Imported(row.state, row.row_count, row.row_errors, **(row.counts or {}))
