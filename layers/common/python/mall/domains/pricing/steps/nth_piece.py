"""The n-th piece for less (第二件半价, 买三免一): pieces are counted from the dearest, and every n-th is cheaper.

    {"nth", "percent", "repeats", "together", "scope", "priority"}

`percent` of its price is paid for the n-th piece: 50 is half, 0 is nothing (3 for 2 with nth 3). `together`: pieces of
all goods in scope are counted together, else those of each SKU by themselves. Spec D2, F6.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mall.domains.pricing.basket import Basket, RuleKind, Scope
from mall.domains.pricing.quote import Adjustment, Reason, Skipped
from mall.domains.pricing.scopes import scope_of
from mall.domains.pricing.steps import EVERYTHING, NEEDED
from mall.domains.pricing.steps.left import Left
from mall.domains.pricing.steps.words import NUMBERS, paid_percent
from mall.domains.pricing.steps.work import Work, skip
from mall.kit.money import percent_of

FIELDS = {"nth": NEEDED, "percent": NEEDED, "repeats": True, "together": True, "scope": EVERYTHING, "priority": 0}
STAGE = "basket"
TERMS = ("nth", "percent", "repeats", "together")


@dataclass(frozen=True, slots=True)
class NthPiece:
    promotion_id: str
    title: str
    nth: int
    percent: int
    scope: Scope = Scope()
    repeats: bool = True
    together: bool = True
    priority: int = 0
    kind: RuleKind = RuleKind.NTH_PIECE
    stage: str = STAGE

    def bears(self, lines: Sequence[Any]) -> Sequence[int]:
        return self.scope.indexes(lines)

    def why_not(self, _: Basket) -> Skipped | None:
        return None

    def off(self, work: Work, indexes: Sequence[int]) -> int:
        return sum(self._parts(work, indexes))

    def take(self, work: Work, indexes: Sequence[int], off_fen: int) -> None:
        terms = {name: getattr(self, name) for name in TERMS}
        work.take(self, indexes, off_fen, parts=self._parts(work, indexes), about=indexes, terms=terms)

    def near(self, work: Work, indexes: Sequence[int], off_fen: int) -> list[Skipped]:
        """How many pieces are missing to the next n-th; of each SKU by itself the nearest."""
        if off_fen and not self.repeats:
            return []
        pieces: dict[str, int] = {}
        for index in indexes:
            of = "" if self.together else work.lines[index].sku_id
            pieces[of] = pieces.get(of, 0) + work.lines[index].quantity
        missing = min([self.nth - divmod(number, self.nth)[1] for number in pieces.values()])
        if missing == self.nth:
            return [] if off_fen else [skip(self, Reason.SAVES_NOTHING, "本单没有可抵扣的金额")]
        sentence = f"再买 {missing} 件，第{_number(self.nth)}件{paid_percent(self.percent)}"
        return [skip(self, Reason.QUANTITY_SHORT, sentence, missing_quantity=missing)]

    def _parts(self, work: Work, indexes: Sequence[int]) -> list[int]:
        pieces = [(work.units[i][0].unit_fen, work.lines[i].quantity, work.lines[i].sku_id) for i in indexes]
        found = parts_of(pieces, self.nth, self.percent, repeats=self.repeats, together=self.together)
        return [min(part, work.goods[index]) for part, index in zip(found, indexes, strict=True)]


def parts_of(pieces: Sequence[tuple[int, int, str]], nth: int, percent: int, *, repeats: bool,
             together: bool) -> list[int]:
    """What is taken off each of (unit_fen, quantity, sku_id)."""
    parts, counted, given = [0] * len(pieces), {}, {}
    for index in sorted(range(len(pieces)), key=lambda at: (-pieces[at][0], at)):
        unit_fen, quantity, sku_id = pieces[index]
        of = "" if together else sku_id
        before = counted.get(of, 0)
        counted[of] = before + quantity
        times = divmod(counted[of], nth)[0] - divmod(before, nth)[0]
        if not repeats:
            times = min(times, 1 - given.get(of, 0))
        given[of] = given.get(of, 0) + times
        parts[index] = times * (unit_fen - percent_of(unit_fen, percent))
    return parts


def deserved_fen(adjustment: Adjustment, left: Sequence[Left], _: int) -> int:
    """What it would give for what remains."""
    pieces = [(each.line.unit_fen, each.pieces, each.line.sku_id) for each in left if each.pieces]
    return sum(parts_of(pieces, **{name: adjustment.terms[name] for name in TERMS}))


def check(document: dict[str, Any]) -> None:
    """The bounds of its fields say it all."""


def offer_of(document: dict[str, Any]) -> str:
    """第二件半价."""
    return f"第{_number(document['nth'])}件{paid_percent(document['percent'])}"


def _number(nth: int) -> str:
    return NUMBERS[nth] if nth < len(NUMBERS) else f" {nth} "


def read(promotion_id: str, seller_id: str, title: str, document: dict[str, Any]) -> NthPiece:
    return NthPiece(
        promotion_id, title, document["nth"], document["percent"], scope_of(document.get("scope"), seller_id),
        document.get("repeats", True), document.get("together", True), document.get("priority", 0))
