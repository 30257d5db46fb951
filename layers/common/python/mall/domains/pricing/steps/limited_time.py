"""Limited-time price (限时折扣, 限时价): while it runs some goods cost a price of their own, or all goods in scope so
many percent of theirs. The lowest price of a piece counts, so it does not come on top of a member's price. Spec F6.

    {"goods": [{"sku_id", "price_fen"}]}  or  {"percent", "scope"}
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mall.domains.pricing.basket import Buyer, Line, Offer, RuleKind, Scope, UnitRule
from mall.domains.pricing.quote import Reason, Skipped
from mall.domains.pricing.scopes import scope_of
from mall.domains.pricing.steps import EVERYTHING
from mall.domains.pricing.steps.goods import check_goods, prices_of
from mall.domains.pricing.steps.words import paid_percent
from mall.domains.pricing.steps.work import skip
from mall.kit.errors import BadInput
from mall.kit.money import percent_of, yuan

FIELDS = {"percent": None, "goods": [], "scope": EVERYTHING}
STAGE = "unit"


class PriceOrPercent(BadInput):
    code, message = "PRICE_OR_PERCENT", "限时折扣请填写折扣或各规格的限时价，二者择一"


@dataclass(frozen=True, slots=True)
class LimitedTime:
    promotion_id: str
    title: str
    percent: int | None = None
    prices: Mapping[str, int] = field(default_factory=dict)  # fen by SKU
    scope: Scope = Scope()
    priority: int = 0
    kind: RuleKind = RuleKind.LIMITED_TIME
    stage: str = STAGE

    def offers(self, lines: Sequence[Line], _: Buyer, stands_back: bool) -> tuple[list[tuple[int, Offer]],
                                                                                  list[Skipped]]:
        if stands_back:
            return [], [skip(self, Reason.DOES_NOT_COMBINE, "不与本单已享的优惠同享")]
        if self.percent is None:
            found = [(index, self.prices[line.sku_id]) for index, line in enumerate(lines)
                     if line.sku_id in self.prices]
        else:
            found = [(index, percent_of(lines[index].price_fen, self.percent)) for index in self.scope.indexes(lines)]
        if not found:
            return [], [skip(self, Reason.OUT_OF_SCOPE, "没有参加该活动的商品")]
        return [(index, Offer(UnitRule.LIMITED_TIME, unit_fen, self.promotion_id, self.title))
                for index, unit_fen in found], []


def check(document: dict[str, Any]) -> None:
    """Raises PriceOrPercent, GoodsTwice."""
    if (document["percent"] is None) == (not document["goods"]):
        raise PriceOrPercent(field="percent")
    check_goods(document)


def offer_of(document: dict[str, Any]) -> str:
    """限时 8 折, 限时价9.90元起."""
    if document["percent"] is not None:
        return f"限时 {paid_percent(document['percent'])}"
    return f"限时价{yuan(min(each['price_fen'] for each in document['goods']))}元起"


def read(promotion_id: str, seller_id: str, title: str, document: dict[str, Any]) -> LimitedTime:
    return LimitedTime(promotion_id, title, document.get("percent"), prices_of(document),
                       scope_of(document.get("scope"), seller_id))
