"""All goods of a seller as a file that can be imported elsewhere (商品导出), behind a link that soon ends (spec B4)."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import Any

from mall.domains.catalog import categories, sheet, store
from mall.domains.stock import store as stock
from mall.flows.import_products import path_names
from mall.kit.db import Tx
from mall.kit.errors import RuleBroken

LINK_LASTS_S = 600
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class TooManyToExport(RuleBroken):
    code, message = "TOO_MANY_TO_EXPORT", f"SKU 超过 {store.EXPORT_BOUND} 个，请联系技术支持分批导出"


@dataclass(frozen=True)
class Exported:
    rows: int
    url: str


def export_products(ctx: Any, kind: str) -> Exported:
    """`kind`: csv or xlsx. Raises TooManyToExport, Unavailable."""
    rows = ctx.read(_rows, ctx.seller_id)
    if kind == "csv":
        content = _csv(rows)
    else:
        content = ctx.world.spreadsheets.write("商品", sheet.COLUMNS, rows)
    key = f"exports/{ctx.seller_id}/{ctx.new_id('exp')}.{kind}"
    ctx.world.storage.put(key, content, TYPES[kind])
    return Exported(len(rows), ctx.world.storage.sign_get(key, LINK_LASTS_S))


def _rows(tx: Tx, seller_id: str) -> list[list[str]]:
    skus = store.all_for_export(tx, seller_id)
    if len(skus) > store.EXPORT_BOUND:  # before anything else is read, which has no bound of its own
        raise TooManyToExport()
    tree, available = categories.paths(tx, seller_id), stock.available_by_sku(tx, seller_id)
    names = {category_id: name for name, category_id in path_names(tree).items()}
    return [sheet.row_of(sku, names.get(sku.category_path[-1], ""), available.get(sku.sku_id, 0)) for sku in skus]


def _csv(rows: list[list[str]]) -> bytes:
    """With a byte order mark, without which Excel does not take it for UTF-8."""
    target = io.StringIO(newline="")
    csv.writer(target).writerows([sheet.COLUMNS, *rows])
    return target.getvalue().encode("utf-8-sig")
