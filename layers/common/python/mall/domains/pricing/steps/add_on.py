"""Add-on price (加价购): from so much of other goods on, some goods cost less, so many pieces of them. Spec F6.

    {"threshold_fen", "goods": [{"sku_id", "price_fen"}], "most", "scope", "priority"}

`scope` is what counts for the threshold; the goods at the add-on price never do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mall.domains.pricing.basket import Basket, RuleKind, Scope
from mall.domains.pricing.quote import Adjustment, Reason, Skipped
from mall.domains.pricing.scopes import scope_of
from mall.domains.pricing.steps import EVERYTHING, NEEDED
from mall.domains.pricing.steps.goods import check_goods, prices_of
from mall.domains.pricing.steps.left import Left
from mall.domains.pricing.steps.work import Work, skip
from mall.kit.money import share_of_pieces, yuan

FIELDS = {"threshold_fen": NEEDED, "goods": NEEDED, "most": 1, "scope": EVERYTHING, "priority": 0}
STAGE = "basket"


@dataclass(frozen=True, slots=True)
class AddOn:
    promotion_id: str
    title: str
    threshold_fen: int
    prices: Mapping[str, int]  # fen by SKU
    most: int = 1
    scope: Scope = Scope()
    seller_id: str | None = None
    priority: int = 0
    kind: RuleKind = RuleKind.ADD_ON
    stage: str = STAGE

    def bears(self, lines: Sequence[Any]) -> Sequence[int]:
        return [index for index, line in enumerate(lines) if line.sku_id in self.prices]

    def why_not(self, _: Basket) -> Skipped | None:
        return None

    def off(self, work: Work, indexes: Sequence[int]) -> int:
        return sum(self._parts(work, indexes)) if self._missing(work) <= 0 else 0

    def take(self, work: Work, indexes: Sequence[int], off_fen: int) -> None:
        work.take(self, indexes, off_fen, parts=self._parts(work, indexes), about=self._counted(work),
                  terms={"threshold_fen": self.threshold_fen})

    def near(self, work: Work, indexes: Sequence[int], off_fen: int) -> list[Skipped]:
        missing_fen, words = self._missing(work), f"加 {yuan(min(self.prices.values()))} 元换购"
        if missing_fen > 0:
            saves_fen = sum(self._parts(work, indexes))
            return [skip(self, Reason.BELOW_THRESHOLD, f"再买 {yuan(missing_fen)} 元可{words}", missing_fen, saves_fen)]
        return [] if off_fen else [skip(self, Reason.SAVES_NOTHING if indexes else Reason.NOT_CHOSEN, f"可{words}")]

    absent = near  # without any of the goods it is an offer all the same

    def _counted(self, work: Work) -> list[int]:
        open_lines = work.open_to(self.kind.value)
        return [index for index in self.scope.indexes(work.lines)
                if index in open_lines and work.lines[index].sku_id not in self.prices]

    def _missing(self, work: Work) -> int:
        return self.threshold_fen - sum([work.goods[index] for index in self._counted(work)])

    def _parts(self, work: Work, indexes: Sequence[int]) -> list[int]:
        """The pieces that save most first, `most` of them together."""
        parts, left = [0] * len(indexes), self.most

        def saves(index: int, pieces: int) -> int:
            line = work.lines[index]
            cost_fen = share_of_pieces(work.goods[index], pieces, line.quantity)
            return max(0, cost_fen - self.prices[line.sku_id] * pieces)

        for at in sorted(range(len(indexes)), key=lambda at: (-saves(indexes[at], 1), at)):
            pieces = min(left, work.lines[indexes[at]].quantity)
            if pieces:
                parts[at] = saves(indexes[at], pieces)
                left -= pieces if parts[at] else 0
        return parts


def deserved_fen(adjustment: Adjustment, left: Sequence[Left], share_fen: int) -> int:
    """All of it as long as what remains reaches the threshold."""
    reached = sum([each.amount_fen for each in left]) >= adjustment.terms["threshold_fen"]
    return share_fen if reached else 0


def check(document: dict[str, Any]) -> None:
    """Raises GoodsTwice."""
    check_goods(document)


def offer_of(document: dict[str, Any]) -> str:
    """满100.00加9.90元换购."""
    return f"满{yuan(document['threshold_fen'])}加{yuan(min(each['price_fen'] for each in document['goods']))}元换购"


def read(promotion_id: str, seller_id: str, title: str, document: dict[str, Any]) -> AddOn:
    return AddOn(promotion_id, title, document["threshold_fen"], prices_of(document), document.get("most", 1),
                 scope_of(document.get("scope"), seller_id), seller_id, document.get("priority", 0))
