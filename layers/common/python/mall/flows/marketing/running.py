"""The promotions that run for a basket, with what some of them have to know: gifts and their stock, what the buyer had
of a hook product before. Read in a second round trip, and only where such a promotion runs (spec F6)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from typing import Any

from mall.domains.orders import store as orders
from mall.domains.pricing import rules as pricing
from mall.domains.pricing import store
from mall.domains.promotions import store as promotions
from mall.domains.stock import store as stock
from mall.domains.stock.rules import by_sku, sellable
from mall.kit.db import Tx

GIFT, HOOK = pricing.RuleKind.GIFT.value, pricing.RuleKind.HOOK.value


@dataclass(frozen=True)
class Running:
    """`rules` and `buyer` for the basket; the gifts' rows by SKU, beside those of what was wanted; the lines that each
    gift promotion would add, in the order of their turns, and how many pieces are there to be given."""

    rules: tuple[Any, ...]
    buyer: pricing.Buyer
    skus: dict[str, Any] = field(default_factory=dict)
    stock: dict[str, list[Any]] = field(default_factory=dict)
    gifts: dict[str, tuple[pricing.Line, ...]] = field(default_factory=dict)
    spare: dict[str, int] = field(default_factory=dict)

    @property
    def gift_line_ids(self) -> frozenset[str]:
        return frozenset([line.line_id for lines in self.gifts.values() for line in lines])

    def price(self, basket: pricing.Basket) -> pricing.Quote:
        """The basket with these rules and this buyer. Of several promotions that give the last pieces of a gift, the
        one of the highest priority does, then of the smallest id."""
        basket = replace(basket, promotions=self.rules, buyer=self.buyer)
        quote = pricing.price(basket)
        while short := self._short(quote):
            basket = replace(basket, promotions=tuple(
                [replace(each, lines=()) if each.promotion_id == short else each for each in basket.promotions]))
            quote = pricing.price(basket)
        return quote

    def _short(self, quote: pricing.Quote) -> str | None:
        """The first promotion whose gifts are not there beside those of the promotions before."""
        left, priced = dict(self.spare), {line.line_id for line in quote.lines} if self.gifts else ()
        for promotion_id, lines in self.gifts.items():
            for line in lines if lines[0].line_id in priced else ():
                left[line.sku_id] -= line.quantity
                if left[line.sku_id] < 0:
                    return promotion_id
        return None


def load(tx: Tx, rows: list[Any], member_id: str, level: str, wanted: dict[str, int], *, sends: Collection[str] = (),
         line_id: Callable[[int], str]) -> Running:
    """`rows`: the answer to `store.ask_promotions`. `wanted`: pieces by SKU; `sends`: the sellers with goods to be sent
    or picked up, with which gifts go; `line_id`: of the n-th gift after them."""
    hooks = [row for row in rows if row.kind == HOOK
             and any(each["sku_id"] in wanted for each in row.document.get("goods", ()))]
    gifts = sorted([row for row in rows if row.kind == GIFT and row.seller_id in sends], key=_turn)
    if not hooks and not gifts:
        return Running(store.promotions_of([row for row in rows if row.kind != GIFT]), pricing.Buyer(level))
    sku_ids = sorted({gift["sku_id"] for row in gifts for gift in row.document["gifts"]})
    taken, ever_paid, sku_rows, stock_rows = tx.fetch(
        promotions.ask_taken(member_id, [row.promotion_id for row in hooks]), orders.ask_ever_paid(member_id),
        store.ask_skus(sku_ids), stock.ask_stock(sku_ids))
    skus = {row.sku_id: row for row in sku_rows if row.state == "LISTED" and row.active and not row.is_virtual}
    there = by_sku(stock_rows)
    spare = {sku_id: sellable(there.get(sku_id, ())) - wanted.get(sku_id, 0) for sku_id in skus}
    given = _given(gifts, skus, spare, line_id)
    buyer = pricing.Buyer(level, not ever_paid, tuple((row.promotion_id, int(row.pieces)) for row in taken))
    return Running(store.promotions_of([row for row in rows if row.kind != GIFT], gifts=given, gift_rows=gifts), buyer,
                   skus, there, given, spare)


def _turn(row: Any) -> tuple[int, str]:
    return -row.document.get("priority", 0), row.promotion_id


def _given(gifts: list[Any], skus: dict[str, Any], spare: dict[str, int],
           line_id: Callable[[int], str]) -> dict[str, tuple[pricing.Line, ...]]:
    """The lines of each gift promotion whose gifts are all there beside what is bought."""
    found, number = {}, 0
    for row in gifts:
        lines = []
        for gift in row.document["gifts"]:
            number += 1
            if gift["quantity"] <= spare.get(gift["sku_id"], 0):
                lines.append(store.gift_line_of(skus[gift["sku_id"]], line_id=line_id(number),
                                                quantity=gift["quantity"]))
        if len(lines) == len(row.document["gifts"]):
            found[row.promotion_id] = tuple(lines)
    return found
