"""Coupons (优惠券): which can be used, and the set that saves most. Spec D2, D4.

Every threshold is judged on the goods after promotions, never after another coupon, so that
it does not matter in which order coupons are held or chosen. Several coupons are taken off in one
fixed order: discounts first (best for the buyer), then the earlier expiry, then the id.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mall.domains.pricing.basket import Basket, Coupon, CouponKind, Line, RuleKind
from mall.domains.pricing.quote import Adjustment, Part, Reason, Skipped, borne_by, take_off
from mall.kit.money import percent_of, split, yuan


@dataclass(frozen=True, slots=True)
class Slot:
    """One place where coupons apply: on goods or on freight, at most `limit` of them."""

    kind: RuleKind
    part: Part
    limit: int

    def holds(self, coupon: Coupon) -> bool:
        return (coupon.kind is CouponKind.FREE_SHIPPING) == (self.kind is RuleKind.FREE_SHIPPING_COUPON)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A coupon that can be used, with the lines it is about."""

    coupon: Coupon
    indexes: list[int]

    def off_fen(self, remaining: Sequence[int]) -> int:
        """What it takes off: never more than is there, never less where more is there (the bound
        in `best_set` rests on this)."""
        coupon, amount_fen = self.coupon, sum([remaining[index] for index in self.indexes])
        if coupon.kind is CouponKind.DISCOUNT:
            off_fen = amount_fen - percent_of(amount_fen, coupon.percent)
        elif coupon.kind is CouponKind.FREE_SHIPPING:
            off_fen = amount_fen
        else:
            return min(coupon.off_fen, amount_fen)
        return off_fen if coupon.cap_fen is None else min(off_fen, coupon.cap_fen)


def use_coupons(
    slot: Slot,
    basket: Basket,
    lines: Sequence[Line],
    open_lines: frozenset[int],
    amounts: Sequence[int],
    remaining: list[int],
) -> tuple[list[Adjustment], list[Skipped]]:
    """Take the best allowed set off `remaining` (changed in place) and say why not the others.

    `amounts` are the goods after promotions, for the thresholds.
    """
    chosen = None if basket.chosen_coupon_ids is None else frozenset(basket.chosen_coupon_ids)
    candidates: list[Candidate] = []
    skipped: list[Skipped] = []
    for coupon in sorted(filter(slot.holds, basket.coupons), key=_turn):
        found = _examine(slot, coupon, basket, lines, open_lines, amounts, remaining)
        if isinstance(found, Candidate) and (chosen is None or coupon.coupon_id in chosen):
            candidates.append(found)
        elif isinstance(found, Candidate):
            saves_fen = found.off_fen(remaining)
            skipped.append(_skip(slot, coupon, Reason.NOT_CHOSEN, "未选择使用", saves_fen=saves_fen))
        else:
            reason, sentence, missing_fen = found
            was_chosen = chosen is not None and coupon.coupon_id in chosen
            skipped.append(_skip(slot, coupon, reason, sentence, missing_fen, was_chosen=was_chosen))
    best = best_set(candidates, remaining, slot.limit)
    for candidate in candidates:
        if candidate not in best:
            skipped.append(_left_out(slot, candidate, best, remaining, was_chosen=chosen is not None))
    return [_taken(slot, candidate, remaining, lines) for candidate in best], skipped


def best_set(candidates: Sequence[Candidate], remaining: Sequence[int], limit: int) -> tuple[Candidate, ...]:
    """The set of at most `limit` candidates, one per stack group, that saves most.

    Of equal savings: fewer coupons, then the earlier expiry, then the id. Exact: every allowed set
    is tried unless even the sum of what its members would save alone stays below the best so far.
    With c candidates over l lines: O(c * l) for a limit of one, at worst O(c**limit * l).
    """
    if not limit or not candidates:
        return ()
    alone = [candidate.off_fen(remaining) for candidate in candidates]
    if limit == 1:
        most_fen = max(alone)
        equals = [each for each, off_fen in zip(candidates, alone, strict=True) if off_fen == most_fen]
        return (min(equals, key=lambda each: _expiry(each.coupon)),)
    ceilings = _ceilings(alone, limit)
    best: tuple[int, tuple[Candidate, ...]] = (0, ())

    def search(start: int, left: Sequence[int], taken: tuple[Candidate, ...], saved_fen: int) -> None:
        nonlocal best
        slots = limit - len(taken)
        for index in range(start, len(candidates)):
            if saved_fen + ceilings[index][slots] < best[0]:
                return  # the ceiling only falls from here on
            candidate = candidates[index]
            if any(candidate.coupon.stack_group == other.coupon.stack_group for other in taken):
                continue
            off_fen = candidate.off_fen(left) if taken else alone[index]
            tried = saved_fen + off_fen, (*taken, candidate)
            if _is_better(tried, best):
                best = tried
            if slots > 1 and index + 1 < len(candidates):
                search(index + 1, _after(candidate, off_fen, left), *tried[::-1])

    search(0, remaining, (), 0)
    return best[1]


def _ceilings(alone: Sequence[int], limit: int) -> list[list[int]]:
    """At [i][k]: the k largest of alone[i:] together."""
    ceilings: list[list[int]] = []
    top: list[int] = []
    for saved_fen in reversed(alone):
        top = sorted([*top, saved_fen], reverse=True)[:limit]
        ceilings.append([sum(top[:count]) for count in range(limit + 1)])
    return ceilings[::-1]


def _is_better(tried: tuple[int, tuple[Candidate, ...]], best: tuple[int, tuple[Candidate, ...]]) -> bool:
    if tried[0] != best[0]:
        return tried[0] > best[0]
    if len(tried[1]) != len(best[1]):
        return len(tried[1]) < len(best[1])
    return _expiries(tried[1]) < _expiries(best[1])


def _expiries(candidates: Sequence[Candidate]) -> list[tuple]:
    return sorted(_expiry(each.coupon) for each in candidates)


def _expiry(coupon: Coupon) -> tuple:
    return coupon.valid_until, coupon.coupon_id


def _after(candidate: Candidate, off_fen: int, left: Sequence[int]) -> list[int]:
    remaining = list(left)
    parts = split(off_fen, [left[index] for index in candidate.indexes])
    for index, part in zip(candidate.indexes, parts, strict=True):
        remaining[index] -= part
    return remaining


def _turn(coupon: Coupon) -> tuple:
    return coupon.kind is not CouponKind.DISCOUNT, coupon.valid_until, coupon.coupon_id


def _examine(
    slot: Slot,
    coupon: Coupon,
    basket: Basket,
    lines: Sequence[Line],
    open_lines: frozenset[int],
    amounts: Sequence[int],
    remaining: Sequence[int],
) -> Candidate | tuple[Reason, str, int]:
    """A candidate, or why the coupon cannot be used and how much is missing."""
    if basket.now < coupon.valid_from:
        return Reason.NOT_STARTED, "优惠券未到使用时间", 0
    if basket.now >= coupon.valid_until:
        return Reason.EXPIRED, "优惠券已过期", 0
    scope = coupon.scope.indexes(lines)
    if not scope:
        return Reason.OUT_OF_SCOPE, "没有可用此券的商品", 0
    indexes = [index for index in scope if index in open_lines]
    if not indexes:
        return Reason.GROUP_PRICE, "特价商品不可使用优惠券", 0
    threshold_fen = 0 if coupon.kind is CouponKind.NO_THRESHOLD else coupon.threshold_fen
    missing_fen = threshold_fen - sum([amounts[index] for index in indexes])
    if missing_fen > 0:
        return Reason.BELOW_THRESHOLD, f"再买 {yuan(missing_fen)} 元可用", missing_fen
    candidate = Candidate(coupon, indexes)
    if candidate.off_fen(remaining) == 0:
        sentence = "本单无需运费" if slot.part is Part.FREIGHT else "本单没有可抵扣的金额"
        return Reason.SAVES_NOTHING, sentence, 0
    return candidate


def _left_out(
    slot: Slot, candidate: Candidate, best: Sequence[Candidate], remaining: Sequence[int], *, was_chosen: bool
) -> Skipped:
    """Why a usable coupon is not in the set."""
    groups = {each.coupon.stack_group for each in best}
    saves_fen = candidate.off_fen(remaining)
    if len(best) < slot.limit and candidate.coupon.stack_group not in groups:
        reason, sentence, saves_fen = Reason.SAVES_NOTHING, "本单没有可抵扣的金额", 0
    elif was_chosen or slot.limit == 0:
        reason, sentence = Reason.DOES_NOT_COMBINE, "不可与已用优惠叠加"
    else:
        reason, sentence = Reason.NOT_AS_GOOD, "已选用更优惠的优惠券"
    return _skip(slot, candidate.coupon, reason, sentence, saves_fen=saves_fen, was_chosen=was_chosen)


def _taken(slot: Slot, candidate: Candidate, remaining: list[int], lines: Sequence[Line]) -> Adjustment:
    coupon = candidate.coupon
    return take_off(
        candidate.off_fen(remaining),
        remaining,
        candidate.indexes,
        lines,
        kind=slot.kind,
        part=slot.part,
        source_id=coupon.coupon_id,
        title=coupon.title,
        given_by=borne_by(coupon.giver, candidate.indexes, lines),
    )


def _skip(
    slot: Slot,
    coupon: Coupon,
    reason: Reason,
    sentence: str,
    missing_fen: int = 0,
    *,
    saves_fen: int = 0,
    was_chosen: bool = False,
) -> Skipped:
    return Skipped(
        slot.kind,
        coupon.coupon_id,
        coupon.title,
        reason,
        sentence,
        missing_fen=missing_fen,
        saves_fen=saves_fen,
        was_chosen=was_chosen,
    )
