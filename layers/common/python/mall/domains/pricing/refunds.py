"""What a line gives back (退款金额), read from the explanation stored with the order. Spec E6, H1."""

from __future__ import annotations

from enum import Enum

from mall.domains.pricing.quote import Quote
from mall.kit.errors import NotFound, RuleBroken
from mall.kit.money import split


class LineNotInOrder(NotFound):
    code, message = "LINE_NOT_IN_ORDER", "订单中没有该商品"


class MoreThanBought(RuleBroken):
    code, message = "MORE_THAN_BOUGHT", "退款数量超过可退数量"


class FreightRefund(str, Enum):
    """What happens to the freight that was paid for the refunded pieces."""

    KEPT = "kept"  # the parcel went out
    BY_SHARE = "by_share"  # the pieces' own share goes back


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
    back_fen = _due(line.goods_pay_fen, after, line.quantity) - _due(line.goods_pay_fen, before, line.quantity)
    if freight is FreightRefund.BY_SHARE:
        paid_fen = line.freight_pay_fen
        back_fen += _due(paid_fen, after, line.quantity) - _due(paid_fen, before, line.quantity)
    return back_fen


def _due(paid_fen: int, pieces: int, of_pieces: int) -> int:
    """The share of the first pieces, to the nearest fen; all pieces make the whole."""
    return split(paid_fen, [pieces, of_pieces - pieces])[0]
