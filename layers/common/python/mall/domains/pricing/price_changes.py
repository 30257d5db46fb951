"""A person of the staff changes the price of an order before it is paid (改价). Spec E11.

The change is a rule of its own in the stored explanation, split over the lines as every other rule, so that
refunds by pieces give back what was paid. A later change replaces the earlier one and never exceeds what the
rules had offered to the buyer: a concession may be taken back, a price is not raised.
"""

from __future__ import annotations

from dataclasses import replace

from mall.domains.pricing.basket import RuleKind
from mall.domains.pricing.quote import Adjustment, Part, Quote, take_off, totalled
from mall.kit.errors import RuleBroken

SOURCE, TITLE = "price_change", "商家改价"


class AboveOffer(RuleBroken):
    code, message = "ABOVE_OFFER", "改后的金额不能高于买家下单时的金额"


def change_price(quote: Quote, goods_fen: int | None, freight_fen: int | None) -> Quote:
    """The price with all goods together at `goods_fen` and the freight at `freight_fen`, after every other rule;
    None leaves it as it is. Raises AboveOffer (field, most_fen)."""
    goods = [line.goods_pay_fen for line in quote.lines]
    freight = [line.freight_pay_fen for line in quote.lines]
    wanted = ((Part.GOODS, goods, "goods_fen", sum(goods) if goods_fen is None else goods_fen),
              (Part.FREIGHT, freight, "freight_fen", sum(freight) if freight_fen is None else freight_fen))
    taken = []
    for part, amounts, field, wanted_fen in wanted:
        _give_back(quote, part, amounts)
        off_fen = sum(amounts) - wanted_fen
        if off_fen < 0:
            raise AboveOffer(field=field, most_fen=sum(amounts))
        if off_fen:
            taken.append(_take_off(quote, part, amounts, off_fen))
    lines = [replace(line, goods_pay_fen=goods[index], freight_pay_fen=freight[index])
             for index, line in enumerate(quote.lines)]
    rules = tuple(each for each in quote.adjustments if each.kind is not RuleKind.PRICE_CHANGE)
    return totalled(tuple(lines), (*rules, *taken), quote.freight_charges, quote.skipped, quote.undeliverable,
                    quote.points_used)


def taken_off_by_staff(quote: Quote) -> int:
    """What a change took off the price that the rules had offered, in fen."""
    return sum(each.amount_fen for each in quote.adjustments if each.kind is RuleKind.PRICE_CHANGE)


def _give_back(quote: Quote, part: Part, amounts: list[int]) -> None:
    """Undo in `amounts` what an earlier change took off."""
    places = {line.line_id: index for index, line in enumerate(quote.lines)}
    for each in quote.adjustments:
        if each.kind is RuleKind.PRICE_CHANGE and each.part is part:
            for share in each.shares:
                amounts[places[share.line_id]] += share.amount_fen


def _take_off(quote: Quote, part: Part, amounts: list[int], off_fen: int) -> Adjustment:
    return take_off(off_fen, amounts, range(len(amounts)), quote.lines, kind=RuleKind.PRICE_CHANGE, part=part,
                    source_id=SOURCE, title=TITLE)
