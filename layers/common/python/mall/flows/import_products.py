"""A file of goods becomes draft products: all of them, or none and each wrong row says why (spec B4)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from mall.domains.catalog import categories, imports, sheet, store
from mall.domains.stock import store as stock
from mall.flows import save_product
from mall.kit.db import Tx
from mall.kit.errors import NotFound

MOST_ERRORS = 200  # told at once; the rest show when these are mended
PRODUCTS_AT_ONCE = 50  # statements of so many products go to the server together


class FileNotFound(NotFound):
    code, message = "FILE_NOT_FOUND", "文件不存在，请重新上传"


@dataclass(frozen=True)
class Imported:
    state: str  # DONE or REFUSED
    row_count: int
    errors: list[dict[str, Any]]


def import_products(ctx: Any, import_id: str, object_key: str) -> Imported:
    """Sent again with the same id it answers as before. Raises FileNotFound, FileTooLarge, UnreadableFile,
    HeaderIncomplete, RowCountOutOfRange; SkuCodeTaken when somebody took a code at the same moment."""
    seller_id = ctx.seller_id
    known = ctx.read(imports.find, import_id)
    if known is not None:
        return _as_answer(known, seller_id)
    if not object_key.startswith(f"imports/{seller_id}/") or not ctx.world.storage.exists(object_key):
        raise FileNotFound(field="object_key")
    content = ctx.world.storage.get(object_key, limit_bytes=sheet.MAX_BYTES)
    rows, codes = sheet.read_codes(ctx.world.spreadsheets.read(content))
    return ctx.transact(_import_all, ctx, import_id, object_key, rows, codes)


def _import_all(tx: Tx, ctx: Any, import_id: str, object_key: str, rows: list[Any], codes: list[str]) -> Imported:
    seller_id, now = ctx.seller_id, ctx.now
    row = imports.open_import(tx, import_id, seller_id=seller_id, staff_id=ctx.staff.staff_id,
                              object_key=object_key, now=now)
    if row.state != "OPEN":
        return _as_answer(row, seller_id)
    tree = categories.paths(tx, seller_id)
    paths = {each.category_id: each.path for each in tree}
    for each in rows:
        each.errors.clear()  # this may be the second attempt, after a deadlock
    goods, errors = sheet.read_goods(rows, path_names(tree), store.codes_taken(tx, seller_id, codes))
    if errors:
        told = [asdict(error) for error in errors[:MOST_ERRORS]]
        imports.end_import(tx, import_id, "REFUSED", len(rows), told)
        return Imported("REFUSED", len(rows), told)
    for number, each in enumerate(goods, start=1):
        _add(tx, each, paths[each.draft.category_id], ctx, import_id)
        if number % PRODUCTS_AT_ONCE == 0:
            tx.flush()
    imports.end_import(tx, import_id, "DONE", len(rows), [])
    return Imported("DONE", len(rows), [])


def _add(tx: Tx, goods: sheet.Goods, path: list[str], ctx: Any, import_id: str) -> None:
    saved = save_product.write_product(tx, goods.draft, path, None, [], ctx.seller_id, ctx.now)
    for sku_id, quantity in zip(saved.sku_ids, goods.stock, strict=True):
        if quantity:
            stock.receive(tx, sku_id, stock.MAIN_WAREHOUSE, quantity, reference=f"import {import_id}",
                          actor=ctx.staff.staff_id, now=ctx.now)


def path_names(tree: list[Any]) -> dict[str, str]:
    """The id of each category by its path of names: 服装/上衣."""
    names = {row.category_id: row.name for row in tree}
    return {"/".join(names[each] for each in row.path): row.category_id for row in tree}


def _as_answer(row: Any, seller_id: str) -> Imported:
    if row.seller_id != seller_id:
        raise FileNotFound(field="import_id")
    return Imported(row.state, row.row_count, row.row_errors)
