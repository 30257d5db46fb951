"""Full reductions (满减): the best step of each promotion, on the amount after unit prices.

A line takes part in one promotion at most. A higher priority chooses first; of equal priority the
one that takes more off, then the smaller id. Spec D2, F6.
"""

from __future__ import annotations

from collections.abc import Sequence

from mall.domains.pricing.basket import FullReduction, Line, RuleKind
from mall.domains.pricing.quote import Adjustment, Part, Reason, Skipped, take_off
from mall.kit.money import yuan


def reduce_fully(
    promotions: Sequence[FullReduction], lines: Sequence[Line], amounts: list[int], open_lines: frozenset[int]
) -> tuple[list[Adjustment], list[Skipped]]:
    """Take the promotions off `amounts` (changed in place); `open_lines` may take part."""
    scopes = {promotion.promotion_id: promotion.scope.indexes(lines) for promotion in promotions}
    free, waiting = set(open_lines), sorted(promotions, key=lambda each: each.promotion_id)
    adjustments: list[Adjustment] = []
    hints: list[Skipped] = []
    while waiting:
        chances = []
        for promotion in waiting:
            amount_fen = sum(amounts[i] for i in scopes[promotion.promotion_id] if i in free)
            off_fen = _off_fen(promotion, amount_fen)
            if off_fen:
                chances.append((-promotion.priority, -off_fen, promotion.promotion_id, promotion, amount_fen))
        if not chances:
            break
        _, negative_off_fen, _, promotion, amount_fen = min(chances, key=lambda chance: chance[:3])
        indexes = [i for i in scopes[promotion.promotion_id] if i in free]
        hints.extend(_next_step(promotion, amount_fen, -negative_off_fen))
        adjustments.append(_taken(promotion, -negative_off_fen, amounts, indexes, lines))
        free.difference_update(indexes)
        waiting.remove(promotion)
    for promotion in waiting:
        hints.extend(_why_not(promotion, scopes[promotion.promotion_id], amounts, open_lines, free))
    return adjustments, hints


def refuse(promotions: Sequence[FullReduction]) -> list[Skipped]:
    """All promotions stand back, because a goods coupon excludes them."""
    return [
        _skip(promotion, Reason.DOES_NOT_COMBINE, "满减不与优惠券同享")
        for promotion in sorted(promotions, key=lambda each: each.promotion_id)
    ]


def _off_fen(promotion: FullReduction, amount_fen: int) -> int:
    return reduction_of(_steps(promotion), promotion.repeats, amount_fen)


def _steps(promotion: FullReduction) -> tuple[tuple[int, int], ...]:
    return tuple([(step.threshold_fen, step.off_fen) for step in promotion.steps])


def reduction_of(steps: Sequence[tuple[int, int]], repeats: bool, amount_fen: int) -> int:
    """What the best of the steps (threshold_fen, off_fen) takes off the amount."""
    best = 0
    for threshold_fen, off_fen in steps:
        if amount_fen >= threshold_fen:
            best = max(best, off_fen * _times(repeats, amount_fen, threshold_fen))
    return min(best, amount_fen)


def _times(repeats: bool, amount_fen: int, threshold_fen: int) -> int:
    """How often the threshold counts; counting, not dividing money."""
    reached = divmod(amount_fen, threshold_fen)[0]
    return reached if repeats else min(reached, 1)


def _taken(
    promotion: FullReduction, off_fen: int, amounts: list[int], indexes: list[int], lines: Sequence[Line]
) -> Adjustment:
    return take_off(
        off_fen,
        amounts,
        indexes,
        lines,
        kind=RuleKind.FULL_REDUCTION,
        part=Part.GOODS,
        source_id=promotion.promotion_id,
        title=promotion.title,
        steps=_steps(promotion),
        repeats=promotion.repeats,
    )


def _next_step(promotion: FullReduction, amount_fen: int, off_fen: int) -> list[Skipped]:
    """The nearest step that takes more off than now: "再买 30.00 元可减 50.00 元"."""
    nearest: tuple[int, int] | None = None
    for step in promotion.steps:
        times = _times(promotion.repeats, amount_fen, step.threshold_fen) + 1
        missing_fen = step.threshold_fen * times - amount_fen
        saves_fen = step.off_fen * times
        if (times > 1 and not promotion.repeats) or saves_fen <= off_fen:
            continue
        if nearest is None or (missing_fen, -saves_fen) < (nearest[0], -nearest[1]):
            nearest = missing_fen, saves_fen
    if nearest is None:
        return []
    missing_fen, saves_fen = nearest
    sentence = f"再买 {yuan(missing_fen)} 元可减 {yuan(saves_fen)} 元"
    return [_skip(promotion, Reason.BELOW_THRESHOLD, sentence, missing_fen, saves_fen)]


def _why_not(
    promotion: FullReduction,
    scope: Sequence[int],
    amounts: list[int],
    open_lines: frozenset[int],
    free: set[int],
) -> list[Skipped]:
    if not scope:
        return [_skip(promotion, Reason.OUT_OF_SCOPE, "没有参加该活动的商品")]
    if open_lines.isdisjoint(scope):
        return [_skip(promotion, Reason.GROUP_PRICE, "拼团商品不参加满减")]
    if free.isdisjoint(scope):
        return [_skip(promotion, Reason.LINES_TAKEN, "商品已参加其他满减活动")]
    return _next_step(promotion, sum(amounts[i] for i in scope if i in free), 0)


def _skip(promotion: FullReduction, reason: Reason, sentence: str, missing_fen: int = 0, saves_fen: int = 0) -> Skipped:
    return Skipped(
        RuleKind.FULL_REDUCTION,
        promotion.promotion_id,
        promotion.title,
        reason,
        sentence,
        missing_fen=missing_fen,
        saves_fen=saves_fen,
    )
