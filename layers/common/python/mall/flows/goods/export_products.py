"""All goods of a seller as a file that can be changed and imported again (商品导出), behind a link that soon ends
(spec B4)."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import Any

from mall.domains.catalog import categories, sheet, store
from mall.domains.pricing import freight_store
from mall.domains.stock import store as stock
from mall.flows.goods.import_products import known_of, names_of
from mall.kit.db import Tx
from mall.kit.errors import RuleBroken
from mall.kit.formulas import harmless

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
    skus, products = store.all_for_export(tx, seller_id)
    if len(skus) > store.EXPORT_BOUND:
        raise TooManyToExport()
    names, levels = names_of(categories.paths(tx, seller_id)), stock.levels(tx, seller_id)
    freights = {each.freight_template_id: each.name for each in freight_store.all_of(tx, seller_id)}
    of_product: dict[str, list[Any]] = {}
    for sku in skus:
        of_product.setdefault(sku.spu_id, []).append(sku)
    rows = []
    for spu_id, own in of_product.items():
        known = known_of(products[spu_id], own, names, freights, levels)
        for number, sku in enumerate(known.draft.skus):
            cells = sheet.cells_of(known.draft, sku, known.told[sku.sku_code])
            rows.append([cells[name] if number == 0 or name != "详情" else "" for name in sheet.COLUMNS])
    return rows


def _csv(rows: list[list[str]]) -> bytes:
    """With a byte order mark, without which Excel does not take it for UTF-8."""
    target = io.StringIO(newline="")
    csv.writer(target).writerows([sheet.COLUMNS, *([harmless(cell) for cell in row] for row in rows)])
    return target.getvalue().encode("utf-8-sig")
