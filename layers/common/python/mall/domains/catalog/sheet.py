"""Goods as a table (商品表格): what merchants upload and download, a row for each SKU (spec B4).

Rows of one 货号 are one product; what is said of the product stands in its first row. 规格 is written
颜色:红;尺码:L, 阶梯价 is 3:90.00;10:80.00, 类目 is the path of names 服装/上衣/T恤, money is yuan.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from mall.domains.catalog.rules import MAX_SKUS, ProductDraft, SkuDraft, check_draft
from mall.kit.errors import BadInput, MallError
from mall.kit.formulas import as_it_was, harmless
from mall.kit.money import MAX_FEN, yuan

COLUMNS = ("货号", "标题", "副标题", "类目", "规格", "SKU编码", "售价", "会员价", "阶梯价", "库存", "重量(克)",
           "佣金比例", "主图", "标签", "虚拟商品")
NEEDED = ("货号", "标题", "类目", "SKU编码", "售价")
OF_PRODUCT = ("标题", "副标题", "类目", "主图", "标签", "虚拟商品")
MAX_ROWS = 2_000
MAX_BYTES = 5 * 1024 * 1024
_MONEY = re.compile(r"\d{1,9}(\.\d{1,2})?")
_SKU_CODE = re.compile(r"[0-9A-Za-z_.:-]{1,64}")
_URL = re.compile(r"https?://[^\s\"'<>]{1,500}")


class HeaderIncomplete(BadInput):
    code, message = "HEADER_INCOMPLETE", "表格第一行缺少必需的列，请使用模板"


class RowCountOutOfRange(BadInput):
    code, message = "ROW_COUNT_OUT_OF_RANGE", f"表格应有 1 至 {MAX_ROWS} 行商品"


@dataclass(frozen=True)
class RowError:
    row: int  # as the spreadsheet counts: the header is row 1
    column: str
    code: str
    sentence: str


@dataclass(frozen=True)
class Goods:
    """One product of the file, with the units of each SKU in the order of the draft."""

    draft: ProductDraft
    stock: tuple[int, ...]


@dataclass
class _Row:
    number: int
    cells: dict[str, str]
    errors: list[RowError] = field(default_factory=list)

    def wrong(self, column: str, code: str, sentence: str) -> None:
        self.errors.append(RowError(self.number, column, code, sentence))

    def text(self, column: str, most: int) -> str:
        value = self.cells.get(column, "")
        if not value and column in NEEDED:
            self.wrong(column, "MISSING", f"{column}不能为空")
        if len(value) > most:
            self.wrong(column, "TOO_LONG", f"{column}最多 {most} 个字")
        return value

    def fen(self, column: str) -> int | None:
        value = self.text(column, 20)
        if not value:
            return None
        amount = fen_of(value)
        if amount is None or not 0 < amount <= MAX_FEN:
            self.wrong(column, "BAD_AMOUNT", f"{column}应为大于零、最多两位小数的金额（元）")
        return amount

    def whole(self, column: str, most: int) -> int:
        value = self.text(column, 20)
        if not value:
            return 0
        if not value.isascii() or not value.isdigit() or int(value) > most:
            self.wrong(column, "BAD_NUMBER", f"{column}应为 0 至 {most} 的整数")
            return 0
        return int(value)


def read_codes(table: Sequence[Sequence[str]]) -> tuple[list[_Row], list[str]]:
    """The rows that are not empty, and the SKU codes in them. Raises HeaderIncomplete, RowCountOutOfRange."""
    header = [cell.strip() for cell in table[0]] if table else []
    missing = [name for name in NEEDED if name not in header]
    if missing:
        raise HeaderIncomplete(f"表格第一行缺少列：{'、'.join(missing)}", missing=missing)
    rows = []
    for number, cells in enumerate(table[1:], start=2):
        named = {name: as_it_was(cell.strip()) for name, cell in zip(header, cells, strict=False) if name in COLUMNS}
        if any(named.values()):
            rows.append(_Row(number, named))
    if not 1 <= len(rows) <= MAX_ROWS:
        raise RowCountOutOfRange(rows=len(rows))
    return rows, [row.cells.get("SKU编码", "") for row in rows]


def read_goods(rows: list[_Row], categories: dict[str, str], taken: set[str]) -> tuple[list[Goods], list[RowError]]:
    """The products of the file, and everything that is wrong with its rows. `categories`: id by path of
    names; `taken`: SKU codes that the seller uses already."""
    groups: dict[str, list[_Row]] = {}
    seen: set[str] = set()
    for row in rows:
        groups.setdefault(row.text("货号", 64), []).append(row)
        code = row.text("SKU编码", 64)
        if code and not _SKU_CODE.fullmatch(code):
            row.wrong("SKU编码", "BAD_CODE", "SKU 编码只能用字母、数字和 _ . : -")
        elif code and (code in taken or code in seen):
            row.wrong("SKU编码", "SKU_CODE_TAKEN", "SKU 编码已被使用，请更换")
        seen.add(code)
    goods = [_product(group, categories) for group in groups.values()]
    errors = [error for row in rows for error in row.errors]
    return [each for each in goods if each is not None], errors


def _product(group: list[_Row], categories: dict[str, str]) -> Goods | None:
    first = group[0]
    for row in group[1:]:
        for column in OF_PRODUCT:
            if row.cells.get(column) and row.cells[column] != first.cells.get(column):
                row.wrong(column, "DIFFERS", f"同一货号的{column}应与第 {first.number} 行相同，或留空")
    if len(group) > MAX_SKUS:
        first.wrong("货号", "TOO_MANY_SKUS", f"一个商品最多 {MAX_SKUS} 个 SKU")
    category = categories.get(first.text("类目", 255), "")
    if not category and first.cells.get("类目"):
        first.wrong("类目", "CATEGORY_NOT_FOUND", "类目不存在，请填写完整路径，如 服装/上衣")
    is_virtual = first.cells.get("虚拟商品", "") == "是"
    specs, skus, stock = _specs(group), [], []
    for row in group:
        skus.append(_sku(row))
        stock.append(row.whole("库存", 1_000_000))
        if is_virtual and stock[-1]:
            row.wrong("库存", "VIRTUAL_FOLLOWS_CODES", "虚拟商品的库存等于卡密数量，请留空")
    draft = ProductDraft(
        title=first.text("标题", 128), subtitle=first.text("副标题", 255), category_id=category, specs=specs,
        skus=tuple(skus), tags=_tags(first), is_virtual=is_virtual,
        media={"video": None, "carousel": _pictures(first), "scenes": []})
    if any(row.errors for row in group):
        return None
    try:
        check_draft(draft)
    except MallError as refusal:
        at = next((row for row in group if row.cells["SKU编码"] == refusal.data.get("sku_code")), first)
        at.wrong("规格", refusal.code, refusal.message)
    return Goods(draft, tuple(stock))


def _sku(row: _Row) -> SkuDraft:
    return SkuDraft(
        sku_code=row.cells.get("SKU编码", ""), price_fen=row.fen("售价") or 0, member_price_fen=row.fen("会员价"),
        spec_values=tuple(value for _, value in _pairs(row, "规格")), price_tiers=_tiers(row),
        commission_percent=row.whole("佣金比例", 100), weight_grams=row.whole("重量(克)", 1_000_000))


def _specs(group: list[_Row]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Names as in the first row, values in the order in which they come."""
    names = [name for name, _ in _pairs(group[0], "规格")]
    values: list[list[str]] = [[] for _ in names]
    for row in group:
        pairs = _pairs(row, "规格")
        if [name for name, _ in pairs] != names:
            row.wrong("规格", "SPEC_VALUES_DO_NOT_FIT", f"规格名称应与第 {group[0].number} 行相同")
            continue
        for place, (_, value) in enumerate(pairs):
            if value not in values[place]:
                values[place].append(value)
    return tuple((name, tuple(each)) for name, each in zip(names, values, strict=True))


def _pairs(row: _Row, column: str) -> list[tuple[str, str]]:
    """颜色:红;尺码:L as pairs; a part without a colon has an empty name."""
    parts = [part for part in re.split("[;；]", row.cells.get(column, "")) if part.strip()]
    found = [re.split("[:：]", part, maxsplit=1) for part in parts]
    pairs = [(part[0].strip(), part[1].strip() if len(part) == 2 else "") for part in found]
    too_many = column == "规格" and len(pairs) > 4
    if (too_many or any(not 0 < len(text) <= 64 for pair in pairs for text in pair)) and not _said(row, column):
        row.wrong(column, "BAD_FORMAT", f"{column}的格式应为 名称:值;名称:值")
    return pairs


def _tiers(row: _Row) -> tuple[tuple[int, int], ...]:
    tiers = []
    for quantity, price in _pairs(row, "阶梯价"):
        amount = fen_of(price)
        if not quantity.isascii() or not quantity.isdigit() or not 0 < int(quantity) <= 9_999 or not amount:
            if not _said(row, "阶梯价"):
                row.wrong("阶梯价", "BAD_FORMAT", "阶梯价的格式应为 件数:单价;件数:单价")
            continue
        tiers.append((int(quantity), amount))
    return tuple(tiers)


def _said(row: _Row, column: str) -> bool:
    return any(error.column == column for error in row.errors)


def _pictures(row: _Row) -> list[str]:
    return _several(row, "主图", r"[\s|]+", 15, lambda url: bool(_URL.fullmatch(url)), "主图应为以空格隔开的网址")


def _tags(row: _Row) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_several(row, "标签", "[,，]", 20, lambda tag: len(tag) <= 32, "标签应以逗号隔开")))


def _several(row: _Row, column: str, between: str, most: int, fits: Callable[[str], bool], sentence: str) -> list[str]:
    found = [each.strip() for each in re.split(between, row.cells.get(column, "")) if each.strip()]
    if len(found) > most or not all(map(fits, found)):
        row.wrong(column, "BAD_FORMAT", f"{sentence}，最多 {most} 个")
    return found


def fen_of(text: str) -> int | None:
    """Yuan with at most two decimals as fen: "99.5" -> 9950."""
    if not _MONEY.fullmatch(text) or not text.isascii():
        return None
    whole, _, part = text.partition(".")
    return int(whole) * 100 + int(part.ljust(2, "0") or "0")


def row_of(sku: Any, category: str, available: int) -> list[str]:
    """The row of one SKU, in the order of COLUMNS; `sku` with the columns of its product."""
    pairs = [(spec["name"], value) for spec, value in zip(sku.specs, sku.spec_values, strict=False)]
    cells = (
        sku.spu_id, sku.title, sku.subtitle, category, ";".join(f"{name}:{value}" for name, value in pairs),
        sku.sku_code, yuan(sku.price_fen), yuan(sku.member_price_fen) if sku.member_price_fen is not None else "",
        ";".join(f"{tier[0]}:{yuan(tier[1])}" for tier in sku.price_tiers),
        "" if sku.is_virtual else str(available), str(sku.weight_grams), str(sku.commission_percent),
        " ".join(sku.media["carousel"]), ",".join(sku.tags), "是" if sku.is_virtual else "",
    )
    return [harmless(cell) for cell in cells]
