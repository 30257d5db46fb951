"""What lines give back (退款金额), read from the explanation stored with the order. Spec E6, H1."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from types import MappingProxyType

from mall.domains.pricing.basket import RuleKind
from mall.domains.pricing.quote import Adjustment, Part, Quote, QuoteLine
from mall.domains.pricing.steps import known, rule
from mall.domains.pricing.steps.left import Left
from mall.kit.errors import NotFound, RuleBroken
from mall.kit.money import share_of_pieces

NONE: Mapping[str, int] = MappingProxyType({})


class LineNotInOrder(NotFound):
    code, message = "LINE_NOT_IN_ORDER", "订单中没有该商品"
    field = "lines"


class MoreThanBought(RuleBroken):
    code, message = "MORE_THAN_BOUGHT", "退款数量超过可退数量"


class FreightRefund(str, Enum):
    """What happens to the freight that was paid for the refunded pieces."""

    KEPT = "kept"  # the parcel went out
    BY_SHARE = "by_share"  # the pieces' own share goes back


class ThresholdRule(str, Enum):
    """When what remains would not have reached a threshold (满减, 满赠, 第二件半价, 加价购) any more."""

    KEEP = "keep"  # the buyer keeps what it gave on what remains
    TAKE_BACK = "take_back"  # its share on what remains is taken off the refund


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A promotion that what remains does not reach, and how much of it the buyer has to give up."""

    source_id: str
    title: str
    amount_fen: int


@dataclass(frozen=True, slots=True)
class PiecesRefund:
    """What some pieces give back: `shares` by line (goods and freight, before anything is taken back)."""

    shares: tuple[tuple[str, int], ...]
    goods_fen: int
    freight_fen: int
    taken_back: tuple[TakenBack, ...]
    allowances: tuple[tuple[str, int], ...]  # what is left of them on these lines, by line

    @property
    def amount_fen(self) -> int:
        return self.goods_fen + self.freight_fen


def refund_pieces(
    quote: Quote, wanted: Mapping[str, int], *, already: Mapping[str, int], given_goods_fen: int,
    freight: FreightRefund, threshold: ThresholdRule, allowances: Mapping[str, int] = NONE,
) -> PiecesRefund:
    """The fen to give back for more pieces of several lines; `wanted` and `already` are pieces by line id,
    `given_goods_fen` what earlier refunds gave back for goods, `allowances` (折让) what of that was given by amount for
    pieces that the buyer keeps, by line id: pieces that go back now give so much less.

    Goods are cumulative too: all that is due by now less what was given. So what was taken back once comes
    again when nothing remains, and the sum over all pieces is exactly what they cost; a refund is never less
    than nothing. Raises LineNotInOrder, MoreThanBought.
    """
    shares, freight_fen, left = [], 0, dict(allowances)
    for line_id, quantity in wanted.items():
        before = already.get(line_id, 0)
        kept = FreightRefund.KEPT
        goods_only = refund_share(quote, line_id, quantity, already_refunded_quantity=before, freight=kept)
        whole = refund_share(quote, line_id, quantity, already_refunded_quantity=before, freight=freight)
        gone_fen = _allowance_gone(quote.line(line_id), quantity, before, left.get(line_id, 0))
        left[line_id] = left.get(line_id, 0) - gone_fen
        shares.append((line_id, whole - gone_fen))
        freight_fen += whole - goods_only
    gone = {line.line_id: already.get(line.line_id, 0) + wanted.get(line.line_id, 0) for line in quote.lines}
    due_fen = sum([share_of_pieces(line.goods_pay_fen, gone[line.line_id], line.quantity) for line in quote.lines])
    taken_back = _broken(quote, gone) if threshold is ThresholdRule.TAKE_BACK else ()
    due_fen += sum(left.values()) - sum([each.amount_fen for each in taken_back])
    return PiecesRefund(tuple(shares), max(0, due_fen - given_goods_fen), freight_fen, taken_back,
                        tuple([(line_id, left[line_id]) for line_id in wanted]))


def _allowance_gone(line: QuoteLine, quantity: int, before: int, allowance_fen: int) -> int:
    """What of an allowance on the pieces that are left lies on so many of them: their share, and neither they nor
    those that stay ever have more of it than they cost."""
    here = share_of_pieces(line.goods_pay_fen, before, line.quantity)
    there = share_of_pieces(line.goods_pay_fen, before + quantity, line.quantity)
    share_fen = share_of_pieces(allowance_fen, quantity, line.quantity - before)
    return min(there - here, max(share_fen, allowance_fen - (line.goods_pay_fen - there)))


def _broken(quote: Quote, gone: Mapping[str, int]) -> tuple[TakenBack, ...]:
    """The promotions whose share on what remains is more than they would give for it alone."""
    found = []
    for place, each in enumerate(quote.adjustments):
        too_much_fen = _too_much(quote, place, gone) if known(each.kind.value) else 0
        if too_much_fen > 0:
            found.append(TakenBack(each.source_id, each.title, too_much_fen))
    return tuple(found)


def _too_much(quote: Quote, place: int, gone: Mapping[str, int]) -> int:
    """Of the adjustment at this place of the list."""
    adjustment = quote.adjustments[place]
    share_fen = _share_left(quote, adjustment, gone)
    left = [left_of(quote, line, place, gone) for line in looked_at(quote, adjustment)]
    left += [Left(each, each.quantity, each.amount_fen) for each in adjustment.elsewhere]  # as if all of it were kept
    elsewhere_fen = sum([each.off_fen for each in adjustment.elsewhere])
    deserved_fen = rule(adjustment.kind.value).deserved_fen(adjustment, left, share_fen + elsewhere_fen)
    return 0 if deserved_fen is None else share_fen - max(0, deserved_fen - elsewhere_fen)


def leans_on(quote: Quote, sku_ids: Collection[str]) -> bool:
    """Whether a promotion gives these lines more than it would without those goods of other orders."""
    adjustments = tuple([replace(each, elsewhere=tuple([other for other in each.elsewhere
                                                        if other.sku_id not in sku_ids]))
                         for each in quote.adjustments])
    rest, kept = replace(quote, adjustments=adjustments), {line.line_id: 0 for line in quote.lines}
    return any([each.elsewhere != quote.adjustments[place].elsewhere and known(each.kind.value)
                and _too_much(rest, place, kept) > 0 for place, each in enumerate(adjustments)])


def looked_at(quote: Quote, adjustment: Adjustment) -> list[QuoteLine]:
    """The quote's lines that a rule counted."""
    about = adjustment.about or [share.line_id for share in adjustment.shares]
    return [line for line_id in about if (line := quote.line(line_id))]


def _share_left(quote: Quote, adjustment: Adjustment, gone: Mapping[str, int]) -> int:
    """What the adjustment still takes off the pieces that remain."""
    return sum([
        share.amount_fen - share_of_pieces(share.amount_fen, gone[share.line_id], quote.line(share.line_id).quantity)
        for share in adjustment.shares
    ])


def left_of(quote: Quote, line: QuoteLine, place: int, gone: Mapping[str, int]) -> Left:
    """What remains of a line as the rule at this place looked at it: less what the rules before it took off."""
    pieces = line.quantity - gone.get(line.line_id, 0)
    off_fen = sum([share.amount_fen for each in quote.adjustments[:place] if each.part is Part.GOODS
                   for share in each.shares if share.line_id == line.line_id])
    return Left(line, pieces, line.unit_fen * pieces - share_of_pieces(off_fen, pieces, line.quantity))


def gifts_gone(quote: Quote, gone: Mapping[str, int]) -> dict[str, int]:
    """The pieces of gifts that what remains does not deserve any more, by line id."""
    found: dict[str, int] = {}
    for place, each in enumerate(quote.adjustments):
        if each.kind is RuleKind.GIFT and _too_much(quote, place, gone):
            for share in each.shares:
                left = quote.line(share.line_id).quantity - gone[share.line_id]
                found |= {share.line_id: left} if left else {}
    return found


def refund_share(
    quote: Quote, line_id: str, quantity: int, *, already_refunded_quantity: int, freight: FreightRefund
) -> int:
    """The fen to give back for `quantity` more pieces of the line.

    Cumulative: what is due for all pieces so far, less what was due before, so that one by one and
    all at once give the same. All lines with BY_SHARE give back exactly pay_fen. Points and balance
    are not in it. Raises LineNotInOrder, MoreThanBought.
    """
    line = quote.line(line_id)
    if line is None:
        raise LineNotInOrder(line_id=line_id)
    before, after = already_refunded_quantity, already_refunded_quantity + quantity
    if quantity < 1 or before < 0 or after > line.quantity:
        raise MoreThanBought(field="quantity", left=line.quantity - before)
    parts = [line.goods_pay_fen, line.freight_pay_fen] if freight is FreightRefund.BY_SHARE else [line.goods_pay_fen]
    return sum([share_of_pieces(paid_fen, after, line.quantity) - share_of_pieces(paid_fen, before, line.quantity)
                for paid_fen in parts])


def coupon_cost(quote: Quote, pieces: Mapping[str, int]) -> int:
    """What goods coupons paid for so many pieces by line id; all pieces make the whole of it."""
    return _paid_by(RuleKind.GOODS_COUPON, quote, pieces)


def points_spent(quote: Quote, pieces: Mapping[str, int]) -> int:
    """The points, a hundred to the yuan, that paid for so many pieces by line id; all pieces make all of them."""
    return _paid_by(RuleKind.POINTS, quote, pieces)


def _paid_by(kind: RuleKind, quote: Quote, pieces: Mapping[str, int]) -> int:
    return sum([
        share_of_pieces(share.amount_fen, pieces.get(share.line_id, 0), quote.line(share.line_id).quantity)
        for each in quote.adjustments if each.kind is kind for share in each.shares
    ])
