"""The promotions that run for a basket, with what some of them have to know: gifts and their stock, what the buyer had
of a hook product before. Read in a second round trip, and only where such a promotion runs (spec F6)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from mall.domains.orders import store as orders
from mall.domains.pricing import rules as pricing
from mall.domains.pricing import store
from mall.domains.promotions import store as promotions
from mall.domains.stock import store as stock
from mall.domains.stock.rules import sellable
from mall.kit.db import Tx

GIFT, HOOK = pricing.RuleKind.GIFT.value, pricing.RuleKind.HOOK.value


@dataclass(frozen=True)
class Running:
    """`rules` and `buyer` for the basket; the gifts' rows by SKU, beside those of what was wanted, and the ids of the
    lines that they would be."""

    rules: tuple[Any, ...]
    buyer: pricing.Buyer
    skus: dict[str, Any] = field(default_factory=dict)
    stock: dict[str, list[Any]] = field(default_factory=dict)
    gift_line_ids: frozenset[str] = frozenset()


def load(tx: Tx, rows: list[Any], member_id: str, level: str, wanted: dict[str, int], *, all_virtual: bool = False,
         line_id: Callable[[int], str]) -> Running:
    """`rows`: the answer to `store.ask_promotions`. `wanted`: pieces by SKU; `line_id`: of the n-th gift after them."""
    hooks = [row for row in rows if row.kind == HOOK
             and any(each["sku_id"] in wanted for each in row.document.get("goods", ()))]
    gifts = [] if all_virtual else [row for row in rows if row.kind == GIFT]
    if not hooks and not gifts:
        return Running(store.promotions_of([row for row in rows if row.kind != GIFT]), pricing.Buyer(level))
    sku_ids = sorted({gift["sku_id"] for row in gifts for gift in row.document["gifts"]})
    taken, ever_paid, sku_rows, stock_rows = tx.fetch(
        promotions.ask_taken(member_id, [row.promotion_id for row in hooks]), orders.ask_ever_paid(member_id),
        store.ask_skus(sku_ids), stock.ask_stock(sku_ids))
    skus = {row.sku_id: row for row in sku_rows if row.state == "LISTED" and row.active and not row.is_virtual}
    by_sku: dict[str, list[Any]] = {}
    for row in stock_rows:
        by_sku.setdefault(row.sku_id, []).append(row)
    given = _given(gifts, skus, by_sku, wanted, line_id)
    buyer = pricing.Buyer(level, not ever_paid, tuple((row.promotion_id, int(row.pieces)) for row in taken))
    return Running(store.promotions_of([row for row in rows if row not in gifts], gifts=given, gift_rows=gifts), buyer,
                   skus, by_sku, frozenset([line.line_id for lines in given.values() for line in lines]))


def _given(gifts: list[Any], skus: dict[str, Any], by_sku: dict[str, list[Any]], wanted: dict[str, int],
           line_id: Callable[[int], str]) -> dict[str, tuple[pricing.Line, ...]]:
    """The lines of each gift promotion whose gifts are all there, beside what is bought and the other gifts."""
    needed, found, number = dict(wanted), {}, 0
    for row in gifts:
        pieces = {gift["sku_id"]: gift["quantity"] for gift in row.document["gifts"]}
        more = {sku_id: needed.get(sku_id, 0) + quantity for sku_id, quantity in pieces.items()}
        if any(sku_id not in skus or sellable(by_sku.get(sku_id, ())) < quantity for sku_id, quantity in more.items()):
            continue
        needed |= more
        lines = []
        for sku_id, quantity in pieces.items():
            number += 1
            lines.append(store.gift_line_of(skus[sku_id], line_id=line_id(number), quantity=quantity))
        found[row.promotion_id] = tuple(lines)
    return found
