"""What a call gives away of one order, and who shall get a part of all orders (双人复核, spec J6).

Each answers `two_people=` of an action: asked in its open transaction, before it does anything.
"""

from __future__ import annotations

from typing import Any

from mall.domains.instalments import store as instalments
from mall.domains.orders import store as orders
from mall.domains.orders.rules import OrderState
from mall.domains.pricing import rules as pricing
from mall.domains.pricing.rules import ThresholdRule
from mall.domains.refunds import request_store as requests
from mall.domains.refunds import store as refunds
from mall.domains.refunds.requests import REASON_WORDS, RequestState
from mall.domains.refunds.rules import KIND_WORDS, RefundOrder, RefundState
from mall.domains.sensitive.rules import GivenAway
from mall.domains.settlements import store as settlements
from mall.domains.settlements.rules import ReceiverState
from mall.flows.trade import adjust_price, give_back_kept, refund_requests
from mall.flows.trade import refund as refund_flow
from mall.flows.goods.most_shared import most_of
from mall.flows.money.refund_plan import ByAmount, Plan, wanted_of
from mall.kit.money import yuan


def refund(ctx: Any, cmd: Any) -> GivenAway:
    """The order is locked first: parts that are asked for at the same moment are added up. Raises what
    `refund.refund_order` raises."""
    orders.lock(ctx.tx, cmd.order_no)
    return _refunded(ctx, cmd.order_no, wanted_of(cmd.lines, cmd.by_amount, cmd.freight),
                     refund_flow.Seen(cmd.seen_state, cmd.seen_refunded_fen), cmd.reason)


def _refunded(ctx: Any, order_no: str, wanted: Any, seen: refund_flow.Seen, reason: str) -> GivenAway:
    order, decided = refund_flow.quote(
        ctx.tx, order_no, seller_id=ctx.seller_id, wanted=wanted, seen=seen,
        threshold=ThresholdRule(ctx.settings.refund_threshold_rule), first=RefundOrder(ctx.settings.refund_order))
    what = f"{KIND_WORDS[decided.kind.value]} {yuan(decided.amount_fen)} 元"
    named = list(wanted.line_ids) if isinstance(wanted, ByAmount) and wanted.line_ids else []
    return GivenAway(
        order.order_no, decided.amount_fen, order_no=order.order_no, earlier_fen=_earlier_fen(order),
        says=f"订单 {order.order_no} {what}" + _of_lines(decided, named) + ("，并关闭订单" if decided.closes else ""),
        before={"refunded_fen": order.refunded_fen, "pay_fen": order.pay_fen, "state": order.state},
        after={"refunded_fen": order.refunded_fen + decided.amount_fen, "amount_fen": decided.amount_fen,
               "balance_fen": decided.parts.balance_fen, "freight_fen": decided.freight_fen, "closes": decided.closes,
               **({"line_ids": named} if named else {})},
        reason=reason)


def _of_lines(decided: Plan, named: list[str]) -> str:
    """Of which goods alone, as a person reads it."""
    titles = [each.line.title for each in decided.pieces if each.line.line_id in named]
    more = f"等 {len(titles)} 项商品" if len(titles) > 1 else ""
    return f"（仅限“{titles[0]}”{more}）" if titles else ""


def accepted_request(ctx: Any, cmd: Any) -> GivenAway | None:
    """As `refund`, of what the buyer asked for. Nothing for a refusal, nor for a request that is not open: the action
    says why. Raises what `refund.refund_order` raises."""
    request = requests.find(ctx.tx, cmd.request_id)
    if not cmd.accept or request is None or request.seller_id != ctx.seller_id:
        return None
    orders.lock(ctx.tx, request.order_no)
    request = requests.find(ctx.tx, cmd.request_id)
    if request.state != RequestState.OPEN.value:
        return None
    seen = refund_flow.Seen(cmd.seen_state, cmd.seen_refunded_fen)
    return _refunded(ctx, request.order_no, refund_requests.wanted_in(request), seen, REASON_WORDS[request.reason])


def price_cut(ctx: Any, cmd: Any) -> GivenAway | None:
    """Nothing when the order has this price already. Raises what `adjust_price.adjust` raises."""
    order = orders.lock_with_sisters(ctx.tx, cmd.order_no)
    wanted = adjust_price.Wanted(cmd.goods_fen, cmd.freight_fen, cmd.seen_pay_fen, cmd.reason)
    quote = adjust_price.decide(order, ctx.seller_id, wanted, ctx.now, parts=adjust_price.parts_of(ctx.tx, order))
    if quote is None:
        return None
    return GivenAway(
        order.order_no, max(0, order.pay_fen - quote.pay_fen), order_no=order.order_no,
        earlier_fen=_earlier_fen(order),
        says=f"订单 {order.order_no} 应付由 {yuan(order.pay_fen)} 元改为 {yuan(quote.pay_fen)} 元",
        before={"pay_fen": order.pay_fen, "freight_fen": order.freight_fen, "state": order.state},
        after={"pay_fen": quote.pay_fen, "freight_fen": sum(line.freight_pay_fen for line in quote.lines)},
        reason=cmd.reason)


def parts_back(ctx: Any, cmd: Any) -> GivenAway | None:
    """What a shop that closes an order gives back of it; nothing where nothing was paid yet."""
    order = orders.lock_with_sisters(ctx.tx, cmd.order_no)
    if order is None or order.seller_id != ctx.seller_id or order.state != OrderState.PART_PAID.value:
        return None
    back_fen = sum(part.amount_fen for part in instalments.of_order(ctx.tx, order) if part.payment_no)
    return GivenAway(
        order.order_no, back_fen, order_no=order.order_no, earlier_fen=_earlier_fen(order),
        says=f"订单 {order.order_no} 关闭，退回已付的 {yuan(back_fen)} 元",
        before={"state": order.state, "refunded_fen": order.refunded_fen},
        after={"state": OrderState.CLOSED.value, "refunded_fen": order.refunded_fen + back_fen}, reason=cmd.reason)


def kept_back(ctx: Any, cmd: Any) -> GivenAway:
    """Of what was kept, as a refund counts. Raises what `give_back_kept.look` raises, MoreThanKept."""
    kept = give_back_kept.look(ctx.tx, cmd.order_no, seller_id=ctx.seller_id, seen_refunded_fen=cmd.seen_refunded_fen)
    order, amount_fen = kept.order, kept.check(cmd.amount_fen)
    return GivenAway(
        order.order_no, amount_fen, order_no=order.order_no, earlier_fen=_earlier_fen(order),
        says=f"订单 {order.order_no} 退还留存的 {yuan(amount_fen)} 元",
        before={"state": order.state, "refunded_fen": order.refunded_fen, "kept_fen": kept.left_fen},
        after={"refunded_fen": order.refunded_fen + amount_fen, "kept_fen": kept.left_fen - amount_fen},
        reason=cmd.reason)


def settled_by_hand(ctx: Any, cmd: Any) -> GivenAway | None:
    """A person alone says that this money went another way: it counts as the refund did."""
    row = refunds.find(ctx.tx, cmd.refund_no)
    if row is None or row.state != RefundState.FAILED.value:
        return None  # the action says why not
    if row.seller_id != ctx.seller_id:
        return None
    order = orders.lock(ctx.tx, row.order_no) if row.order_no else None
    earlier_fen = max(0, _earlier_fen(order) - row.amount_fen) if order else 0
    return GivenAway(
        cmd.refund_no, row.amount_fen, order_no=row.order_no, earlier_fen=earlier_fen,
        says=f"退款 {cmd.refund_no} 的 {yuan(row.amount_fen)} 元登记为已线下退还，凭证号 {cmd.number}",
        before={"state": row.state, "amount_fen": row.amount_fen, "wechat_refund_no": row.wechat_refund_no},
        after={"how": cmd.how.value, "number": cmd.number}, reason=cmd.note)


def receiver(ctx: Any, cmd: Any) -> GivenAway | None:
    """Nothing when this account has this part already, nor when it is not as `cmd` saw it: the action refuses. WeChat
    hears of it when two people have decided. Raises what `settlements.check_part` raises."""
    most = most_of(ctx.tx, ctx.seller_id, ctx.settings.sharing_most_per_ten_thousand)
    settlements.check_part(ctx.tx, ctx.seller_id, cmd.model_dump(), most)
    row = settlements.receiver_of_account(ctx.tx, ctx.seller_id, cmd.kind, cmd.account)
    known = row is not None and row.state != ReceiverState.SAVING.value
    before = {"state": row.state, "per_ten_thousand": row.per_ten_thousand} if known else {}
    after = {"state": ReceiverState.ACTIVE.value, "per_ten_thousand": cmd.per_ten_thousand}
    is_other = row is not None and row.state == ReceiverState.ACTIVE.value and row.version != cmd.version
    if before == after or is_other:
        return None
    return GivenAway(
        f"{cmd.kind} {cmd.account}"[:64], 0,
        says=f"分账接收方“{cmd.label}”今后分得每笔订单的万分之 {cmd.per_ten_thousand}",
        before=before, after={**after, "kind": cmd.kind, "account": cmd.account, "label": cmd.label}, reason=cmd.label)


def _earlier_fen(order: Any) -> int:
    """What went out of the order before by anybody's decision: refunded, or taken off its price by staff."""
    return order.refunded_fen + pricing.taken_off_by_staff(pricing.from_json(order.price))
