"""The unit price: the lowest that stands open to a piece, or the one that the kind of the order demands.

An offer may be for so many pieces only: those stand on a line of their own, so that all pieces of a line cost the same,
and a refund knows which they are. Where several such offers or lines compete, the greatest saving comes first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from string import ascii_lowercase

from mall.domains.pricing.basket import Basket, Line, Offer, UnitRule
from mall.domains.pricing.quote import Reason, Skipped, UnitOffer
from mall.domains.pricing.steps import UNIT
from mall.kit.money import percent_of, yuan

Unit = tuple[UnitOffer, tuple[UnitOffer, ...]]  # the offer that applies, and all of them
LETTERS = ascii_lowercase[1:-1]
NOT_LOWEST = Reason.NOT_LOWEST, "已享更低价格"
KIND_SENTENCE = "活动价不与其他价格同享"


def price_units(lines: Sequence[Line], basket: Basket,
                back: frozenset[str]) -> tuple[list[Line], list[Unit], list[Skipped]]:
    """The lines, some of them in two, with the unit price of each, and what unit rules did not apply."""
    pieces: dict[str, int] = {}
    for line in lines:
        pieces[line.sku_id] = pieces.get(line.sku_id, 0) + line.quantity
    offered, skipped = _promoted(lines, basket, back)
    if not offered and not any([line.offers for line in lines]):
        return list(lines), [unit_price(line, pieces[line.sku_id]) for line in lines], skipped
    lines = [replace(line, offers=(*line.offers, *offered[index])) if index in offered else line
             for index, line in enumerate(lines)]
    plain = [unit_price(line, pieces[line.sku_id]) for line in lines]
    taken = _few(lines, plain)
    apart: list[Line] = []
    units: list[Unit] = []
    for index, (line, unit) in enumerate(zip(lines, plain, strict=True)):
        own = taken.get(index, [])
        rest = line.quantity - sum([number for _, number in own])
        unit = _with_left_out(line, unit, [offer for offer, _ in own])
        parts = [(unit, rest)] if rest else []
        parts += [(_at(offer, unit), number) for offer, number in own]
        for place, (part, number) in enumerate(parts):
            is_whole = number == line.quantity and not place
            apart.append(line if is_whole else replace(line, line_id=line.line_id + _letters(place), quantity=number))
            units.append(part)
    return apart, units, skipped


def _letters(place: int) -> str:
    """What a part of a line is called behind the line's own id, in order however many there are: nothing, b, c .. y,
    zb .. zy, zzb ..."""
    rounds, letter = divmod(place - 1, len(LETTERS))
    return "z" * rounds + LETTERS[letter] if place else ""


def _promoted(lines: Sequence[Line], basket: Basket,
              back: frozenset[str]) -> tuple[dict[int, list[Offer]], list[Skipped]]:
    """What the unit rules that run offer, by the line's place."""
    offered: dict[int, list[Offer]] = {}
    skipped: list[Skipped] = []
    rules = [rule for rule in basket.promotions if rule.stage == UNIT]
    for rule in sorted(rules, key=lambda each: each.promotion_id):
        found, why = rule.offers(lines, basket.buyer, rule.kind.value in back)
        skipped += why
        for index, offer in found:
            offered.setdefault(index, []).append(offer)
    return offered, skipped


def unit_price(line: Line, sku_quantity: int) -> Unit:
    """The offer that applies to a piece, and all offers with the reason of each that does not; offers for a few pieces
    are left aside.

    `sku_quantity` counts the SKU over the whole basket, so that two lines of one SKU earn the tier that one line would.
    Of equal prices the plainest applies: base, tier, member.
    """
    offers = _open_offers(line, sku_quantity)
    if len(offers) == 1 and not line.tiers and not line.offers:
        return offers[0], (offers[0],)
    demanded = [offer for offer in line.offers if offer.exclusive and offer.most is None]
    others = [_shown(offer, offer.unit_fen) for offer in line.offers if offer.most is None and not offer.exclusive]
    if demanded:
        offers += others
        lowest = min(demanded, key=lambda offer: offer.unit_fen)
        applied = _shown(lowest, min(lowest.unit_fen, line.price_fen))  # the price may be lower by now
        reason, sentence = Reason.KIND_PRICE, KIND_SENTENCE
    else:
        offers += others
        applied = min(offers, key=lambda offer: offer.unit_fen)
        reason, sentence = NOT_LOWEST
    others = [_refused(offer, reason, sentence) for offer in offers if offer is not applied]
    if line.tiers and not demanded:
        others.extend(_next_tier(line, sku_quantity, applied.unit_fen))
    return applied, (applied, *others)


def _few(lines: Sequence[Line], plain: Sequence[Unit]) -> dict[int, list[tuple[Offer, int]]]:
    """Which pieces of which lines have the offers for a few: demanded ones first, then the greatest saving."""
    chances = []
    for index, line in enumerate(lines):
        for offer in line.offers:
            saves_fen = plain[index][0].unit_fen - offer.unit_fen
            if offer.most is not None and not _stands_back(line, offer) and (saves_fen > 0 or offer.exclusive):
                chances.append((not offer.exclusive, -saves_fen, offer.source_id, line.line_id, index, offer))
    left = {(offer.rule, offer.source_id): offer.most for *_, offer in chances}
    free = [line.quantity for line in lines]
    taken: dict[int, list[tuple[Offer, int]]] = {}
    for *_, index, offer in sorted(chances, key=lambda chance: chance[:4]):
        number = min(left[offer.rule, offer.source_id], free[index])
        if number:
            left[offer.rule, offer.source_id] -= number
            free[index] -= number
            taken.setdefault(index, []).append((offer, number))
    return taken


def _with_left_out(line: Line, unit: Unit, own: Sequence[Offer]) -> Unit:
    """With the offers for a few pieces of which the line has none."""
    left_out = [offer for offer in line.offers if offer.most is not None and offer not in own]
    if not left_out:
        return unit
    told = [_refused(_shown(each, each.unit_fen), *_why_left_out(line, each, unit[0].unit_fen)) for each in left_out]
    return unit[0], (*unit[1], *told)


def _why_left_out(line: Line, offer: Offer, unit_fen: int) -> tuple[Reason, str]:
    if _stands_back(line, offer):
        return Reason.KIND_PRICE, KIND_SENTENCE
    return (Reason.PIECES_TAKEN, "限购件数已用完") if offer.unit_fen < unit_fen else NOT_LOWEST


def _stands_back(line: Line, offer: Offer) -> bool:
    """Whether the kind of the order demands another price of the line."""
    return not offer.exclusive and any([each.exclusive for each in line.offers])


def _at(offer: Offer, unit: Unit) -> Unit:
    applied = _shown(offer, offer.unit_fen)
    others = [_refused(each, *NOT_LOWEST) if each.reason is None else each for each in unit[1]]
    return applied, (applied, *others)


def _refused(offer: UnitOffer, reason: Reason, sentence: str) -> UnitOffer:
    return UnitOffer(offer.rule, offer.unit_fen, reason, sentence, source_id=offer.source_id, title=offer.title)


def _shown(offer: Offer, unit_fen: int) -> UnitOffer:
    return UnitOffer(offer.rule, unit_fen, source_id=offer.source_id, title=offer.title)


def _open_offers(line: Line, sku_quantity: int) -> list[UnitOffer]:
    offers = [UnitOffer(UnitRule.BASE, line.price_fen)]
    if line.tiers:
        reached = [tier.price_fen for tier in line.tiers if tier.min_quantity <= sku_quantity]
        if reached:
            offers.append(UnitOffer(UnitRule.TIER, min(reached)))
    if line.member_price_fen is not None:
        offers.append(UnitOffer(UnitRule.MEMBER_PRICE, line.member_price_fen))
    if line.member_percent is not None:
        offers.append(UnitOffer(UnitRule.MEMBER_PERCENT, percent_of(line.price_fen, line.member_percent)))
    return offers


def _next_tier(line: Line, sku_quantity: int, unit_fen: int) -> list[UnitOffer]:
    """The nearest tier that would be cheaper, as a hint."""
    better = [
        (tier.min_quantity, tier.price_fen)
        for tier in line.tiers
        if tier.min_quantity > sku_quantity and tier.price_fen < unit_fen
    ]
    if not better:
        return []
    min_quantity, price_fen = min(better)
    missing = min_quantity - sku_quantity
    sentence = f"再买 {missing} 件，每件 {yuan(price_fen)} 元"
    return [UnitOffer(UnitRule.TIER, price_fen, Reason.QUANTITY_SHORT, sentence, missing)]
