"""Goods as a table (商品表格): what merchants download, change and upload, a row for each SKU (spec B4).

Rows of one 货号 are one product; what is said of the product stands in its first row. docs/goods-table.md says how
each column is written. `cells_of` writes what `sheet_goods` reads: what goes out comes back as it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from mall.domains.catalog import purchase_cells
from mall.domains.catalog import sheet_cells as cells
from mall.domains.catalog.rules import ProductDraft, SkuDraft
from mall.kit.cells import Unclear, heading, named
from mall.kit.errors import BadInput
from mall.kit.formulas import as_it_was
from mall.kit.money import yuan

COLUMNS = ("货号", "标题", "副标题", "类目", "规格", "SKU编码", "售价", "会员价", "阶梯价", "库存", "重量(克)",
           "佣金比例", "主图", "标签", "虚拟商品", "详情", "视频", "场景图", "运费模板", "SKU图片", "安全库存",
           "导出时库存", "版本", "购买规则", "商品购买规则")
STOCK_BY = "库存增减"
READ = (*COLUMNS, STOCK_BY)
NEEDED = ("货号", "标题", "类目", "SKU编码", "售价")
OF_GOODS = ("货号", "标题", "类目")  # a table without all of these is one of changes: only of SKUs that are there
OF_PRODUCT = ("标题", "副标题", "类目", "主图", "标签", "虚拟商品", "详情", "视频", "场景图", "运费模板", "版本",
              "商品购买规则")
MAX_ROWS = 2_000
MAX_BYTES = 5 * 1024 * 1024


class HeaderIncomplete(BadInput):
    code, message = "HEADER_INCOMPLETE", "表格第一行缺少必需的列，请使用模板"


class HeaderUnknown(BadInput):
    code, message = "HEADER_UNKNOWN", "表格第一行有无法识别或重复的列，请使用模板"


class RowCountOutOfRange(BadInput):
    code, message = "ROW_COUNT_OUT_OF_RANGE", f"表格应有 1 至 {MAX_ROWS} 行商品"


@dataclass(frozen=True)
class RowError:
    row: int  # as the spreadsheet counts: the header is row 1
    column: str
    code: str
    sentence: str


@dataclass
class Row:
    """One row of a file: its cells by column, only of the columns that the file has."""

    number: int
    cells: dict[str, str]
    errors: list[RowError] = field(default_factory=list)

    @property
    def code(self) -> str:
        return self.cells["SKU编码"]

    def wrong(self, column: str, code: str, sentence: str) -> None:
        """The first thing that is wrong in a column is told."""
        if all(error.column != column for error in self.errors):
            self.errors.append(RowError(self.number, column, code, sentence))


@dataclass(frozen=True)
class Told:
    """What a table says of a SKU beside the drafts of its product and itself."""

    spu_id: str
    version: int
    category: Sequence[str]  # names, from the root down
    freight: str  # the name of the template, empty for the default
    available: int
    safe_level: int


def read_rows(table: Sequence[Sequence[str]]) -> list[Row]:
    """The rows that are not empty. Raises HeaderIncomplete, HeaderUnknown, RowCountOutOfRange."""
    head = heading(table, READ, NEEDED)
    is_of_changes = not set(OF_GOODS) & set(head.places)
    if is_of_changes:
        head = heading(table, READ, ("SKU编码",))
    if head.sentence():
        kind = HeaderIncomplete if head.missing else HeaderUnknown
        raise kind(f"表格第一行{head.sentence()}", missing=head.missing, unknown=[name[:64] for name in head.unknown],
                   repeated=head.repeated)
    rows = []
    for number, row in enumerate(table[1:], start=2):
        found = {name: as_it_was(cell) for name, cell in named(row, head.places).items()}
        if any(found.values()) or any(isinstance(cell, Unclear) for cell in found.values()):
            rows.append(Row(number, _said(found) if is_of_changes else found))
    if not 1 <= len(rows) <= MAX_ROWS:
        raise RowCountOutOfRange(rows=len(rows))
    return rows


def _said(cells: dict[str, str]) -> dict[str, str]:
    """In a table of changes an empty cell leaves things as they are."""
    return {name: cell for name, cell in cells.items() if cell or isinstance(cell, Unclear) or name == "SKU编码"}


def cells_of(draft: ProductDraft, sku: SkuDraft, told: Told) -> dict[str, str]:
    """The cells of one SKU's row, as text that no separator inside a value breaks."""
    names = [name for name, _ in draft.specs]
    member = "" if sku.member_price_fen is None else yuan(sku.member_price_fen)
    available = "" if draft.is_virtual else str(told.available)
    return {
        "货号": told.spu_id, "标题": draft.title, "副标题": draft.subtitle, "类目": cells.of_path(told.category),
        "规格": cells.of_pairs(zip(names, sku.spec_values, strict=False)), "SKU编码": sku.sku_code,
        "售价": yuan(sku.price_fen), "会员价": member, "阶梯价": cells.of_tiers(sku.price_tiers), "库存": available,
        "重量(克)": str(sku.weight_grams), "佣金比例": str(sku.commission_percent),
        "主图": " ".join(draft.media.get("carousel") or ()), "标签": ",".join(cells.kept(tag) for tag in draft.tags),
        "虚拟商品": cells.of_truth(draft.is_virtual), "详情": draft.description,
        "视频": draft.media.get("video") or "", "场景图": " ".join(draft.media.get("scenes") or ()),
        "运费模板": told.freight, "SKU图片": sku.picture_url or "", "安全库存": str(told.safe_level),
        "导出时库存": available, "版本": str(told.version),
        "购买规则": purchase_cells.written(sku.purchase_rules),
        "商品购买规则": purchase_cells.written(draft.purchase_rules),
    }
