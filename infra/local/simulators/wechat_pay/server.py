"""The HTTP face: the v3 calls, each authenticated, faulted if the plan says so, and signed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from infra.local.simulators.faults import Fault
from infra.local.simulators.wechat_pay import bills, controls, orders, refunds
from infra.local.simulators.wechat_pay.books import Books
from infra.local.simulators.wechat_pay.calls import CALLS, Asked, Call
from infra.local.simulators.wechat_pay.keys import BOTH, ensure_merchant, load_keys
from infra.local.simulators.wechat_pay.platform import Platform
from infra.local.simulators.wechat_pay.signing import (
    Refusal,
    check_request,
    platform_headers,
    probe,
    random_text,
    rsa_sign,
    wire_json,
)
from infra.local.simulators.wechat_pay.simulator import Simulator
from infra.local.simulators.wechat_pay.validation import parse_object


def create_app(
    data_dir: str | Path,
    *,
    public_url: str,
    time_scale: float = 1.0,
    mchid: str | None = None,
    appids: list[str] | None = None,
    keys: str = BOTH,
    notices_by_public_key: int | None = None,
    clock_with: str | None = None,
    refund_delay_s: float = 3.0,
    min_refund_gap_s: float = 60.0,
) -> Starlette:
    """The simulator as an ASGI application; its state lives in ``data_dir`` and outlives it.

    ``public_url`` is where merchant and buyer reach it. ``time_scale`` shortens every wait: 0.01 turns
    the 15 s before the first repeat of a notice into 0.15 s. ``keys`` is one of MODES: with what it signs;
    ``notices_by_public_key`` how many of a hundred notices come so, in the mode that has both (None: each as its call
    was answered). ``clock_with``: the address of another simulator that is told when this clock is moved. Run it in
    one process: it sends the notices.
    """
    merchant = ensure_merchant(data_dir, mchid=mchid, appids=appids, gateway_url=public_url)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        platform = Platform(
            keys=load_keys(merchant, keys),
            books=Books(Path(data_dir) / "wechat_pay.sqlite3"),
            public_url=public_url.rstrip("/"),
            time_scale=time_scale,
            refund_delay_s=refund_delay_s,
            min_refund_gap_s=min_refund_gap_s,
            clock_with=clock_with,
            notices_by_public_key=notices_by_public_key if keys == BOTH else None,
        )
        async with Simulator(platform) as simulator:
            app.state.simulator = simulator
            yield

    return Starlette(
        routes=[
            *(_route(call) for call in CALLS), Route(bills.DOWNLOAD_PATH, _download_bill), *controls.ROUTES
        ],
        exception_handlers={HTTPException: _unknown, Refusal: _refusal},
        lifespan=lifespan,
    )


# -- one call, from the bytes to the bytes


def _route(call: Call) -> Route:
    async def endpoint(request: Request) -> Response:
        simulator: Simulator = request.app.state.simulator
        body = await request.body()
        public_key_mode = check_request(
            simulator.platform.keys, request.method, _url_as_sent(request), request.headers, body
        )
        simulator.calls[f"{call.method} {call.path}"] += 1
        asked = Asked(
            path=request.path_params,
            query=dict(request.query_params),
            body=parse_object(body) if call.method == "POST" else {},
            public_key_mode=public_key_mode,
            named_key=simulator.platform.keys.named(request.headers.get("wechatpay-serial")),
            base_url=_base_url(request, simulator.platform.public_url),
        )
        return await _answer(simulator, call, asked)

    return Route(call.path, endpoint, methods=[call.method])


async def _download_bill(request: Request) -> Response:
    """What is behind a bill's link: asked for with a signature, answered without one, as bytes."""
    simulator: Simulator = request.app.state.simulator
    check_request(simulator.platform.keys, "GET", _url_as_sent(request), request.headers, b"")
    content, kind = simulator.bills.download(request.query_params.get("token", ""))
    return Response(content, 200, {"Request-ID": random_text(32), "Content-Type": kind})


async def _answer(simulator: Simulator, call: Call, asked: Asked) -> Response:
    fault = simulator.faults.take(call.point, call.subject(simulator, asked)) if simulator.faults.rules else None
    if fault is None:
        return _signed(simulator, asked, *call.act(simulator, asked))
    instead = await _instead_of_acting(simulator, asked, fault)
    if instead:
        return instead
    status, payload = call.act(simulator, asked)
    return await _after_acting(simulator, call, asked, fault, status, payload)


_STATUS_FAULTS = {
    "429": Refusal(429, "FREQUENCY_LIMITED", "频率超限，请降低请求频率"),
    "500": Refusal(500, "SYSTEM_ERROR", "系统异常，请稍后重试"),
    "502": Refusal(502, "SERVICE_UNAVAILABLE", "服务不可用，请稍后重试"),
}


def _status_answer(simulator: Simulator, asked: Asked, do: str) -> Response:
    return _signed(simulator, asked, 202, {}) if do == "202" else _refused(_STATUS_FAULTS[do])


async def _instead_of_acting(simulator: Simulator, asked: Asked, fault: Fault) -> Response | None:
    if (fault.do == "202" or fault.do in _STATUS_FAULTS) and not fault.args["act"]:
        return _status_answer(simulator, asked, fault.do)
    if fault.do == "refuse":
        raise Refusal(fault.args["status"], fault.args["code"], fault.args["message"])
    if fault.do == "creating":
        raise bills.CREATING
    if fault.do == "timeout_before":
        await asyncio.sleep(fault.args["seconds"])
        return BrokenAnswer()
    return None


async def _after_acting(
    simulator: Simulator, call: Call, asked: Asked, fault: Fault, status: int, payload: dict[str, Any] | None
) -> Response:
    if fault.do == "202" or fault.do in _STATUS_FAULTS:
        return _status_answer(simulator, asked, fault.do)
    if fault.do == "timeout_after_accept":
        await asyncio.sleep(fault.args["seconds"])
        return BrokenAnswer()
    if fault.do == "before_answer" and call.point == "create":
        await simulator.pay_and_notify(asked.body["out_trade_no"])
    elif fault.do == "before_answer":
        await simulator.settle_and_notify(asked.body["out_refund_no"])
    elif fault.do == "bad_hash":
        payload = {**payload, "hash_value": "0" * 40}
    elif fault.do == "stale":
        payload = _as_before(payload)
    return _signed(simulator, asked, status, payload, wrongly=fault.do)


def _as_before(payload: dict[str, Any]) -> dict[str, Any]:
    """The order as it was before it was paid, the refund before it settled."""
    if "trade_state" not in payload:
        return {**{key: value for key, value in payload.items() if key != "success_time"}, "status": refunds.PROCESSING}
    kept = ("appid", "mchid", "sp_appid", "sp_mchid", "sub_appid", "sub_mchid", "out_trade_no", "trade_type", "attach")
    return {
        **{key: payload[key] for key in kept if key in payload},
        "trade_state": orders.NOTPAY,
        "trade_state_desc": orders.STATE_TEXT[orders.NOTPAY],
        "amount": {"total": payload["amount"]["total"], "currency": "CNY"},
    }


def _signed(
    simulator: Simulator, asked: Asked, status: int, payload: dict[str, Any] | None, *, wrongly: str | None = None
) -> Response:
    body = b"" if payload is None else wire_json(payload)
    signer = simulator.platform.keys.signer(public_key_mode=asked.public_key_mode)
    headers = {**platform_headers(signer, body), "Request-ID": random_text(32)}
    if wrongly == "bad_signature":
        headers["Wechatpay-Signature"] = rsa_sign(signer.private_key, b"something else")
    elif wrongly == "signtest":
        headers = probe(headers)
    elif wrongly == "unknown_serial":
        headers["Wechatpay-Serial"] = "PUB_KEY_ID_0199999999992024010100000000000000"
    return Response(body, status, headers, media_type="application/json; charset=utf-8" if body else None)


def _refused(refusal: Refusal) -> Response:
    return Response(
        wire_json(refusal.body()),
        refusal.status,
        {"Request-ID": random_text(32)},
        media_type="application/json; charset=utf-8",
    )


class BrokenAnswer(Response):
    """Promises a thousand bytes and sends one, so that the server has to drop the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 504, "headers": [(b"content-length", b"1000")]})
        await send({"type": "http.response.body", "body": b" ", "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _refusal(request: Request, refusal: Refusal) -> Response:
    return _refused(refusal)


async def _unknown(request: Request, error: HTTPException) -> Response:
    """Unknown path and wrong method answer nothing but their status, as the real host does."""
    return Response(status_code=error.status_code)


def _url_as_sent(request: Request) -> str:
    path = (request.scope.get("raw_path") or request.url.path.encode()).decode("latin-1")
    query = request.scope["query_string"].decode("latin-1")
    return f"{path}?{query}" if query else path


def _base_url(request: Request, public_url: str) -> str:
    """The address by which the caller has come, so that a library with another gateway finds the way back."""
    host = request.headers.get("host", "")
    known = urlsplit(public_url)
    return public_url if host in ("", known.netloc) else f"{known.scheme}://{host}"
