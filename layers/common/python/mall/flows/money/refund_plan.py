"""What a refund would give back: decided from rows that are already read, nothing written (spec E6)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from mall.domains.members.levels import allowance_of, kept_fen
from mall.domains.orders.pieces import nothing_sent
from mall.domains.pricing import rules as pricing
from mall.domains.refunds.rules import (
    KIND_WORDS, LinesOrAmount, LineTwice, MoreThanPaid, Parts, RefundKind, RefundOrder, check_number, in_order,
    tries_of,
)
from mall.kit.money import split, yuan


@dataclass(frozen=True)
class Wanted:
    """Which pieces, by line id. `freight`: whether their share of the freight goes back too; None leaves it to
    the rule: it does as long as nothing was shipped."""

    quantities: dict[str, int]
    freight: bool | None = None


@dataclass(frozen=True)
class ByAmount:
    """So much of an order, and the buyer keeps its pieces. `line_ids`: of these lines' goods alone."""

    kind: RefundKind
    amount_fen: int
    line_ids: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Pieces:
    """What a line gives back; without pieces it is an amount. `allowance_fen`: the line's afterwards."""

    line: Any
    quantity: int
    amount_fen: int
    allowance_fen: int = 0


@dataclass(frozen=True)
class Plan:
    """The refund's amount with what each line bears of it; the parts add up. `closes`: no piece remains. Of an amount
    the freight is no line's: it has a place of its own. `gifts_kept`: (title, pieces) of those that what remains does
    not deserve and that are on their way."""

    amount_fen: int
    freight_fen: int
    pieces: tuple[Pieces, ...]
    taken_back: tuple[pricing.TakenBack, ...]
    closes: bool
    parts: Parts = Parts(0, 0)  # of the amount, by WeChat and into stored value
    kind: RefundKind = RefundKind.GOODS
    gifts_kept: tuple[tuple[str, int], ...] = ()

    @property
    def by_amount(self) -> bool:
        """Whether the buyer keeps all pieces."""
        return not any(each.quantity for each in self.pieces)


def lines_after(lines: list[Any], decided: Plan) -> list[Any]:
    """The order's lines as the refund leaves them."""
    changed = {each.line.line_id: each for each in decided.pieces}
    return [line._replace(refunded_quantity=line.refunded_quantity + changed[line.line_id].quantity,
                          allowance_fen=changed[line.line_id].allowance_fen)
            if line.line_id in changed else line for line in lines]


def plan(order: Any, lines: list[Any], earlier: list[Any], wanted: Wanted | ByAmount | None,
         threshold: pricing.ThresholdRule, first: RefundOrder = RefundOrder.WECHAT_FIRST) -> Plan:
    """`earlier`: all refunds of the order and of its payment. `wanted` None: all that is left; the last pieces of
    an order that was not shipped, and an amount that is all that is left, give back all that is left too. Raises
    LineNotInOrder, MoreThanBought, MoreThanPaid, TooManyRefunds."""
    own = [row for row in earlier if row.order_no == order.order_no]
    if isinstance(wanted, ByAmount):
        found = _by_amount(order, lines, own, wanted)
    else:
        found = _by_lines(order, lines, own, wanted, threshold)
    parts = in_order(found.amount_fen, _left(order), first)
    if parts.wechat_fen:
        is_last = found.closes or found.amount_fen == order.pay_fen - order.refunded_fen
        check_number(sum(tries_of(row.wechat_refund_no) for row in earlier if row.amount_fen), is_last=is_last,
                     others=max((row.others for row in earlier), default=0))
    return replace(found, parts=parts)


def _left(order: Any) -> Parts:
    """What either way of paying has not given back yet."""
    balance_fen = order.balance_fen - order.balance_refunded_fen
    return Parts(order.pay_fen - order.refunded_fen - balance_fen, balance_fen)


@dataclass(frozen=True)
class Left:
    """What of an order may still go back: in all, of each line's goods by line id, and of the freight."""

    money_fen: int
    goods_fen: dict[str, int]
    freight_fen: int


def left_of(order: Any, lines: list[Any], earlier: list[Any]) -> Left:
    """`earlier`: all refunds of the order and of its payment."""
    return Left(order.pay_fen - order.refunded_fen, {line.line_id: kept_fen([line]) for line in lines},
                _freight_left(order, [row for row in earlier if row.order_no == order.order_no]))


def wanted_of(lines: list[Any] | None, asked: Any | None, freight: bool | None = None) -> Wanted | ByAmount | None:
    """What a person asks for: `lines` with line_id and quantity, or an amount; neither: all that is left. Raises
    LineTwice, LinesOrAmount."""
    if asked is not None:
        if lines is not None or freight is not None:
            raise LinesOrAmount(field="by_amount")
        if asked.line_ids and asked.kind == RefundKind.FREIGHT.value:
            raise LinesOrAmount("运费不按商品退，请不要指定商品", field="by_amount")
        return ByAmount(RefundKind(asked.kind), asked.amount_fen, tuple(asked.line_ids) if asked.line_ids else None)
    if lines is None:
        return None
    quantities = {line.line_id: line.quantity for line in lines}
    if len(quantities) < len(lines):
        raise LineTwice(field="lines")
    return Wanted(quantities, freight)


def sentences(order: Any, decided: Plan) -> list[str]:
    """The explanation of a plan for the person who decides."""
    goods_fen = decided.amount_fen - decided.freight_fen
    if decided.by_amount and not decided.closes:
        said = [f"{KIND_WORDS[decided.kind.value]} {yuan(decided.amount_fen)} 元，按尚未退还的实付分摊，商品仍归买家"]
    else:
        said = [f"商品退款 {yuan(goods_fen)} 元，按下单时各商品的实付分摊计算"]
    if decided.freight_fen:
        said.append(f"运费退款 {yuan(decided.freight_fen)} 元")
    elif order.freight_fen:
        said.append("运费不退")
    said += [f"剩余商品不再满足“{each.title}”，已扣回优惠 {yuan(each.amount_fen)} 元" for each in decided.taken_back]
    gifts = [] if decided.closes else [each for each in decided.pieces if each.quantity and each.line.is_gift]
    said += [f"赠品“{each.line.title}”{each.quantity} 件一并退回，赠品不另退款" for each in gifts]
    said += [f"剩余商品不再满足赠送条件，赠品“{title}”{pieces} 件仍归买家" for title, pieces in decided.gifts_kept]
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


def _undeserved(order: Any, lines: list[Any], left: dict[str, int], chosen: dict[str, int]) -> dict[str, int]:
    """The pieces of gifts, by line id, that what remains beside the chosen pieces does not deserve."""
    gone = {line.line_id: line.quantity - left[line.line_id] + chosen.get(line.line_id, 0) for line in lines}
    return pricing.gifts_gone(pricing.from_json(order.price, lines), gone)


def _by_lines(order: Any, lines: list[Any], own: list[Any], wanted: Wanted | None,
              threshold: pricing.ThresholdRule) -> Plan:
    """As long as nothing was shipped, gifts that what remains does not deserve go back with the pieces."""
    left = {line.line_id: line.quantity - line.refunded_quantity for line in lines}
    chosen = _chosen(left, wanted)
    undeserved, kept = _undeserved(order, lines, left, chosen), ()
    if nothing_sent(order, lines):
        chosen = chosen | {line_id: chosen.get(line_id, 0) + pieces for line_id, pieces in undeserved.items()}
    else:
        kept = tuple((line.title, undeserved[line.line_id]) for line in lines if line.line_id in undeserved)
    closes = chosen == {line_id: quantity for line_id, quantity in left.items() if quantity}
    if wanted is None or (closes and nothing_sent(order, lines)):
        return _all_left(order, lines, own, chosen)
    return replace(_by_pieces(order, lines, own, wanted, chosen, threshold, closes), gifts_kept=kept)


def _all_left(order: Any, lines: list[Any], own: list[Any], chosen: dict[str, int]) -> Plan:
    amount_fen = order.pay_fen - order.refunded_fen
    shares = [kept_fen([line]) for line in lines if line.line_id in chosen]
    return Plan(amount_fen, _freight_left(order, own), _pieces(lines, chosen, amount_fen, shares, {}), (), closes=True)


def _by_pieces(order: Any, lines: list[Any], own: list[Any], wanted: Wanted, chosen: dict[str, int],
               threshold: pricing.ThresholdRule, closes: bool) -> Plan:
    by_share = nothing_sent(order, lines) if wanted.freight is None else wanted.freight
    back = pricing.refund_pieces(
        pricing.before_balance(pricing.from_json(order.price, lines)),
        {line.line_id: chosen[line.line_id] for line in lines if line.line_id in chosen},
        already={line.line_id: line.refunded_quantity for line in lines},
        allowances={line.line_id: allowance_of(line) for line in lines},
        given_goods_fen=sum(row.amount_fen + row.balance_fen - row.freight_fen for row in own),
        freight=pricing.FreightRefund.BY_SHARE if by_share else pricing.FreightRefund.KEPT, threshold=threshold)
    freight_fen = min(back.freight_fen, _freight_left(order, own))  # some of it may have gone back by amount
    amount_fen, shares = back.goods_fen + freight_fen, [share_fen for _, share_fen in back.shares]
    return Plan(amount_fen, freight_fen, _pieces(lines, chosen, amount_fen, shares, dict(back.allowances)),
                back.taken_back, closes)


def _by_amount(order: Any, lines: list[Any], own: list[Any], wanted: ByAmount) -> Plan:
    """What is left of the goods, of the freight or of both gives the amount in proportion, within the limits of its
    kind and of the named lines. All that is left of the order is then the refund of all; freight alone never is."""
    money_left, freight_left = order.pay_fen - order.refunded_fen, _freight_left(order, own)
    named = {line.line_id for line in lines} if wanted.line_ids is None else set(wanted.line_ids)
    if not named <= {line.line_id for line in lines}:
        raise pricing.LineNotInOrder(field="by_amount")
    goods = [0 if wanted.kind is RefundKind.FREIGHT or line.line_id not in named else kept_fen([line])
             for line in lines]
    freight = wanted.kind is RefundKind.FREIGHT or (wanted.kind is RefundKind.COMPENSATION and wanted.line_ids is None)
    most_fen = min(money_left, sum(goods) + freight_left * freight)
    if wanted.amount_fen > most_fen:
        raise MoreThanPaid(f"{KIND_WORDS[wanted.kind.value]}最多还可退 {yuan(most_fen)} 元", field="by_amount",
                           left_fen=most_fen)
    if wanted.amount_fen == money_left and wanted.kind is not RefundKind.FREIGHT:
        return replace(_by_lines(order, lines, own, None, pricing.ThresholdRule.KEEP), kind=wanted.kind)
    *of_goods, freight_fen = split(wanted.amount_fen, [*goods, freight_left * freight])
    pieces = tuple(Pieces(line, 0, goods_fen, line.allowance_fen + goods_fen)
                   for line, goods_fen in zip(lines, of_goods, strict=True) if goods_fen)
    return Plan(wanted.amount_fen, freight_fen, pieces, (), closes=False, kind=wanted.kind)


def _freight_left(order: Any, own: list[Any]) -> int:
    return order.freight_fen - sum(row.freight_fen for row in own)


def _pieces(lines: list[Any], chosen: dict[str, int], amount_fen: int, shares: list[int],
            allowances: dict[str, int]) -> tuple[Pieces, ...]:
    """`allowances`: what is left of them on these lines, by line id."""
    concerned = [line for line in lines if line.line_id in chosen]
    return tuple(Pieces(line, chosen[line.line_id], part_fen, allowances.get(line.line_id, 0))
                 for line, part_fen in zip(concerned, split(amount_fen, shares), strict=True))
