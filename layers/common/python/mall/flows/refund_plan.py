"""What a refund would give back: decided from rows that are already read, nothing written (spec E6)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from mall.domains.orders.rules import OrderState
from mall.domains.pricing import rules as pricing
from mall.domains.refunds.rules import LineTwice, Parts, RefundOrder, check_number, in_order, tries_of
from mall.kit.money import split, yuan

UNSHIPPED = (OrderState.GROUPING.value, OrderState.TO_SHIP.value)


@dataclass(frozen=True)
class Wanted:
    """Which pieces, by line id. `freight`: whether their share of the freight goes back too; None leaves it to
    the rule: it does as long as nothing was shipped."""

    quantities: dict[str, int]
    freight: bool | None = None


@dataclass(frozen=True)
class Pieces:
    line: Any
    quantity: int
    amount_fen: int


@dataclass(frozen=True)
class Plan:
    """The refund's amount with what each line bears of it; the parts add up. `closes`: no piece remains."""

    amount_fen: int
    freight_fen: int
    pieces: tuple[Pieces, ...]
    taken_back: tuple[pricing.TakenBack, ...]
    closes: bool
    parts: Parts = Parts(0, 0)  # of the amount, by WeChat and into stored value


def plan(order: Any, lines: list[Any], earlier: list[Any], wanted: Wanted | None,
         threshold: pricing.ThresholdRule, first: RefundOrder = RefundOrder.WECHAT_FIRST) -> Plan:
    """`earlier`: all refunds of the order and of its payment. `wanted` None: all that is left, and the last pieces of
    an order that was not shipped give back all that is left too. Raises LineNotInOrder, MoreThanBought,
    TooManyRefunds."""
    left = {line.line_id: line.quantity - line.refunded_quantity for line in lines}
    chosen = _chosen(left, wanted)
    closes = chosen == {line_id: quantity for line_id, quantity in left.items() if quantity}
    own = [row for row in earlier if row.order_no == order.order_no]
    if wanted is None or (closes and order.state in UNSHIPPED):
        found = _all_left(order, lines, own, chosen)
    else:
        found = _by_pieces(order, lines, own, wanted, chosen, threshold, closes)
    parts = in_order(found.amount_fen, _left(order), first)
    if parts.wechat_fen:
        check_number(sum(tries_of(row.wechat_refund_no) for row in earlier if row.amount_fen), is_last=closes)
    return replace(found, parts=parts)


def _left(order: Any) -> Parts:
    """What either way of paying has not given back yet."""
    balance_fen = order.balance_fen - order.balance_refunded_fen
    return Parts(order.pay_fen - order.refunded_fen - balance_fen, balance_fen)


def wanted_of(lines: list[Any] | None, freight: bool | None) -> Wanted | None:
    """What a person asks for: `lines` with line_id and quantity, None for all that is left. Raises LineTwice."""
    if lines is None:
        return None
    quantities = {line.line_id: line.quantity for line in lines}
    if len(quantities) < len(lines):
        raise LineTwice(field="lines")
    return Wanted(quantities, freight)


def sentences(order: Any, decided: Plan) -> list[str]:
    """The explanation of a plan for the person who decides."""
    goods_fen = decided.amount_fen - decided.freight_fen
    said = [f"商品退款 {yuan(goods_fen)} 元，按下单时各商品的实付分摊计算"]
    if decided.freight_fen:
        said.append(f"运费退款 {yuan(decided.freight_fen)} 元")
    elif order.freight_fen:
        said.append("运费不退")
    said += [f"剩余商品不再满足“{each.title}”，已扣回优惠 {yuan(each.amount_fen)} 元" for each in decided.taken_back]
    if decided.parts.balance_fen:
        by_wechat, into_balance = (yuan(part_fen) for part_fen in decided.parts)
        said.append(f"其中 {into_balance} 元退回储值余额，{by_wechat} 元原路退回微信")
    if decided.closes:
        said.append("全部商品已退，订单将关闭，使用的优惠券退回")
    return said


def _chosen(left: dict[str, int], wanted: Wanted | None) -> dict[str, int]:
    if wanted is None:
        return {line_id: quantity for line_id, quantity in left.items() if quantity}
    for line_id, quantity in wanted.quantities.items():
        if line_id not in left:
            raise pricing.LineNotInOrder(line_id=line_id)
        if quantity > left[line_id]:
            raise pricing.MoreThanBought(field="lines", line_id=line_id, left=left[line_id])
    return wanted.quantities


def _all_left(order: Any, lines: list[Any], own: list[Any], chosen: dict[str, int]) -> Plan:
    amount_fen = order.pay_fen - order.refunded_fen
    freight_fen = order.freight_fen - sum(row.freight_fen for row in own)
    shares = [split(line.pay_fen, [line.quantity - line.refunded_quantity, line.refunded_quantity])[0]
              for line in lines if line.line_id in chosen]
    return Plan(amount_fen, freight_fen, _pieces(lines, chosen, amount_fen, shares), (), closes=True)


def _by_pieces(order: Any, lines: list[Any], own: list[Any], wanted: Wanted, chosen: dict[str, int],
               threshold: pricing.ThresholdRule, closes: bool) -> Plan:
    by_share = order.state in UNSHIPPED if wanted.freight is None else wanted.freight
    back = pricing.refund_pieces(
        pricing.before_balance(pricing.from_json(order.price)),
        {line.sku_id: chosen[line.line_id] for line in lines if line.line_id in chosen},
        already={line.sku_id: line.refunded_quantity for line in lines},
        given_goods_fen=sum(row.amount_fen + row.balance_fen - row.freight_fen for row in own),
        freight=pricing.FreightRefund.BY_SHARE if by_share else pricing.FreightRefund.KEPT, threshold=threshold)
    shares = [share_fen for _, share_fen in back.shares]
    return Plan(back.amount_fen, back.freight_fen, _pieces(lines, chosen, back.amount_fen, shares), back.taken_back,
                closes)


def _pieces(lines: list[Any], chosen: dict[str, int], amount_fen: int, shares: list[int]) -> tuple[Pieces, ...]:
    concerned = [line for line in lines if line.line_id in chosen]
    return tuple(Pieces(line, chosen[line.line_id], part_fen)
                 for line, part_fen in zip(concerned, split(amount_fen, shares), strict=True))
