"""A price while it is made: what is left to pay by line, and what was said so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from mall.domains.pricing.basket import Basket, Line
from mall.domains.pricing.quote import Adjustment, Part, Reason, Skipped, UnitOffer, borne_by, take_off
from mall.domains.pricing.stacking import closed_to
from mall.kit.state import Words


@dataclass(slots=True)
class Work:
    """`goods`: what is left of each line, in the order of `lines`; rules may add lines at the end (满赠), behind the
    `bought` ones, which alone the rules after them look at."""

    basket: Basket
    back: frozenset[str]  # the groups that stand back this time
    lines: list[Line]
    units: list[tuple[UnitOffer, tuple[UnitOffer, ...]]]  # the offer that applies, and all offers
    goods: list[int]
    prices: frozenset[str]  # the rules of all unit prices
    adjustments: list[Adjustment] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    bought: int = field(init=False)  # how many lines

    def __post_init__(self) -> None:
        self.bought = len(self.lines)

    def open_to(self, group: str) -> frozenset[int]:
        """The lines that the group may touch: a price may keep to itself."""
        closed = closed_to(self.basket.policy, group)
        if closed.isdisjoint(self.prices):
            return frozenset(range(self.bought))
        return frozenset([index for index in range(self.bought) if self.units[index][0].rule.value not in closed])

    def take(self, rule: Any, indexes: Sequence[int], off_fen: int, *, parts: Sequence[int] | None = None,
             steps: tuple[tuple[int, int], ...] = (), repeats: bool = False, about: Sequence[int] = (),
             terms: dict[str, Any] | None = None, giver: str = "") -> None:
        """The rule takes so much off these lines; `about`: those that it looked at, for a later refund; `giver`: who
        bears it."""
        self.adjustments.append(take_off(
            off_fen, self.goods, indexes, self.lines, kind=rule.kind, part=Part.GOODS, source_id=rule.promotion_id,
            title=rule.title, parts=parts, steps=steps, repeats=repeats,
            about=tuple([self.lines[index].line_id for index in about]), terms=terms or {},
            given_by=borne_by(giver, indexes, self.lines)))


def skip(rule: Any, reason: Reason, sentence: str, missing_fen: int = 0, saves_fen: int = 0, *,
         missing_quantity: int = 0) -> Skipped:
    """Why a rule of a promotion did not apply, or not further."""
    return Skipped(rule.kind, rule.promotion_id, rule.title, reason, sentence, missing_fen=missing_fen,
                   missing_quantity=missing_quantity, saves_fen=saves_fen)


PRICE_WORDS = Words(None, {"group": "拼团商品", "hook": "引流品", "limited_time": "限时折扣商品"}, other="商品")


def price_words(work: Work, indexes: Sequence[int]) -> str:
    """What the closed lines among these are called."""
    return next((PRICE_WORDS[rule] for rule in PRICE_WORDS for index in indexes
                 if work.units[index][0].rule.value == rule), PRICE_WORDS.other)
