"""A price cut into the orders of its checkout, to the fen: what lies on a line goes where the line goes. Spec E13.

Rules look at the whole basket, so a part keeps what a later refund has to know of the lines that are in other orders.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from mall.domains.pricing.basket import RuleKind
from mall.domains.pricing.quote import Adjustment, Elsewhere, Quote, Share, Skipped, totalled
from mall.domains.pricing.refunds import NONE, left_of, looked_at
from mall.kit.money import split
from mall.kit.scope import is_platform


def by_order(quote: Quote, orders: Mapping[str, Collection[str]], sellers: Mapping[str, str]) -> list[Quote]:
    """The whole explanation of each order's lines; of one order alone it is the quote itself. `orders`: line ids by
    parcel, as the basket's lines name them; `sellers`: whose each promotion, coupon and freight template is, since
    nobody is told of another seller's."""
    if len(orders) == 1:
        return [quote]
    return [_told(part_of(quote, line_ids, parcel), sellers) for parcel, line_ids in orders.items()]


def part_of(quote: Quote, line_ids: Iterable[str], parcel: str = "") -> Quote:
    """The explanation for some lines only. Parts whose lines together are all lines add up to the whole, in every
    total. What was skipped stays that of the whole purchase."""
    wanted = frozenset(line_ids)
    points = split(quote.points_used, _points_weights(quote)) if quote.points_used else [0] * len(quote.lines)
    adjustments = [_part(quote, place, wanted) for place in range(len(quote.adjustments))]
    charges = [replace(each, shares=_only(each.shares, wanted), fee_fen=_sum(each.shares, wanted))
               for each in quote.freight_charges]
    return totalled(
        tuple([line for line in quote.lines if line.line_id in wanted]),
        tuple([each for each in adjustments if each.shares]),
        tuple([each for each in charges if each.shares or (parcel and each.parcel == parcel)]),
        quote.skipped,
        tuple([each for each in quote.undeliverable if each.line_id in wanted]),
        sum([used for line, used in zip(quote.lines, points, strict=True) if line.line_id in wanted]),
    )


def _part(quote: Quote, place: int, wanted: frozenset[str]) -> Adjustment:
    """Of the adjustment at this place of the list."""
    whole = quote.adjustments[place]
    shares, has_threshold = _only(whole.shares, wanted), bool(whole.steps or whole.about)
    return replace(whole, shares=shares, amount_fen=_sum(whole.shares, wanted),
                   elsewhere=_elsewhere(quote, place, wanted) if shares and has_threshold else ())


def _elsewhere(quote: Quote, place: int, wanted: frozenset[str]) -> tuple[Elsewhere, ...]:
    """What the rule looked at or took from beside these lines."""
    whole, found = quote.adjustments[place], []
    off = {share.line_id: share.amount_fen for share in whole.shares if share.line_id not in wanted}
    for line in looked_at(quote, whole):
        if line.line_id not in wanted:
            _, pieces, amount_fen = left_of(quote, line, place, NONE)
            found.append(Elsewhere(line.sku_id, line.unit_fen, pieces, amount_fen, off.pop(line.line_id, 0)))
    given = [quote.line(line_id) for line_id in off]  # it got something and did not count for it
    found += [Elsewhere(line.sku_id, line.unit_fen, 0, 0, off[line.line_id]) for line in given]
    return tuple(found)


def _told(part: Quote, sellers: Mapping[str, str]) -> Quote:
    """Without the rules of other sellers, and with who gives what only where it is not this one."""
    own = part.lines[0].seller_id

    def is_told(each: Skipped) -> bool:
        seller_id = sellers.get(each.source_id, own)
        return seller_id == own or is_platform(seller_id)

    return replace(part, skipped=tuple([each for each in part.skipped if is_told(each)]), adjustments=tuple(
        [replace(each, given_by="") if each.given_by == own else each for each in part.adjustments]))


def _points_weights(quote: Quote) -> list[int]:
    paid = {
        share.line_id: share.amount_fen
        for each in quote.adjustments
        if each.kind is RuleKind.POINTS
        for share in each.shares
    }
    return [paid.get(line.line_id, 0) for line in quote.lines]


def _only(shares: tuple[Share, ...], wanted: frozenset[str]) -> tuple[Share, ...]:
    return tuple([share for share in shares if share.line_id in wanted])


def _sum(shares: tuple[Share, ...], wanted: frozenset[str]) -> int:
    return sum([share.amount_fen for share in _only(shares, wanted)])
