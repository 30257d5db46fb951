"""What a file of goods asks for: new products, changes of known ones, or nothing (spec B4).

A SKU is known by its code. A cell that shows what an export would write changes nothing, so that a file that goes out
and comes back unchanged is no change; a column that is not in the file is left as it is. A product goes in as a whole
or stays out as a whole, and each of its rows that is at fault says why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mall.domains.catalog import fields, purchase_cells, sheet_cells as cells
from mall.domains.catalog.rules import MAX_SKUS, ProductDraft, SkuDraft, check_draft
from mall.domains.catalog.sheet import NEEDED, OF_PRODUCT, STOCK_BY, Row, Told, cells_of
from mall.kit import text
from mall.kit.bounds import MAX_MOVED, MAX_QUANTITY, MAX_WEIGHT_GRAMS
from mall.kit.cells import Unclear
from mall.kit.errors import BadInput, MallError

MOST_SAFE = 10_000_000
NEW = ProductDraft(title="", category_id="", skus=())
_COLUMN_OF = {"title": "标题", "subtitle": "副标题", "description": "详情", "tags": "标签", "specs": "规格",
              "carousel": "主图", "video": "视频", "scenes": "场景图", "sku_code": "SKU编码", "price_fen": "售价",
              "member_price_fen": "会员价", "price_tiers": "阶梯价", "weight_grams": "重量(克)",
              "commission_percent": "佣金比例", "picture_url": "SKU图片", "spec_values": "规格", "skus": "货号",
              "purchase_rules": "购买规则"}


_NEEDS_BASE = "修改已有 SKU 的库存需保留导出文件中的“导出时库存”和“版本”两列，或改用“库存增减”列"


@dataclass(frozen=True)
class Known:
    """A product that is there: as it is, and what a table says of each of its SKUs, by code."""

    draft: ProductDraft
    told: dict[str, Told]
    main_available: dict[str, int]  # in the warehouse that a table corrects


@dataclass(frozen=True)
class World:
    """What the names in a file may mean."""

    categories: Mapping[tuple[str, ...], Sequence[str]]  # ids by path of names; more than one: nobody knows which
    freights: Mapping[str, Sequence[str]]  # ids by name
    known: Mapping[str, Known]  # by the code of each of its SKUs
    spu_of: Mapping[str, str]  # by code
    levels: Sequence[str] = ()  # of members, by their keys


@dataclass(frozen=True)
class Goods:
    """One product of the file. `spu_id` None: a new one."""

    draft: ProductDraft
    spu_id: str | None
    stock_by: dict[str, int] = field(default_factory=dict)  # by code: units that come in, or a correction
    safe_levels: dict[str, int] = field(default_factory=dict)
    created: int = 0  # rows
    updated: int = 0
    unchanged: int = 0


def read_goods(rows: list[Row], world: World) -> list[Goods]:
    """The products of the file without those that have a row at fault; the rows hold what is wrong with them."""
    groups: dict[str, list[Row]] = {}
    seen: dict[str, int] = {}
    for row in rows:
        for column in ("货号", "SKU编码"):
            _check_shown(row, column)
        groups.setdefault(_product_of(row, world), []).append(row)
        if row.code and row.code in seen:
            row.wrong("SKU编码", "SKU_CODE_TAKEN", f"SKU 编码在第 {seen[row.code]} 行已经出现")
        seen.setdefault(row.code, row.number)
    found = [_Group(group, world).goods() for group in groups.values()]
    return [each for each in found if each is not None]


def _product_of(row: Row, world: World) -> str:
    """What its rows have in common: the 货号, or in a table of changes the product that is there."""
    if "货号" in row.cells:
        return row.cells["货号"]
    if row.code and row.code not in world.spu_of:
        row.wrong("SKU编码", "SKU_UNKNOWN", "没有这个 SKU 编码；新增商品请使用完整的商品表格")
    return world.spu_of.get(row.code, f"row {row.number}")


def _check_shown(row: Row, column: str) -> None:
    cell = row.cells.get(column, "")
    if column not in row.cells:
        return
    if isinstance(cell, Unclear):
        row.wrong(column, "NOT_AS_SHOWN", cell.why)
    elif not cell and column in NEEDED:
        row.wrong(column, "MISSING", f"{column}不能为空")
    elif column == "SKU编码":
        try:
            row.cells[column] = fields.sku_code(cell)
        except BadInput:
            row.wrong(column, "BAD_CODE", "SKU 编码只能用字母、数字和 _ . : -，最多 64 位")


class _Group:
    """The rows of one product, read against what is there."""

    def __init__(self, rows: list[Row], world: World):
        self.rows, self.first, self.world = rows, rows[0], world
        self.rules = purchase_cells.reader(world.levels)
        owners = {world.spu_of[row.code] for row in rows if row.code in world.spu_of}
        if len(owners) > 1:
            self.first.wrong("货号", "SEVERAL_PRODUCTS", "同一货号的 SKU 编码属于不同的商品，请分开填写")
        self.spu_id = min(owners, default=None)
        self.known = next((world.known[row.code] for row in rows if world.spu_of.get(row.code) == self.spu_id), None) \
            if self.spu_id else None
        self.base = self.known.draft if self.known else NEW
        self.skus = {sku.sku_code: sku for sku in self.base.skus}

    def goods(self) -> Goods | None:
        if len(self.rows) > MAX_SKUS:
            self.first.wrong("货号", "TOO_MANY_SKUS", f"一个商品最多 {MAX_SKUS} 个 SKU")
        self._check_alike()
        draft = self._product()
        specs, values = self._specs()
        own = [self._sku(row, values[row.number]) for row in self.rows]
        others = [sku for sku in self.base.skus if all(sku.sku_code != row.code for row in self.rows)]
        merged = {sku.sku_code: sku for sku in (*self.base.skus, *own)}
        draft = replace(draft, specs=specs, skus=tuple(merged.values()))
        stock_by = {row.code: by for row in self.rows if (by := self._stock(row, draft))}
        safe = {row.code: level for row in self.rows if (level := self._safe_level(row)) is not None}
        if any(row.errors for row in self.rows):
            return None
        changed = [row for row, sku in zip(self.rows, own, strict=True)
                   if row.code in self.skus and (sku != self.skus[row.code] or row.code in {**stock_by, **safe})]
        fresh = [row for row in self.rows if row.code not in self.skus]
        is_other = replace(draft, skus=(), specs=self.base.specs) != replace(self.base, skus=())
        if self.known and is_other and self.first not in (*changed, *fresh):
            changed.append(self.first)
        if not changed and not fresh:
            return Goods(draft, self.spu_id, unchanged=len(self.rows))
        draft = self._checked(draft, len(others))
        if any(row.errors for row in self.rows):
            return None
        return Goods(draft, self.spu_id, stock_by, safe, created=len(fresh), updated=len(changed),
                     unchanged=len(self.rows) - len(fresh) - len(changed))

    # one cell

    def _before(self, row: Row) -> dict[str, str]:
        """What an export would write into this row; empty for a new SKU of a new product."""
        if self.known is None:
            return {}
        code = row.code if row.code in self.skus else next(iter(self.skus))
        written = cells_of(self.base, self.skus[code], self.known.told[code])
        return written if row.code in self.skus else {name: written[name] for name in OF_PRODUCT}

    def _take(self, row: Row, column: str, now: Any, read: Callable[[str], Any], sentence: str,
              code: str = "BAD_FORMAT") -> Any:
        """What the cell says; `now` where it says what is there, or the file has no such column."""
        if column not in row.cells:
            return now
        cell, before = row.cells[column], self._before(row).get(column)
        if isinstance(cell, Unclear):
            row.wrong(column, "NOT_AS_SHOWN", cell.why)
            return now
        if before is not None and text.lines(cell) == text.lines(before):
            return now
        if not cell and column in NEEDED:
            row.wrong(column, "MISSING", f"{column}不能为空")
        if not cell and not before:
            return now
        try:
            value = read(cell)
        except BadInput as refusal:
            row.wrong(column, code, f"{column}{refusal.message}")
            return now
        if value is None:
            row.wrong(column, code, sentence)
            return now
        return value

    # what is said of the product

    def _check_alike(self) -> None:
        for row in self.rows[1:]:
            for column in OF_PRODUCT:
                cell = row.cells.get(column)
                if cell and cell != self.first.cells.get(column):
                    row.wrong(column, "DIFFERS", f"同一货号的{column}应与第 {self.first.number} 行相同，或留空")

    def _product(self) -> ProductDraft:
        base, take = self.base, lambda column, now, read, sentence, code="BAD_FORMAT": self._take(
            self.first, column, now, read, sentence, code)
        title = take("标题", base.title, _line(fields.TITLE_LENGTH, "title"), "")
        media = base.media | {
            "carousel": take("主图", base.media.get("carousel") or [], _urls(fields.MAX_CAROUSEL), ""),
            "scenes": take("场景图", base.media.get("scenes") or [], _urls(fields.MAX_SCENES), ""),
            "video": take("视频", base.media.get("video") or "", lambda told: fields.url(told, "video") if told else "",
                          "") or None,
        }
        virtual = take("虚拟商品", base.is_virtual, cells.truth, "虚拟商品应填 是 或 否", "BAD_WORD")
        if self.known and virtual != base.is_virtual:
            self.first.wrong("虚拟商品", "VIRTUAL_IS_FIXED", "商品创建后不能在实物与虚拟之间切换")
        return replace(
            base, title=title, media=media, is_virtual=virtual,
            subtitle=take("副标题", base.subtitle, _short(fields.LINE_LENGTH), ""),
            description=take("详情", base.description, _short(fields.DESCRIPTION_LENGTH), ""),
            tags=take("标签", base.tags, _tags, ""),
            category_id=take("类目", base.category_id, self._category,
                             "类目不存在，请填写完整路径，如 服装/上衣", "CATEGORY_NOT_FOUND"),
            freight_template_id=take("运费模板", base.freight_template_id or "", self._freight,
                                     "运费模板不存在，请填写模板名称，或留空使用默认模板",
                                     "FREIGHT_TEMPLATE_NOT_FOUND") or None,
            purchase_rules=take("商品购买规则", base.purchase_rules, self.rules, purchase_cells.FORMAT))

    def _category(self, told: str) -> str | None:
        return _only(self.world.categories.get(cells.path(told), ()))

    def _freight(self, told: str) -> str | None:
        return _only(self.world.freights.get(text.line(told), ())) if told else ""

    # what is said of a SKU

    def _specs(self) -> tuple[tuple[tuple[str, tuple[str, ...]], ...], dict[int, tuple[str, ...]]]:
        """The specifications with all their values, and the values of each row. Names as in the first row, or as the
        product has them; values in the order in which they come."""
        told = {row.number: self._pairs(row) for row in self.rows}
        names = [name for name, _ in self.base.specs] if self.known else [name for name, _ in told[self.first.number]]
        values: list[list[str]] = [list(each) for _, each in self.base.specs] if self.known else [[] for _ in names]
        of_rows: dict[int, tuple[str, ...]] = {}
        for row in self.rows:
            if row.code in self.skus:
                of_rows[row.number] = self.skus[row.code].spec_values
                continue
            pairs = dict(told[row.number])
            if sorted(pairs) != sorted(names) or len(pairs) < len(told[row.number]):
                row.wrong("规格", "SPEC_VALUES_DO_NOT_FIT",
                          f"同一货号的规格名称应为：{'、'.join(names) or '（没有规格）'}")
            of_rows[row.number] = tuple(pairs.get(name, "") for name in names)
            for place, value in enumerate(of_rows[row.number]):
                if value not in values[place]:
                    values[place].append(value)
        return tuple((name, tuple(each)) for name, each in zip(names, values, strict=True)), of_rows

    def _pairs(self, row: Row) -> list[tuple[str, str]]:
        """As written; of a SKU that is there they may not change, for they are what it is."""
        found = self._take(row, "规格", None, _pairs, "规格的格式应为 名称:值;名称:值，值中的分隔符前加 \\")
        if found is not None and row.code in self.skus:
            names = [name for name, _ in self.base.specs]
            if dict(found) != dict(zip(names, self.skus[row.code].spec_values, strict=False)):
                row.wrong("规格", "SPEC_FIXED", "已有 SKU 的规格不能改，请用新的 SKU 编码新增一行")
        return found or []

    def _sku(self, row: Row, values: tuple[str, ...]) -> SkuDraft:
        now = self.skus.get(row.code) or SkuDraft(sku_code=row.code, price_fen=0, spec_values=values)
        return replace(
            now,
            price_fen=self._take(row, "售价", now.price_fen, cells.money,
                                 "售价应为大于零、最多两位小数的金额（元）", "BAD_AMOUNT"),
            member_price_fen=self._take(row, "会员价", now.member_price_fen or 0, lambda told: cells.money(told) if told
                                        else 0, "会员价应为大于零、最多两位小数的金额（元）", "BAD_AMOUNT") or None,
            price_tiers=self._take(row, "阶梯价", now.price_tiers, _tiers, "阶梯价的格式应为 件数:单价;件数:单价"),
            weight_grams=self._take(row, "重量(克)", now.weight_grams, _number(cells.grams, MAX_WEIGHT_GRAMS),
                                    f"重量应为 0 至 {MAX_WEIGHT_GRAMS} 的整克数，可带单位 g 或 kg", "BAD_NUMBER"),
            commission_percent=self._take(row, "佣金比例", now.commission_percent,
                                          lambda told: cells.percent(told) if told else 0,
                                          "佣金比例应为 0 至 100 的整数百分比", "BAD_NUMBER"),
            picture_url=self._take(row, "SKU图片", now.picture_url or "",
                                   lambda told: fields.url(told, "picture_url") if told else "", "") or None,
            purchase_rules=self._take(row, "购买规则", now.purchase_rules, self.rules, purchase_cells.FORMAT))

    def _stock(self, row: Row, draft: ProductDraft) -> int:
        """Units that come in with a new SKU; of a known one by how many its count is to be corrected."""
        is_known = row.code in self.skus
        if row.cells.get(STOCK_BY):
            return self._moved(row, draft, is_known)
        told = self._take(row, "库存", None, _number(cells.whole, MAX_MOVED), f"库存应为 0 至 {MAX_MOVED} 的整数",
                          "BAD_NUMBER")
        if draft.is_virtual:
            if told:
                row.wrong("库存", "VIRTUAL_FOLLOWS_CODES", "虚拟商品的库存等于卡密数量，请留空")
            return 0
        if not is_known:
            return told or 0
        return self._correction(row, told)

    def _moved(self, row: Row, draft: ProductDraft, is_known: bool) -> int:
        """By how many the count of a known SKU goes up or down, whatever it is: 10, +10, -3."""
        by = cells.signed(row.cells[STOCK_BY], MAX_MOVED)
        if isinstance(row.cells[STOCK_BY], Unclear):
            row.wrong(STOCK_BY, "NOT_AS_SHOWN", row.cells[STOCK_BY].why)
        elif by is None:
            row.wrong(STOCK_BY, "BAD_NUMBER", f"库存增减应为 -{MAX_MOVED} 至 {MAX_MOVED} 的整数，如 10 或 -3")
        elif draft.is_virtual:
            row.wrong(STOCK_BY, "VIRTUAL_FOLLOWS_CODES", "虚拟商品的库存等于卡密数量，请留空")
        elif not is_known or row.cells.get("库存"):
            row.wrong(STOCK_BY, "STOCK_TWICE", "库存增减只用于已有 SKU，且不能与库存同时填写")
        elif self.known.main_available[row.code] + by < 0:
            row.wrong(STOCK_BY, "STOCK_BELOW_ZERO", "可售库存不足，库存不能小于零，请核对数量")
        return by or 0

    def _correction(self, row: Row, told: int | None) -> int:
        if not row.cells.get("库存"):
            return 0
        was = cells.whole(row.cells.get("导出时库存", ""), 10**12)
        if was is None:
            if told is not None:
                row.wrong("库存", "STOCK_NEEDS_BASE", _NEEDS_BASE)
            return 0
        by = (self.known.told[row.code].available if told is None else told) - was
        if by and not self.first.cells.get("版本"):
            row.wrong("库存", "STOCK_NEEDS_BASE", _NEEDS_BASE)
        elif abs(by) > MAX_MOVED or self.known.main_available[row.code] + by < 0:
            row.wrong("库存", "STOCK_BELOW_ZERO", "可售库存不足，库存不能小于零，请核对数量")
        return by

    def _safe_level(self, row: Row) -> int | None:
        """None: as it is."""
        now = self.known.told[row.code].safe_level if row.code in self.skus else 0
        level = self._take(row, "安全库存", now, _number(cells.whole, MOST_SAFE),
                           f"安全库存应为 0 至 {MOST_SAFE} 的整数", "BAD_NUMBER")
        return None if level == now else level

    # the whole

    def _checked(self, draft: ProductDraft, others: int) -> ProductDraft:
        """The draft in its form; what does not hold together is told at its row."""
        version = self.first.cells.get("版本", "")
        if self.known and version and version != str(next(iter(self.known.told.values())).version):
            self.first.wrong("版本", "PRODUCT_CHANGED", "商品在导出之后已被修改，请重新导出后再改")
        if len(self.rows) + others > MAX_SKUS:
            self.first.wrong("货号", "TOO_MANY_SKUS", f"一个商品最多 {MAX_SKUS} 个 SKU")
        try:
            draft = fields.in_form(draft)
            check_draft(draft)
        except MallError as refusal:
            self._tell(refusal, draft)
        return draft

    def _tell(self, refusal: MallError, draft: ProductDraft) -> None:
        parts = (refusal.field or "").split(".")
        code = refusal.data.get("sku_code")
        if parts[0] == "skus" and len(parts) > 1:
            code = draft.skus[int(parts[1])].sku_code
        row = next((row for row in self.rows if row.code == code), self.first)
        column = next((_COLUMN_OF[part] for part in reversed(parts) if part in _COLUMN_OF), "规格")
        is_matrix = refusal.code != "BAD_INPUT" and parts[-1] != "purchase_rules"
        row.wrong("规格" if is_matrix else column, refusal.code, f"{column}{refusal.message}"
                  if refusal.code == "BAD_INPUT" else refusal.message)


def _only(ids: Sequence[str]) -> str | None:
    return ids[0] if len(ids) == 1 else None


def _line(most: int, field_name: str) -> Callable[[str], str]:
    return lambda told: fields.one_line(told, most, field_name)


def _short(most: int) -> Callable[[str], str]:
    return lambda told: fields.any_lines(told, most, "text")


def _urls(most: int) -> Callable[[str], list[str]]:
    def read(told: str) -> list[str]:
        found = [fields.url(each, "media") for each in cells.urls(told)]
        if len(found) > most:
            raise BadInput(f"最多 {most} 个")
        return found

    return read


def _tags(told: str) -> tuple[str, ...]:
    found = [fields.one_line(cells.plain(tag), fields.TAG_LENGTH, "tags") for tag in cells.split(told, ",，")]
    if len(found) > fields.MAX_TAGS:
        raise BadInput(f"最多 {fields.MAX_TAGS} 个")
    return tuple(dict.fromkeys(found))


def _pairs(told: str) -> list[tuple[str, str]] | None:
    found = cells.pairs(told)
    if found is None or len(found) > fields.MAX_SPECS:
        return None
    return [(fields.one_line(name, fields.NAME_LENGTH, "specs"), fields.one_line(value, fields.NAME_LENGTH, "specs"))
            for name, value in found]


def _tiers(told: str) -> tuple[tuple[int, int], ...] | None:
    found = cells.pairs(told)
    if found is None or len(found) > fields.MAX_TIERS:
        return None
    tiers = [(cells.whole(quantity, MAX_QUANTITY), cells.money(price)) for quantity, price in found]
    return tuple((quantity, price_fen) for quantity, price_fen in tiers) if all(map(all, tiers)) else None


def _number(read: Callable[[str, int], int | None], most: int) -> Callable[[str], int | None]:
    return lambda told: read(told, most) if told else 0
