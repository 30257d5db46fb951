"""What makes a SKU the same SKU: its specification values, and nothing else (spec B2).

A buyer confirms 红, L. So 红 never becomes 绿 under its id: new values are a new SKU with stock of its own, and the
one before is retired, for orders speak of it. Values that come back are the SKU that they were. Prices, codes,
pictures and the names of specifications may change; codes may be swapped, and taken over from a retired SKU.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mall.domains.catalog.rules import ProductDraft, SkuDraft, SkuNotOfProduct

GIVEN_UP = "~"  # no code that somebody chooses holds one


def same_goods(draft: ProductDraft, known: Sequence[Any], names_before: Sequence[str]) -> list[Any | None]:
    """For each SKU of the draft the row that it is, None for a new one. `names_before`: of the product's
    specifications until now. Raises SkuNotOfProduct."""
    names = [name for name, _ in draft.specs]
    renamed = _renamed(names_before, names)
    by_values: dict[frozenset, list[Any]] = {}
    for row in known:
        own = row.spec_names if row.spec_names is not None else names_before
        if row.retired_at is None:
            own = [renamed.get(name, name) for name in own]
        if len(own) == len(row.spec_values):
            by_values.setdefault(frozenset(zip(own, row.spec_values, strict=True)), []).append(row)
    ids = {row.sku_id for row in known}
    found = []
    for sku in draft.skus:
        if sku.sku_id is not None and sku.sku_id not in ids:
            raise SkuNotOfProduct(field="skus", sku_id=sku.sku_id)
        found.append(_best(by_values.get(frozenset(zip(names, sku.spec_values, strict=True)), []), sku))
    return found


def _best(rows: list[Any], sku: SkuDraft) -> Any | None:
    """The one that was meant by its id, else one that is sold, else the newest."""
    return max(rows, key=lambda row: (row.sku_id == sku.sku_id, row.retired_at is None, row.sku_id), default=None)


def _renamed(before: Sequence[str], after: Sequence[str]) -> dict[str, str]:
    """Which name became which, where as many came as went."""
    gone = [name for name in before if name not in after]
    come = [name for name in after if name not in before]
    return dict(zip(gone, come, strict=True)) if len(gone) == len(come) else {}


def codes_in_the_way(wanted: dict[str, str | None], rows: Sequence[Any]) -> list[tuple[str, str]]:
    """(SKU id, code until it has another) of each row that has a code which another SKU is to have. `wanted`: the id
    of the SKU by code, None for a new one; `rows`: all of the product, and retired ones of others."""
    return [(row.sku_id, given_up(row.sku_code, row.sku_id)) for row in rows
            if row.sku_code in wanted and wanted[row.sku_code] != row.sku_id]


def given_up(code: str, sku_id: str) -> str:
    """The code of a SKU whose own went to another: unique, and no one's to choose."""
    return f"{code[:63 - len(sku_id)]}{GIVEN_UP}{sku_id}"
