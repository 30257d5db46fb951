"""An order's basket again from the explanation that was stored with it, to be priced under other rules (spec F13).

What stood open to a line stands open again; of promotions those run that the explanation names. Freight stays as it was
charged, so that a coupon may take it off.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from mall.domains.pricing.basket import Basket, Buyer, Line, Offer, RuleKind, UnitRule
from mall.domains.pricing.payments import before_balance
from mall.domains.pricing.quote import Part, Quote, QuoteLine, Reason
from mall.domains.pricing.stacking import StackingPolicy
from mall.domains.pricing.steps import rule
from mall.kit.documents import readable

FROM_RULES = (UnitRule.BASE, UnitRule.LIMITED_TIME)  # offers that come again by themselves


def named(quote: Quote) -> set[str]:
    """The promotions and coupons that the explanation speaks of."""
    told = {each.source_id for each in (*quote.adjustments, *quote.skipped)}
    return (told | {offer.source_id for line in quote.lines for offer in line.unit_offers}) - {""}


class Paid(NamedTuple):
    """By the rules, whatever staff changed later and however it was paid."""

    goods_fen: int
    freight_fen: int


def paid(quote: Quote) -> Paid:
    by_staff = {part: sum([each.amount_fen for each in quote.adjustments
                           if each.kind is RuleKind.PRICE_CHANGE and each.part is part]) for part in Part}
    lines = before_balance(quote).lines
    return Paid(sum([line.goods_pay_fen for line in lines]) + by_staff[Part.GOODS],
                sum([line.freight_pay_fen for line in lines]) + by_staff[Part.FREIGHT])


def gifts_fen(quote: Quote) -> int:
    """What the gifts that came with it are worth."""
    return sum([each.amount_fen for each in quote.adjustments if each.kind is RuleKind.GIFT])


def basket_of(quote: Quote, placed_at: datetime, level: str, promotions: Mapping[str, Any], coupons: Iterable[Any],
              categories: Mapping[str, tuple[str, ...]], policy: StackingPolicy) -> Basket:
    """`promotions`: rows by id. A gift that was given is given again; hook pieces have their price."""
    given: dict[str, list[Line]] = {}
    of_gift = {share.line_id: each.source_id for each in quote.adjustments if each.kind is RuleKind.GIFT
               for share in each.shares}
    lines = []
    for quoted in quote.lines:
        line = _line(quoted, categories.get(quoted.sku_id, ()))
        if quoted.line_id in of_gift:
            given.setdefault(of_gift[quoted.line_id], []).append(replace(line, offers=()))
        else:
            lines.append(line)
    run = [promotions[each] for each in sorted(named(quote)) if each in promotions
           and promotions[each].kind != RuleKind.HOOK.value]
    used = tuple(coupons)
    return Basket(
        tuple(lines), placed_at, promotions=tuple(readable(lambda row: _rule(row, given), run)), buyer=Buyer(level),
        coupons=used, chosen_coupon_ids=tuple(sorted(each.coupon_id for each in used)), policy=policy,
        charged=quote.freight_charges, points_to_use=quote.points_used)


def _rule(row: Any, given: Mapping[str, list[Line]]) -> Any:
    read = rule(row.kind).read
    if row.kind == RuleKind.GIFT.value:
        return read(row.promotion_id, row.seller_id, row.title, row.document, tuple(given.get(row.promotion_id, ())))
    return read(row.promotion_id, row.seller_id, row.title, row.document)


def _line(quoted: QuoteLine, category_ids: tuple[str, ...]) -> Line:
    return Line(quoted.line_id, quoted.sku_id, quoted.spu_id, quoted.seller_id, quoted.quantity, quoted.list_unit_fen,
                category_ids, offers=tuple([
                    Offer(each.rule, each.unit_fen, each.source_id, each.title,
                          most=quoted.quantity if each.rule is UnitRule.HOOK else None)
                    for each in quoted.unit_offers
                    if each.rule not in FROM_RULES and each.reason is not Reason.QUANTITY_SHORT
                    and (each.rule is not UnitRule.HOOK or each.reason is None)]))
