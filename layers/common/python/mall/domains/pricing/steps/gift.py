"""Gift (满赠): from so much of the goods on, other goods come with them for nothing, as long as there are any. Spec F6.

    {"threshold_fen", "gifts": [{"sku_id", "quantity"}], "scope", "priority"}

A gift is a line of its own at its list price, with all of it taken off: stock, parcels and refunds know it as any
other. It goes without freight. When what remains of an order does not reach the threshold any more, the gift goes back
too, or what it is worth is taken off the refund (`refunds.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mall.domains.pricing.basket import Basket, Line, RuleKind, Scope, UnitRule
from mall.domains.pricing.quote import Adjustment, Reason, Skipped, UnitOffer
from mall.domains.pricing.scopes import scope_of
from mall.domains.pricing.steps import EVERYTHING, NEEDED
from mall.domains.pricing.steps.left import Left
from mall.domains.pricing.steps.work import Work, skip
from mall.kit.errors import BadInput
from mall.kit.money import yuan

FIELDS = {"threshold_fen": NEEDED, "gifts": NEEDED, "scope": EVERYTHING, "priority": 0}
STAGE = "basket"


class GiftTwice(BadInput):
    code, message = "GIFT_TWICE", "同一个赠品规格只能出现一次"


@dataclass(frozen=True, slots=True)
class Gift:
    """`lines`: the gifts as they join the order; none when they have run out."""

    promotion_id: str
    title: str
    threshold_fen: int
    lines: tuple[Line, ...] = ()
    scope: Scope = Scope()
    priority: int = 0
    kind: RuleKind = RuleKind.GIFT
    stage: str = STAGE

    def bears(self, lines: Sequence[Any]) -> Sequence[int]:
        return self.scope.indexes(lines)

    def why_not(self, _: Basket) -> Skipped | None:
        return None if self.lines else skip(self, Reason.OUT_OF_STOCK, "赠品已赠完")

    def off(self, work: Work, indexes: Sequence[int]) -> int:
        reached = sum([work.goods[index] for index in indexes]) >= self.threshold_fen
        return max(1, self._worth()) if reached else 0

    def take(self, work: Work, indexes: Sequence[int], _: int) -> None:
        first = len(work.lines)
        for line in self.lines:
            unit = UnitOffer(UnitRule.BASE, line.price_fen)
            work.lines.append(line)
            work.units.append((unit, (unit,)))
            work.goods.append(line.price_fen * line.quantity)
        if self._worth():
            work.take(self, range(first, len(work.lines)), self._worth(), about=indexes,
                      terms={"threshold_fen": self.threshold_fen})

    def near(self, work: Work, indexes: Sequence[int], off_fen: int) -> list[Skipped]:
        missing_fen = self.threshold_fen - sum([work.goods[index] for index in indexes])
        if missing_fen <= 0:
            return []
        sentence = f"再买 {yuan(missing_fen)} 元可得赠品"
        return [skip(self, Reason.BELOW_THRESHOLD, sentence, missing_fen, self._worth())]

    def _worth(self) -> int:
        return sum([line.price_fen * line.quantity for line in self.lines])


def deserved_fen(adjustment: Adjustment, left: Sequence[Left], share_fen: int) -> int:
    """All of it as long as what remains reaches the threshold."""
    reached = sum([each.amount_fen for each in left]) >= adjustment.terms["threshold_fen"]
    return share_fen if reached else 0


def check(document: dict[str, Any]) -> None:
    """Raises GiftTwice."""
    named = [each["sku_id"] for each in document["gifts"]]
    if len(set(named)) < len(named):
        raise GiftTwice(field="gifts")


def offer_of(document: dict[str, Any]) -> str:
    """满100.00送赠品."""
    return f"满{yuan(document['threshold_fen'])}送赠品"


def read(promotion_id: str, seller_id: str, title: str, document: dict[str, Any],
         lines: tuple[Line, ...] = ()) -> Gift:
    return Gift(promotion_id, title, document["threshold_fen"], lines, scope_of(document.get("scope"), seller_id),
                document.get("priority", 0))
