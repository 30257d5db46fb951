"""Member day (会员日): on some days of the week members of some levels pay so many percent of the goods. Spec F6.

    {"weekdays": [1..7], "levels": [...], "percent", "scope", "priority"}

Monday is 1, by the days of the shop; no levels are all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mall.domains.pricing.basket import Basket, RuleKind, Scope
from mall.domains.pricing.quote import Skipped, Reason
from mall.domains.pricing.scopes import scope_of
from mall.domains.pricing.steps import EVERYTHING, NEEDED
from mall.domains.pricing.steps.words import days, paid_percent
from mall.domains.pricing.steps.work import Work, skip
from mall.kit.errors import BadInput
from mall.kit.money import percent_of
from mall.kit.zone import day_of

FIELDS = {"weekdays": NEEDED, "levels": [], "percent": NEEDED, "scope": EVERYTHING, "priority": 0}
STAGE = "basket"


class DayTwice(BadInput):
    code, message = "DAY_TWICE", "会员日的星期不能重复"


@dataclass(frozen=True, slots=True)
class MemberDay:
    promotion_id: str
    title: str
    weekdays: tuple[int, ...]
    percent: int
    levels: frozenset[str] = frozenset()
    scope: Scope = Scope()
    priority: int = 0
    kind: RuleKind = RuleKind.MEMBER_DAY
    stage: str = STAGE

    def bears(self, lines: Sequence[Any]) -> Sequence[int]:
        return self.scope.indexes(lines)

    def why_not(self, basket: Basket) -> Skipped | None:
        if day_of(basket.now).isoweekday() not in self.weekdays:
            return skip(self, Reason.NOT_TODAY, f"{days(list(self.weekdays))}会员日可享 {paid_percent(self.percent)}")
        if self.levels and basket.buyer.level not in self.levels:
            return skip(self, Reason.OTHER_BUYERS, "仅限指定等级的会员")
        return None

    def off(self, work: Work, indexes: Sequence[int]) -> int:
        amount_fen = sum([work.goods[index] for index in indexes])
        return amount_fen - percent_of(amount_fen, self.percent)

    def take(self, work: Work, indexes: Sequence[int], off_fen: int) -> None:
        work.take(self, indexes, off_fen)

    def near(self, work: Work, indexes: Sequence[int], off_fen: int) -> list[Skipped]:
        return [] if off_fen else [skip(self, Reason.SAVES_NOTHING, "本单没有可抵扣的金额")]


def deserved_fen(*_: Any) -> None:
    """A percent has no threshold: what remains keeps its share."""


def check(document: dict[str, Any]) -> None:
    """Raises DayTwice."""
    if len(set(document["weekdays"])) < len(document["weekdays"]):
        raise DayTwice(field="weekdays")


def offer_of(document: dict[str, Any]) -> str:
    """每周三会员日 8.8 折."""
    return f"{days(document['weekdays'])}会员日 {paid_percent(document['percent'])}"


def read(promotion_id: str, seller_id: str, title: str, document: dict[str, Any]) -> MemberDay:
    return MemberDay(
        promotion_id, title, tuple(document["weekdays"]), document["percent"], frozenset(document.get("levels", ())),
        scope_of(document.get("scope"), seller_id), document.get("priority", 0))
