"""Freight (运费): by parcel, template, region, and pieces or weight. Spec D3, G1.

The thresholds for free freight look at the goods after promotions and before coupons, so that using a coupon never
costs the buyer the free freight; and at those of all parcels, so that it does not hang on where the goods lie.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from mall.domains.pricing.basket import (
    Basket,
    FreightBy,
    FreightRate,
    FreightTemplate,
    Line,
    Region,
    RuleKind,
)
from mall.domains.pricing.quote import FreightCharge, Reason, Skipped, Undeliverable, shares_over
from mall.kit.money import split, yuan


@dataclass(slots=True)
class Freight:
    """What shipping costs: `by_line` in the order of the lines."""

    by_line: list[int]
    charges: list[FreightCharge] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    undeliverable: list[Undeliverable] = field(default_factory=list)


def charge_freight(basket: Basket, lines: Sequence[Line], amounts: Sequence[int]) -> Freight:
    """Each template charges once for its lines of each parcel; virtual lines and lines without one are free."""
    if basket.charged is not None:
        return _known(basket.charged, lines)
    freight = Freight([0] * len(lines))
    if basket.region is None:
        return freight
    by_template: dict[str, list[int]] = {}
    for index, line in enumerate(lines):
        if line.freight_template_id is not None and not line.is_virtual:
            by_template.setdefault(line.freight_template_id, []).append(index)
    templates = {template.template_id: template for template in basket.freight_templates}
    for template_id, indexes in by_template.items():
        template = templates.get(template_id)
        rate = template and find_rate(template, basket.region)
        if template is None or rate is None:
            freight.undeliverable.extend(_not_delivered(lines[index], template, basket.region) for index in indexes)
        else:
            _charge(template, rate, lines, amounts, indexes, freight, basket.free_freight_for)
    return freight


def _known(charges: Sequence[FreightCharge], lines: Sequence[Line]) -> Freight:
    """What was charged already, on the lines that bear it."""
    on_line: dict[str, int] = {}
    for share in [share for charge in charges for share in charge.shares]:
        on_line[share.line_id] = on_line.get(share.line_id, 0) + share.amount_fen
    return Freight([on_line.get(line.line_id, 0) for line in lines], list(charges))


def find_rate(template: FreightTemplate, region: Region) -> FreightRate | None:
    """The rate of the most exact place; None where the template does not deliver, or would if it were known where
    that is: what is not known never falls to the rate of everywhere else."""
    if not _is_known_to(template, region):
        return None
    for place in region.places():
        if place in template.undeliverable:
            return None
        for rate in template.rates:
            if place in rate.places:
                return rate
    return next((rate for rate in template.rates if not rate.places), None)


def _is_known_to(template: FreightTemplate, region: Region) -> bool:
    """An unknown or untold district matters only where the template tells those of the city apart."""
    if region.unknown in ("province", "city"):
        return False
    within = f"{region.province}/{region.city}/"
    named = (template.undeliverable, *(rate.places for rate in template.rates))
    is_told = region.district and not region.unknown
    return bool(is_told) or not any(place.startswith(within) for places in named for place in places)


def fee_fen(rate: FreightRate, units: int) -> int:
    """First units, then every begun further portion (续件, 续重)."""
    beyond = units - rate.first_units
    if beyond <= 0 or rate.next_units == 0:
        return rate.first_fee_fen
    whole, rest = divmod(beyond, rate.next_units)  # counting portions, not dividing money
    return rate.first_fee_fen + rate.next_fee_fen * (whole + (rest > 0))


def _charge(
    template: FreightTemplate,
    rate: FreightRate,
    lines: Sequence[Line],
    amounts: Sequence[int],
    indexes: list[int],
    freight: Freight,
    free_for: str,
) -> None:
    """Once for each parcel; what makes it free is counted over all of them."""
    pieces = sum(lines[i].quantity for i in indexes)
    goods_fen = sum(amounts[i] for i in indexes)
    waived = (
        bool(free_for)
        or (rate.free_from_fen is not None and goods_fen >= rate.free_from_fen)
        or (rate.free_from_pieces is not None and pieces >= rate.free_from_pieces)
    )
    title, whole_fen = f"{template.title}（{free_for}包邮）" if free_for else template.title, 0
    for parcel in dict.fromkeys([lines[i].parcel for i in indexes]):
        own = [i for i in indexes if lines[i].parcel == parcel]
        units = [lines[i].quantity * (lines[i].weight_grams if template.by is FreightBy.WEIGHT else 1) for i in own]
        due_fen = 0 if waived else fee_fen(rate, sum(units))
        parts = split(due_fen, units)
        for index, part in zip(own, parts, strict=True):
            freight.by_line[index] = part
        shares = shares_over(parts, own, lines)
        freight.charges.append(
            FreightCharge(template.template_id, title, sum(units), due_fen, waived, shares, parcel))
        whole_fen += due_fen
    if whole_fen:
        freight.skipped.extend(_hints(template, rate, goods_fen, pieces, whole_fen))


def _hints(template: FreightTemplate, rate: FreightRate, goods_fen: int, pieces: int, due_fen: int) -> list[Skipped]:
    hints = []
    if rate.free_from_fen is not None:
        missing_fen = rate.free_from_fen - goods_fen
        hints.append((f"再买 {yuan(missing_fen)} 元包邮", missing_fen, 0))
    if rate.free_from_pieces is not None:
        missing = rate.free_from_pieces - pieces
        hints.append((f"再买 {missing} 件包邮", 0, missing))
    return [
        Skipped(
            RuleKind.FREE_FREIGHT,
            template.template_id,
            template.title,
            Reason.BELOW_THRESHOLD,
            sentence,
            missing_fen=missing_fen,
            missing_quantity=missing_quantity,
            saves_fen=due_fen,
        )
        for sentence, missing_fen, missing_quantity in hints
    ]


def _not_delivered(line: Line, template: FreightTemplate | None, region: Region) -> Undeliverable:
    if template is None:
        return Undeliverable(line.line_id, Reason.NO_FREIGHT_TEMPLATE, "商品暂未设置运费，无法下单")
    if not _is_known_to(template, region):
        return Undeliverable(line.line_id, Reason.UNKNOWN_PLACE, "收货地址的省市区无法识别，请修改收货地址")
    return Undeliverable(line.line_id, Reason.NOT_DELIVERED_THERE, "该商品不配送到所选地区")
