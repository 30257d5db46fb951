"""The unit price: the lowest that stands open to the line, or the group price and nothing else."""

from __future__ import annotations

from mall.domains.pricing.basket import Line
from mall.domains.pricing.quote import Reason, UnitOffer, UnitRule
from mall.kit.money import percent_of, yuan


def unit_price(line: Line, sku_quantity: int) -> tuple[UnitOffer, tuple[UnitOffer, ...]]:
    """The offer that applies, and all offers with the reason of each that does not.

    `sku_quantity` counts the SKU over the whole basket, so that two lines of one SKU earn the
    tier that one line would. Of equal prices the plainest applies: base, tier, member.
    """
    offers = _open_offers(line, sku_quantity)
    if len(offers) == 1 and not line.tiers and line.group_price_fen is None:
        return offers[0], (offers[0],)
    if line.group_price_fen is not None:
        applied = UnitOffer(UnitRule.GROUP, min(line.group_price_fen, line.price_fen))  # the price may be lower by now
        reason, sentence = Reason.GROUP_PRICE, "拼团价不与其他价格同享"
    else:
        applied = min(offers, key=lambda offer: offer.unit_fen)
        reason, sentence = Reason.NOT_LOWEST, "已享更低价格"
    others = [UnitOffer(offer.rule, offer.unit_fen, reason, sentence) for offer in offers if offer is not applied]
    if line.tiers and line.group_price_fen is None:
        others.extend(_next_tier(line, sku_quantity, applied.unit_fen))
    return applied, (applied, *others)


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
