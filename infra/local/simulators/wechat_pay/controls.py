"""What is not WeChat's: the buyer's thumb, the books, the clock, the fault plan, and pages to look at."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from infra.local.simulators import clocks
from infra.local.simulators.faults import BadRule
from infra.local.simulators.wechat_pay import orders, pages, refunds, sharing
from infra.local.simulators.wechat_pay.books import Notice, Order
from infra.local.simulators.wechat_pay.keys import BOTH
from infra.local.simulators.wechat_pay.notices import SUMMARIES
from infra.local.simulators.wechat_pay.signing import Refusal
from infra.local.simulators.wechat_pay.simulator import Simulator
from infra.local.simulators.wechat_pay.validation import parse_object, rfc3339

MOST_SHOWN = 1000


def _simulator(request: Request) -> Simulator:
    return request.app.state.simulator


async def _body(request: Request) -> dict[str, Any]:
    """The JSON object sent, empty when there is no body; anything else is refused."""
    body = await request.body()
    return parse_object(body) if body else {}


async def pay(request: Request) -> Response:
    simulator = _simulator(request)
    asked = await _body(request)
    payer_total_fen = asked.get("pay_total_fen")
    if payer_total_fen is not None and (type(payer_total_fen) is not int or payer_total_fen < 0):
        raise Refusal(400, "BAD_REQUEST", "pay_total_fen is a whole number from 0")
    try:
        paid, notice = simulator.pay(
            request.path_params["key"], openid=str(asked.get("openid") or ""), payer_total_fen=payer_total_fen
        )
    except KeyError:
        raise Refusal(404, "ORDER_NOT_EXIST", "订单不存在") from None
    except orders.CannotPay as error:
        raise Refusal(409, error.reason, error.message) from error
    simulator.notices.schedule(notice)
    return JSONResponse({
        "trade_state": paid.state,
        "transaction_id": paid.transaction_id,
        "out_trade_no": paid.out_trade_no,
        "openid": paid.openid,
        "total_fen": paid.total_fen,
        "pay_total_fen": paid.payer_total_fen,
        "success_time": rfc3339(paid.paid_at),
        "notice_id": notice.id,
    })


async def settle_refund(request: Request) -> Response:
    """Finish a refund by hand: a stuck or abnormal one, or one whose delay is too long to wait for."""
    simulator = _simulator(request)
    refund = simulator.platform.books.refund(request.path_params["out_refund_no"])
    if refund is None:
        raise Refusal(404, "RESOURCE_NOT_EXISTS", "退款单不存在")
    outcome = (await _body(request)).get("status", refunds.SUCCESS)
    if outcome not in refunds.MOVES:
        raise Refusal(400, "BAD_REQUEST", f"status is one of {', '.join(refunds.MOVES)}")
    if refund.state not in refunds.MOVES[outcome]:
        raise Refusal(409, refund.state, f"a refund that is {refund.state} cannot become {outcome}")
    notice = simulator.settle(refund, outcome)
    if notice:
        simulator.notices.schedule(notice)
    return JSONResponse(refunds.show(simulator.platform, simulator.platform.books.refund(refund.out_refund_no)))


async def settle_sharing(request: Request) -> Response:
    """Finish a sharing order or an unfreeze by hand; ``{"closed": [account]}`` get nothing, "*" is all."""
    simulator = _simulator(request)
    platform = simulator.platform
    found = platform.books.sharing.find(request.path_params["out_order_no"])
    if found is None:
        raise Refusal(404, "RESOURCE_NOT_EXISTS", "分账单不存在")
    closed = (await _body(request)).get("closed", [])
    simulator.settle_sharing(found, closed=tuple(closed))
    return JSONResponse(sharing.show(platform, platform.books.sharing.find(found.out_order_no)))


async def settle_return(request: Request) -> Response:
    """Finish a return by hand; ``{"fail_reason": "..."}`` makes it fail."""
    simulator = _simulator(request)
    platform = simulator.platform
    found = platform.books.sharing.find_return(request.path_params["out_return_no"])
    if found is None:
        raise Refusal(404, "RESOURCE_NOT_EXISTS", "回退单不存在")
    if found.result != sharing.PROCESSING:
        raise Refusal(409, found.result, f"a return that is {found.result} is over")
    simulator.settle_return(found, (await _body(request)).get("fail_reason"))
    return JSONResponse(sharing.show_return(platform, platform.books.sharing.find_return(found.out_return_no)))


async def sharing_notices(request: Request) -> Response:
    """Under which name (event_type) profit sharing is told of at the payments' own addresses; "" turns it off."""
    platform = _simulator(request).platform
    if request.method == "PUT":
        event_type = (await _body(request)).get("event_type")
        if not isinstance(event_type, str) or event_type in SUMMARIES:
            raise Refusal(400, "BAD_REQUEST", 'event_type is a name of its own, such as "PROFITSHARING", or ""')
        platform.sharing_event = event_type
    return JSONResponse({"event_type": platform.sharing_event})


async def keys(request: Request) -> Response:
    """With which key the platform signs; where it has both, how many of a hundred notices by the public one (回调灰度),
    null: each as the call that made its order or refund was answered."""
    platform = _simulator(request).platform
    if request.method == "PUT":
        percent = (await _body(request)).get("notices_by_public_key")
        if percent is not None and (type(percent) is not int or not 0 <= percent <= 100):
            raise Refusal(400, "BAD_REQUEST", "notices_by_public_key is a whole number from 0 to 100, or null")
        if platform.keys.mode != BOTH:
            raise Refusal(409, "ONE_KEY", f"this merchant has one key only: {platform.keys.mode}")
        platform.notices_by_public_key = percent
    return JSONResponse({"mode": platform.keys.mode, "notices_by_public_key": platform.notices_by_public_key})


async def withdraw(request: Request) -> Response:
    """The merchant takes out (提现) what is not frozen: all of it."""
    platform = _simulator(request).platform
    with platform.books.transaction():
        free_fen = platform.books.balance_fen() - platform.books.sharing.frozen_fen()
        if free_fen > 0:
            platform.books.withdraw(platform.now(), free_fen)
    return JSONResponse({"withdrawn_fen": max(0, free_fen), "balance_fen": platform.books.balance_fen()})


def _order_shown(simulator: Simulator, order: Order) -> dict[str, Any]:
    prepay_id, payable_until = simulator.platform.books.latest_prepay(order.out_trade_no)
    return {
        **{key: value for key, value in asdict(order).items() if key not in ("params", "public_key_mode")},
        "state": orders.shown_state(simulator.platform, order),
        "created_at": rfc3339(order.created_at),
        "expires_at": rfc3339(order.expires_at),
        "paid_at": rfc3339(order.paid_at) if order.paid_at else None,
        "prepay_id": prepay_id,
        "payable_until": rfc3339(payable_until),
    }


def _notice_shown(simulator: Simulator, notice: Notice) -> dict[str, Any]:
    books = simulator.platform.books
    return {
        "id": notice.id,
        "event_type": notice.event_type,
        "out_trade_no": notice.out_trade_no,
        "out_refund_no": notice.out_refund_no,
        "url": notice.url,
        "state": notice.state,
        "created_at": rfc3339(notice.created_at),
        "next_at": rfc3339(notice.due_at) if notice.due_at else None,
        "attempts": [
            {**attempt, "at": rfc3339(attempt["at"])} for attempt in books.attempts_of(notice.id)
        ],
    }


async def list_orders(request: Request) -> Response:
    simulator = _simulator(request)
    newest = simulator.platform.books.newest_orders(MOST_SHOWN)
    return JSONResponse({"orders": [_order_shown(simulator, order) for order in newest]})


async def get_order(request: Request) -> Response:
    simulator = _simulator(request)
    books = simulator.platform.books
    order = books.order(request.path_params["out_trade_no"])
    if order is None:
        raise Refusal(404, "ORDER_NOT_EXIST", "订单不存在")
    return JSONResponse({
        **_order_shown(simulator, order),
        "refunds": [refunds.show(simulator.platform, refund) for refund in books.refunds_of(order.out_trade_no)],
        "notifications": [_notice_shown(simulator, notice) for notice in books.notices_of(order.out_trade_no)],
    })


async def list_notifications(request: Request) -> Response:
    simulator = _simulator(request)
    newest = simulator.platform.books.newest_notices(MOST_SHOWN)
    return JSONResponse({"notifications": [_notice_shown(simulator, notice) for notice in newest]})


async def show_books(request: Request) -> Response:
    """Of all orders, or of those that are named: `?out_trade_no=a&out_trade_no=b`."""
    return JSONResponse(_simulator(request).audit(request.query_params.getlist("out_trade_no")))


async def show_funds(request: Request) -> Response:
    return JSONResponse({"funds": _simulator(request).platform.books.funds()})


async def faults(request: Request) -> Response:
    """GET shows the plan, PUT replaces it, POST adds to it, DELETE empties it."""
    plan = _simulator(request).faults
    if request.method == "DELETE":
        plan.clear()
    elif request.method in ("PUT", "POST"):
        rules = (await _body(request)).get("rules")
        if not isinstance(rules, list):
            raise Refusal(400, "BAD_RULE", 'send {"rules": [...]}')
        try:
            (plan.replace if request.method == "PUT" else plan.add)(rules)
        except BadRule as error:
            raise Refusal(400, "BAD_RULE", str(error)) from error
    return JSONResponse(plan.to_json())


async def list_calls(request: Request) -> Response:
    return JSONResponse({"calls": _simulator(request).calls})


async def list_fault_names(request: Request) -> Response:
    return JSONResponse(_simulator(request).faults.catalogue)


async def clock(request: Request) -> Response:
    """How far business time is ahead of real time; signature windows stay real. The simulator that keeps the same time
    is told, unless it was the one who told."""
    simulator = _simulator(request)
    heard: dict[str, Any] = {}
    if request.method == "POST":
        body = await _body(request)
        ahead_s = body.get("ahead_s")
        if isinstance(ahead_s, bool) or not isinstance(ahead_s, (int, float)):
            raise Refusal(400, "BAD_REQUEST", "ahead_s is a number of seconds")
        simulator.platform.move_clock(ahead_s)
        simulator.agenda.wake()
        if not body.get("told"):
            heard = await asyncio.to_thread(clocks.tell, simulator.platform.clock_with, ahead_s)
    return JSONResponse({"ahead_s": simulator.platform.ahead_s, "now": rfc3339(simulator.platform.now()), **heard})


async def index(request: Request) -> Response:
    return HTMLResponse(pages.index(_simulator(request)))


async def checkout(request: Request) -> Response:
    simulator = _simulator(request)
    order = simulator.platform.books.order(request.path_params["out_trade_no"])
    if order is None:
        return HTMLResponse(pages.not_found(), 404)
    return HTMLResponse(pages.checkout(simulator, order, request.query_params.get("redirect_url", "")))


ROUTES = [
    Route("/", index),
    Route("/_sim/checkout/{out_trade_no}", checkout),
    Route("/_sim/pay/{key}", pay, methods=["POST"]),
    Route("/_sim/refunds/{out_refund_no}", settle_refund, methods=["POST"]),
    Route("/_sim/sharings/{out_order_no}", settle_sharing, methods=["POST"]),
    Route("/_sim/returns/{out_return_no}", settle_return, methods=["POST"]),
    Route("/_sim/sharing-notices", sharing_notices, methods=["GET", "PUT"]),
    Route("/_sim/keys", keys, methods=["GET", "PUT"]),
    Route("/_sim/withdraw", withdraw, methods=["POST"]),
    Route("/_sim/orders", list_orders),
    Route("/_sim/orders/{out_trade_no}", get_order),
    Route("/_sim/notifications", list_notifications),
    Route("/_sim/books", show_books),
    Route("/_sim/funds", show_funds),
    Route("/_sim/calls", list_calls),
    Route("/_sim/faults", faults, methods=["GET", "PUT", "POST", "DELETE"]),
    Route("/_sim/faults/catalogue", list_fault_names),
    Route("/_sim/clock", clock, methods=["GET", "POST"]),
]
