"""Full reduction (满减): from so much of the goods on, so much off; the best step that is reached. Spec D2, F6.

    {"steps": [{"threshold_fen", "off_fen"}], "scope", "repeats", "priority"}
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mall.domains.pricing.basket import Basket, RuleKind, Scope
from mall.domains.pricing.quote import Adjustment, Reason, Skipped
from mall.domains.pricing.scopes import open_scope_of
from mall.domains.pricing.steps import EVERYTHING, NEEDED
from mall.domains.pricing.steps.left import Left
from mall.domains.pricing.steps.work import Work, skip
from mall.kit.errors import BadInput
from mall.kit.money import yuan

FIELDS = {"steps": NEEDED, "scope": EVERYTHING, "priority": 0, "repeats": False}
STAGE = "basket"


class StepsDoNotAscend(BadInput):
    code, message = "STEPS_DO_NOT_ASCEND", "满减的门槛和优惠须逐级递增，且优惠不能超过门槛"


@dataclass(frozen=True, slots=True)
class Step:
    """`off_fen` off from `threshold_fen` on."""

    threshold_fen: int
    off_fen: int

    def __post_init__(self) -> None:
        if self.threshold_fen < 1 or self.off_fen < 0:
            raise ValueError("a step is out of range")


@dataclass(frozen=True, slots=True)
class FullReduction:
    """`repeats`: every full threshold counts (每满 100 减 10) instead of once."""

    promotion_id: str
    title: str
    steps: tuple[Step, ...]
    scope: Scope = Scope()
    repeats: bool = False
    priority: int = 0
    giver: str = ""  # the seller whose it is
    kind: RuleKind = RuleKind.FULL_REDUCTION
    stage: str = STAGE

    def bears(self, lines: Sequence[Any]) -> Sequence[int]:
        return self.scope.indexes(lines)

    def why_not(self, _: Basket) -> Skipped | None:
        return None

    def off(self, work: Work, indexes: Sequence[int]) -> int:
        return reduction_of(self._pairs(), self.repeats, sum([work.goods[index] for index in indexes]))

    def take(self, work: Work, indexes: Sequence[int], off_fen: int) -> None:
        work.take(self, indexes, off_fen, steps=self._pairs(), repeats=self.repeats, giver=self.giver)

    def near(self, work: Work, indexes: Sequence[int], off_fen: int) -> list[Skipped]:
        """The nearest step that takes more off than now: "再买 30.00 元可减 50.00 元"."""
        amount_fen = sum([work.goods[index] for index in indexes])
        nearest: tuple[int, int] | None = None
        for step in self.steps:
            times = _times(self.repeats, amount_fen, step.threshold_fen) + 1
            missing_fen, saves_fen = step.threshold_fen * times - amount_fen, step.off_fen * times
            if (times > 1 and not self.repeats) or saves_fen <= off_fen:
                continue
            if nearest is None or (missing_fen, -saves_fen) < (nearest[0], -nearest[1]):
                nearest = missing_fen, saves_fen
        if nearest is None:
            return []
        sentence = f"再买 {yuan(nearest[0])} 元可减 {yuan(nearest[1])} 元"
        return [skip(self, Reason.BELOW_THRESHOLD, sentence, *nearest)]

    def _pairs(self) -> tuple[tuple[int, int], ...]:
        return tuple([(step.threshold_fen, step.off_fen) for step in self.steps])


def reduction_of(steps: Sequence[tuple[int, int]], repeats: bool, amount_fen: int) -> int:
    """What the best of the steps (threshold_fen, off_fen) takes off the amount."""
    best = 0
    for threshold_fen, off_fen in steps:
        if amount_fen >= threshold_fen:
            best = max(best, off_fen * _times(repeats, amount_fen, threshold_fen))
    return min(best, amount_fen)


def deserved_fen(adjustment: Adjustment, left: Sequence[Left], _: int) -> int | None:
    """What it would give for what remains; None of an order that was stored before steps were."""
    if not adjustment.steps:
        return None
    return reduction_of(adjustment.steps, adjustment.repeats, sum([each.amount_fen for each in left]))


def _times(repeats: bool, amount_fen: int, threshold_fen: int) -> int:
    """How often the threshold counts; counting, not dividing money."""
    reached = divmod(amount_fen, threshold_fen)[0]
    return reached if repeats else min(reached, 1)


def check(document: dict[str, Any]) -> None:
    """Raises StepsDoNotAscend."""
    threshold_fen = off_fen = 0
    for step in document["steps"]:
        higher = step["threshold_fen"] > threshold_fen and step["off_fen"] > off_fen
        if not higher or step["off_fen"] > step["threshold_fen"]:
            raise StepsDoNotAscend(field="steps")
        threshold_fen, off_fen = step["threshold_fen"], step["off_fen"]


def offer_of(document: dict[str, Any]) -> str:
    """满300.00减50.00，满500.00减100.00."""
    each = "每满" if document.get("repeats") else "满"
    return "，".join(f"{each}{yuan(s['threshold_fen'])}减{yuan(s['off_fen'])}" for s in document["steps"])


def read(promotion_id: str, seller_id: str, title: str, document: dict[str, Any]) -> FullReduction:
    return FullReduction(
        promotion_id, title, tuple([Step(step["threshold_fen"], step["off_fen"]) for step in document["steps"]]),
        open_scope_of(document.get("scope"), seller_id), document.get("repeats", False), document.get("priority", 0),
        seller_id)
