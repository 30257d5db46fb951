"""Points and balance (积分, 余额): what the buyer pays with instead of money. Spec A4, E8.

Points pay for goods only, up to a percentage of the goods after all discounts; balance pays for
goods and freight.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mall.domains.pricing.basket import Basket, Line, RuleKind
from mall.domains.pricing.quote import Adjustment, Part, Quote, QuoteLine, Reason, Skipped, take_off, totalled
from mall.domains.pricing.stacking import StackingPolicy
from mall.kit.money import percent_of


def use_points(
    basket: Basket, lines: Sequence[Line], open_lines: frozenset[int], goods: list[int]
) -> tuple[list[Adjustment], list[Skipped], int]:
    """Take points off `goods` (changed in place); also how many points that costs.

    The last fen may cost a begun point, so that more goods never make the order cheaper.
    """
    worth_fen = divmod(basket.points_to_use * 100, basket.points_per_yuan)[0]
    if not worth_fen:
        return [], [], 0
    indexes = sorted(open_lines)
    cap_fen = percent_of(sum(goods[index] for index in indexes), basket.points_cap_percent)
    off_fen = min(worth_fen, cap_fen)
    skipped = []
    if off_fen < worth_fen:
        sentence = "积分抵扣已达上限" if off_fen else "本单不可使用积分"
        skipped.append(Skipped(RuleKind.POINTS, "points", "积分", Reason.CAPPED, sentence))
    if not off_fen:
        return [], skipped, 0
    used = -divmod(-off_fen * basket.points_per_yuan, 100)[0]  # a begun point counts
    adjustment = take_off(
        off_fen,
        goods,
        indexes,
        lines,
        kind=RuleKind.POINTS,
        part=Part.GOODS,
        source_id="points",
        title="积分抵扣",
    )
    return [adjustment], skipped, used


def most_points(quote: Quote, cap_percent: int, policy: StackingPolicy) -> int:
    """How many points the price, before balance, could take at a hundred to the yuan: a point is a fen."""
    goods_fen = sum([line.goods_pay_fen for line in quote.lines if not policy.closes(line.unit_rule.value, "points")])
    return percent_of(goods_fen + quote.points_fen, cap_percent)


def use_balance(
    balance_fen: int, lines: Sequence[Line | QuoteLine], goods: list[int], freight: list[int]
) -> list[Adjustment]:
    """Take balance off `goods`, then `freight` (both changed in place)."""
    adjustments = []
    left_fen = balance_fen
    for part, remaining in ((Part.GOODS, goods), (Part.FREIGHT, freight)):
        off_fen = min(left_fen, sum(remaining))
        if off_fen:
            left_fen -= off_fen
            adjustments.append(
                take_off(
                    off_fen,
                    remaining,
                    range(len(lines)),
                    lines,
                    kind=RuleKind.BALANCE,
                    part=part,
                    source_id="balance",
                    title="余额支付",
                )
            )
    return adjustments


def with_balance(quote: Quote, balance_fen: int) -> Quote:
    """A price before balance, so much of it paid from one; `before_balance` gives it back."""
    goods = [line.goods_pay_fen for line in quote.lines]
    freight = [line.freight_pay_fen for line in quote.lines]
    used = use_balance(balance_fen, quote.lines, goods, freight)
    lines = [replace(line, goods_pay_fen=goods[index], freight_pay_fen=freight[index])
             for index, line in enumerate(quote.lines)]
    return totalled(tuple(lines), (*quote.adjustments, *used), quote.freight_charges, quote.skipped,
                    quote.undeliverable, quote.points_used)


def before_balance(quote: Quote) -> Quote:
    """The same price where nothing was paid from a balance: balance is a way to pay and takes nothing off what an
    order is worth, so its lines, its invoices and its refunds look at this (E8)."""
    paid: dict[tuple[str, Part], int] = {}
    for each in quote.adjustments:
        if each.kind is RuleKind.BALANCE:
            paid |= {(share.line_id, each.part): share.amount_fen for share in each.shares}
    if not paid:
        return quote

    def whole(line: QuoteLine) -> QuoteLine:
        return replace(line, goods_pay_fen=line.goods_pay_fen + paid.get((line.line_id, Part.GOODS), 0),
                       freight_pay_fen=line.freight_pay_fen + paid.get((line.line_id, Part.FREIGHT), 0))

    return totalled(tuple([whole(line) for line in quote.lines]),
                    tuple([each for each in quote.adjustments if each.kind is not RuleKind.BALANCE]),
                    quote.freight_charges, quote.skipped, quote.undeliverable, quote.points_used)
