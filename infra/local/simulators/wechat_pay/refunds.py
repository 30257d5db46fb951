"""Refunds: asked for, settled some time later, shown (微信支付 申请退款, 查询退款)."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from infra.local.simulators.wechat_pay import orders, sharing, validation
from infra.local.simulators.wechat_pay.books import Order, Refund
from infra.local.simulators.wechat_pay.platform import Platform, fee_fen
from infra.local.simulators.wechat_pay.signing import Refusal
from infra.local.simulators.wechat_pay.validation import rfc3339, text

PROCESSING, SUCCESS, CLOSED, ABNORMAL = "PROCESSING", "SUCCESS", "CLOSED", "ABNORMAL"
MOVES = {
    SUCCESS: {PROCESSING, ABNORMAL},
    CLOSED: {PROCESSING, ABNORMAL},
    ABNORMAL: {PROCESSING},
}
MOST_REFUNDS = 50
DAYS_TO_REFUND = 365


def ask(platform: Platform, body: dict[str, Any], *, public_key_mode: bool) -> tuple[Refund, bool]:
    """Accept a refund, or find the one already asked for under this number; true when it is new.

    Raises Refusal: PARAM_ERROR, 404 RESOURCE_NOT_EXISTS, 400 INVALID_REQUEST, 429 FREQUENCY_LIMITED.
    """
    wanted, total_fen = _read(platform, body, public_key_mode)
    with platform.books.transaction():
        known = platform.books.refund(wanted.out_refund_no)
        if known:
            if known.params != wanted.params:
                raise _invalid("订单金额或退款金额与之前请求不一致，请核实后再试")
            return known, False
        order = order_of(platform, body)
        if order is None:
            raise Refusal(404, "RESOURCE_NOT_EXISTS", "订单不存在")
        earlier = platform.books.refunds_of(order.out_trade_no)
        _check_allowed(platform, order, earlier, wanted, total_fen)
        refund = replace(wanted, out_trade_no=order.out_trade_no, transaction_id=order.transaction_id)
        platform.books.add_refund(refund)
        _post(platform, order, earlier, refund, sign=1)
    return refund, True


def order_of(platform: Platform, body: dict[str, Any]) -> Order | None:
    """The order that a refund request means, by transaction_id or out_trade_no."""
    transaction_id, out_trade_no = body.get("transaction_id"), body.get("out_trade_no")
    if transaction_id:
        found = platform.books.order_of_transaction(str(transaction_id))
        found = found if found and out_trade_no in (None, "", found.out_trade_no) else None
    else:
        found = platform.books.order(str(out_trade_no)) if out_trade_no else None
    return found if found and orders.sub_mchid(found) == body.get("sub_mchid") else None


def settle(platform: Platform, refund: Refund, outcome: str) -> Refund | None:
    """Bring a refund to SUCCESS, ABNORMAL or CLOSED within a transaction; None when it cannot go there."""
    if not platform.books.move_refund(refund.out_refund_no, sources=MOVES[outcome], target=outcome):
        return None
    now = platform.now()
    platform.books.write_settlement(refund.out_refund_no, now)
    if outcome == CLOSED:  # the money comes back to the merchant
        others = [r for r in platform.books.refunds_of(refund.out_trade_no) if r.out_refund_no != refund.out_refund_no]
        _post(platform, platform.books.order(refund.out_trade_no), others, refund, sign=-1)
    return replace(refund, state=outcome, due_at=None, settled_at=now)


def show(platform: Platform, refund: Refund | None) -> dict[str, Any]:
    """The refund as both calls answer it; 404 RESOURCE_NOT_EXISTS for none."""
    if refund is None:
        raise Refusal(404, "RESOURCE_NOT_EXISTS", "退款单不存在")
    order = platform.books.order(refund.out_trade_no)
    payer_refund_fen = _payer_share(order, refund)
    shown = {
        "refund_id": refund.refund_id,
        "out_refund_no": refund.out_refund_no,
        "transaction_id": refund.transaction_id,
        "out_trade_no": refund.out_trade_no,
        "channel": "ORIGINAL",
        "user_received_account": "支付用户零钱",
        "create_time": rfc3339(refund.created_at),
        "status": refund.state,
        "funds_account": "AVAILABLE",
        "amount": {
            "total": order.total_fen,
            "refund": refund.refund_fen,
            "payer_total": order.payer_total_fen,
            "payer_refund": payer_refund_fen,
            "settlement_total": order.total_fen,
            "settlement_refund": refund.refund_fen,
            "discount_refund": refund.refund_fen - payer_refund_fen,
            "currency": "CNY",
        },
        "promotion_detail": [],
    }
    return {**shown, "success_time": rfc3339(refund.settled_at)} if refund.state == SUCCESS else shown


def resource(platform: Platform, refund: Refund) -> dict[str, Any]:
    """The resource of REFUND.SUCCESS, .ABNORMAL and .CLOSED."""
    order = platform.books.order(refund.out_trade_no)
    written = {
        **{name: value for name, value in orders.whose(order).items() if name.endswith("mchid")},
        "out_trade_no": refund.out_trade_no,
        "transaction_id": refund.transaction_id,
        "out_refund_no": refund.out_refund_no,
        "refund_id": refund.refund_id,
        "refund_status": refund.state,
        "amount": {
            "total": order.total_fen,
            "refund": refund.refund_fen,
            "payer_total": order.payer_total_fen,
            "payer_refund": _payer_share(order, refund),
        },
        "user_received_account": "支付用户零钱",
    }
    return {**written, "success_time": rfc3339(refund.settled_at)} if refund.state == SUCCESS else written


def _read(platform: Platform, body: dict[str, Any], public_key_mode: bool) -> tuple[Refund, int]:
    text(body, "/transaction_id", "微信支付订单号", most=32, required=False)
    text(body, "/out_trade_no", "商户订单号", most=32, required=not body.get("transaction_id"))
    text(body, "/reason", "退款原因", most=80, least=0, required=False)
    validation.currency(body, required=True)
    now = platform.now()
    refund = Refund(
        out_refund_no=text(body, "/out_refund_no", "商户退款单号", most=64, pattern=r"[0-9A-Za-z_\-|*@]+"),
        refund_id=platform.digits("5030000", 29),
        out_trade_no="",
        transaction_id="",
        refund_fen=validation.fen(body, "/amount/refund", "退款金额"),
        reason=body.get("reason") or "",
        notify_url=validation.notify_url(body, required=False),
        params=json.dumps(body, sort_keys=True),
        public_key_mode=int(public_key_mode),
        state=PROCESSING,
        created_at=now,
        due_at=now + platform.refund_delay_s * platform.time_scale,
    )
    return refund, validation.fen(body, "/amount/total", "原订单金额")


def _check_allowed(platform: Platform, order: Order, earlier: list[Refund], wanted: Refund, total_fen: int) -> None:
    now = platform.now()
    if order.state != orders.SUCCESS:
        raise _invalid("订单未支付，不能退款")
    if now > order.paid_at + DAYS_TO_REFUND * orders.DAY:
        raise _invalid("订单已经超过可退款的最大期限")
    if total_fen != order.total_fen:
        raise _invalid("订单金额与原支付金额不一致，请核实后再试")
    if len(earlier) >= MOST_REFUNDS:
        raise _invalid("该订单的退款次数已达到上限50次")
    if _standing_fen(earlier) + wanted.refund_fen > order.total_fen:
        raise _invalid("退款金额大于订单可退金额")
    if wanted.refund_fen - _fee_back_fen(order, earlier, wanted) > sharing.available_fen(platform, order):
        raise Refusal(403, "NOT_ENOUGH", "基本账户余额不足，请充值后重新发起")
    gap_s = platform.min_refund_gap_s * platform.time_scale
    if earlier and now - earlier[-1].created_at < gap_s:
        raise Refusal(429, "FREQUENCY_LIMITED", "同一订单的退款请求过于频繁，请1分钟后再试")


def _standing_fen(refunds: list[Refund]) -> int:
    return sum(refund.refund_fen for refund in refunds if refund.state != CLOSED)


def _post(platform: Platform, order: Order, others: list[Refund], refund: Refund, *, sign: int) -> None:
    """Money out and the fee's share back, so that the fee kept is always that of what remains; -1 undoes it."""
    fee_back_fen = _fee_back_fen(order, others, refund)
    now = platform.now()
    kinds = ("refund", "fee_return") if sign == 1 else ("refund_return", "fee")
    platform.books.post(now, kinds[0], -sign * refund.refund_fen, order, refund.out_refund_no)
    platform.books.post(now, kinds[1], sign * fee_back_fen, order, refund.out_refund_no)


def _fee_back_fen(order: Order, others: list[Refund], refund: Refund) -> int:
    before_fen = order.total_fen - _standing_fen(others)
    return fee_fen(before_fen) - fee_fen(before_fen - refund.refund_fen)


def _payer_share(order: Order, refund: Refund) -> int:
    return refund.refund_fen * order.payer_total_fen // order.total_fen


def _invalid(message: str) -> Refusal:
    return Refusal(400, "INVALID_REQUEST", message)
