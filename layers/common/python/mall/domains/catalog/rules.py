"""What makes a product complete, which combinations it has, where it stands on the shelf (spec B1 B2 B4)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, ClassVar

from mall.domains.catalog import purchase
from mall.kit.errors import ChangedMeanwhile, BadInput, Conflict, NotFound, RuleBroken
from mall.kit.outbox import Event
from mall.kit.state import Flow

MAX_DEPTH = 3  # of categories: navigation in at most three steps (B1)
MAX_CATEGORIES = 2_000  # of one seller
MAX_SKUS = 200  # of one product


class ProductState(str, Enum):
    DRAFT = "DRAFT"
    LISTED = "LISTED"
    UNLISTED = "UNLISTED"


S = ProductState
SHELF = Flow(S, start=S.DRAFT, moves={
    "list": ({S.DRAFT, S.UNLISTED}, S.LISTED),
    "unlist": ({S.LISTED}, S.UNLISTED),
})


class ProductNotFound(NotFound):
    code, message = "PRODUCT_NOT_FOUND", "商品不存在或已下架"


class ProductOrSku(BadInput):
    code, message = "PRODUCT_OR_SKU", "请填写商品编号或 SKU 编号"


class CategoryNotFound(NotFound):
    code, message = "CATEGORY_NOT_FOUND", "类目不存在，请重新选择"


class CategoryTooDeep(RuleBroken):
    code, message = "CATEGORY_TOO_DEEP", "类目最多三级，请选择更上级的类目"


class CategoryInItself(RuleBroken):
    code, message = "CATEGORY_IN_ITSELF", "类目不能移动到自己或自己的下级"


class TooManyCategories(RuleBroken):
    code, message = "TOO_MANY_CATEGORIES", f"类目最多 {MAX_CATEGORIES} 个"


class FreightTemplateNotFound(NotFound):
    code, message = "FREIGHT_TEMPLATE_NOT_FOUND", "运费模板不存在，请重新选择"


class SpecsRepeat(BadInput):
    code, message = "SPECS_REPEAT", "规格名称或规格值重复，请检查"


class SpecValuesDoNotFit(BadInput):
    code, message = "SPEC_VALUES_DO_NOT_FIT", "SKU 的规格值与商品规格不一致，请检查"


class CombinationRepeats(BadInput):
    code, message = "COMBINATION_REPEATS", "同一规格组合只能有一个 SKU"


class TiersDoNotAscend(BadInput):
    code, message = "TIERS_DO_NOT_ASCEND", "阶梯价的起订量须递增，单价须递减并低于售价"


class SkuCodeTaken(Conflict):
    code, message = "SKU_CODE_TAKEN", "SKU 编码已被使用，请更换"


class SkuNotOfProduct(NotFound):
    code, message = "SKU_NOT_OF_PRODUCT", "SKU 不属于该商品，请刷新后重试"


class ProductChanged(ChangedMeanwhile):
    code, message = "PRODUCT_CHANGED", "商品已被他人修改，请刷新后重试"


class VirtualIsFixed(RuleBroken):
    code, message = "VIRTUAL_IS_FIXED", "商品创建后不能在实物与虚拟之间切换"


class ProductIncomplete(RuleBroken):
    code, message = "PRODUCT_INCOMPLETE", "商品信息不完整，不能上架"


class TimeIsPast(BadInput):
    code, message = "TIME_IS_PAST", "定时时间须晚于现在"


class NotVirtual(RuleBroken):
    code, message = "NOT_VIRTUAL", "只有虚拟商品可以添加卡密"


class CodeRepeats(Conflict):
    code, message = "CODE_REPEATS", "卡密重复，请检查后重新提交"


@dataclass(frozen=True)
class ProductSaved(Event):
    kind: ClassVar[str] = "catalog.product_saved"
    spu_id: str
    version: int


@dataclass(frozen=True)
class ProductListed(Event):
    kind: ClassVar[str] = "catalog.product_listed"
    spu_id: str


@dataclass(frozen=True)
class ProductUnlisted(Event):
    kind: ClassVar[str] = "catalog.product_unlisted"
    spu_id: str


@dataclass(frozen=True)
class SkuDraft:
    """One SKU as staff want it: known by its specification values (`identity`), or new."""

    sku_code: str
    price_fen: int
    spec_values: tuple[str, ...] = ()
    sku_id: str | None = None
    member_price_fen: int | None = None
    price_tiers: tuple[tuple[int, int], ...] = ()  # (from so many pieces, fen each)
    commission_percent: int = 0
    weight_grams: int = 0
    picture_url: str | None = None
    active: bool = True
    purchase_rules: purchase.Rules = purchase.NONE


@dataclass(frozen=True)
class ProductDraft:
    """A product as staff want it. `freight_template_id` None: the seller's default template."""

    title: str
    category_id: str
    skus: tuple[SkuDraft, ...]
    subtitle: str = ""
    media: dict[str, Any] = field(default_factory=lambda: {"video": None, "carousel": [], "scenes": []})
    specs: tuple[tuple[str, tuple[str, ...]], ...] = ()  # ((name, values), ...)
    tags: tuple[str, ...] = ()
    description: str = ""
    is_virtual: bool = False
    freight_template_id: str | None = None
    purchase_rules: purchase.Rules = purchase.NONE  # of all its SKUs together


def check_draft(draft: ProductDraft) -> None:
    """The specification matrix: every combination at most once, every value a value of its specification.

    Raises SpecsRepeat, SpecValuesDoNotFit, CombinationRepeats, SkuCodeTaken, TiersDoNotAscend; without
    specifications there is exactly one SKU (the combination of nothing).
    """
    names = [name for name, _ in draft.specs]
    if _repeats(names) or any(_repeats(values) for _, values in draft.specs):
        raise SpecsRepeat(field="specs")
    if codes := _repeats([sku.sku_code for sku in draft.skus]):
        raise SkuCodeTaken(field="skus", sku_code=codes[0])
    for sku in draft.skus:
        pairs = zip(sku.spec_values, draft.specs, strict=False)
        fits = len(sku.spec_values) == len(draft.specs)
        if not fits or any(value not in values for value, (_, values) in pairs):
            raise SpecValuesDoNotFit(field="skus", sku_code=sku.sku_code)
        check_tiers(sku)
    if combinations := _repeats([sku.spec_values for sku in draft.skus]):
        raise CombinationRepeats(field="skus", spec_values=list(combinations[0]))
    if ids := _repeats([sku.sku_id for sku in draft.skus if sku.sku_id]):
        raise CombinationRepeats(field="skus", sku_id=ids[0])


def check_tiers(sku: SkuDraft) -> None:
    """Each tier begins later and is cheaper than the one before, the first than the price."""
    quantity, price_fen = 1, sku.price_fen
    for min_quantity, tier_fen in sku.price_tiers:
        if min_quantity <= quantity or tier_fen >= price_fen:
            raise TiersDoNotAscend(field="skus", sku_code=sku.sku_code)
        quantity, price_fen = min_quantity, tier_fen


def _repeats(values: Sequence[Any]) -> list[Any]:
    """The values that come more than once."""
    return [value for value in values if values.count(value) > 1]


def lowest_price(skus: Sequence[SkuDraft]) -> int:
    """What a list shows: of the SKUs that are sold, else of all."""
    return min(sku.price_fen for sku in ([sku for sku in skus if sku.active] or skus))


def missing_for_listing(media: dict[str, Any], skus: Sequence[Any]) -> list[str]:
    """What a product lacks before it may be listed, as sentences; empty when it is complete."""
    active = [sku for sku in skus if sku.active]
    lacks = []
    if not media.get("carousel"):
        lacks.append("缺少商品主图")
    if not active:
        lacks.append("至少需要一个启用的 SKU")
    if any(sku.price_fen <= 0 for sku in active):
        lacks.append("SKU 售价须大于零")
    return lacks


def require_complete(media: dict[str, Any], skus: Sequence[Any]) -> None:
    """Raises ProductIncomplete with what is missing."""
    lacks = missing_for_listing(media, skus)
    if lacks:
        raise ProductIncomplete("；".join(lacks), missing=lacks)


def due_moves(list_at: datetime | None, unlist_at: datetime | None, now: datetime) -> list[str]:
    """The timed moves whose time has come, in the order of their times."""
    timed = [(at, move) for at, move in ((list_at, "list"), (unlist_at, "unlist")) if at and at <= now]
    return [move for _, move in sorted(timed)]


def place_under(category_id: str, parent_path: Sequence[str], height: int) -> list[str]:
    """The path of a category under a parent; `height` counts the levels it brings along, itself included.
    Raises CategoryInItself, CategoryTooDeep."""
    if category_id in parent_path:
        raise CategoryInItself(field="parent_id")
    if len(parent_path) + height > MAX_DEPTH:
        raise CategoryTooDeep(field="parent_id")
    return [*parent_path, category_id]


def in_matrix_order(specs: Sequence[dict[str, Any]], skus: Iterable[Any]) -> list[Any]:
    """SKUs in the order in which their specification values stand."""

    def turn(sku: Any) -> tuple:
        places = [
            spec["values"].index(value) if value in spec["values"] else len(spec["values"])
            for spec, value in zip(specs, sku.spec_values, strict=False)
        ]
        return (*places, sku.sku_id)

    return sorted(skus, key=turn)
