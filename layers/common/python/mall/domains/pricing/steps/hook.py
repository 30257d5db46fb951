"""Hook product (引流品, 9.9 元): a price that loses money, for so many pieces of one person ever, or for new members.
Spec F6.

    {"goods": [{"sku_id", "price_fen"}], "most", "new_members_only"}

Those pieces stand on a line of their own; what the buyer has taken before is counted by `promotion_takes`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mall.domains.pricing.basket import Buyer, Line, Offer, RuleKind, UnitRule
from mall.domains.pricing.quote import Reason, Skipped
from mall.domains.pricing.steps import NEEDED
from mall.domains.pricing.steps.goods import check_goods, prices_of
from mall.domains.pricing.steps.work import skip
from mall.kit.money import yuan

FIELDS = {"goods": NEEDED, "most": 1, "new_members_only": False}
STAGE = "unit"


@dataclass(frozen=True, slots=True)
class Hook:
    promotion_id: str
    title: str
    prices: Mapping[str, int]  # fen by SKU
    most: int = 1
    new_members_only: bool = False
    priority: int = 0
    kind: RuleKind = RuleKind.HOOK
    stage: str = STAGE

    def offers(self, lines: Sequence[Line], buyer: Buyer, stands_back: bool) -> tuple[list[tuple[int, Offer]],
                                                                                      list[Skipped]]:
        refused = self._why_not(lines, buyer, stands_back)
        if refused:
            return [], [skip(self, *refused)]
        most = self.most - dict(buyer.taken).get(self.promotion_id, 0)
        return [(index, Offer(UnitRule.HOOK, self.prices[line.sku_id], self.promotion_id, self.title, most=most))
                for index, line in enumerate(lines) if line.sku_id in self.prices], []

    def _why_not(self, lines: Sequence[Line], buyer: Buyer, stands_back: bool) -> tuple[Reason, str] | None:
        if stands_back:
            return Reason.DOES_NOT_COMBINE, "不与本单已享的优惠同享"
        if not any([line.sku_id in self.prices for line in lines]):
            return Reason.OUT_OF_SCOPE, "没有参加该活动的商品"
        if self.new_members_only and not buyer.is_new:
            return Reason.OTHER_BUYERS, "仅限未下过单的新会员"
        if dict(buyer.taken).get(self.promotion_id, 0) >= self.most:
            return Reason.PIECES_TAKEN, f"每人限购 {self.most} 件，您已享受过"
        return None


def check(document: dict[str, Any]) -> None:
    """Raises GoodsTwice."""
    check_goods(document)


def offer_of(document: dict[str, Any]) -> str:
    """新会员9.90元起，每人限1件."""
    whom = "新会员" if document.get("new_members_only") else ""
    return f"{whom}{yuan(min(each['price_fen'] for each in document['goods']))}元起，每人限{document.get('most', 1)}件"


def read(promotion_id: str, seller_id: str, title: str, document: dict[str, Any]) -> Hook:
    return Hook(promotion_id, title, prices_of(document), document.get("most", 1),
                document.get("new_members_only", False))
