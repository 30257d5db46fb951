"""The HTTP face: the v3 calls, each authenticated, faulted if the plan says so, and signed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
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
from infra.local.simulators.wechat_pay import bills, controls, orders, refunds, sharing
from infra.local.simulators.wechat_pay.books import Books, Order
from infra.local.simulators.wechat_pay.keys import BOTH, PUBLIC_KEY, PlatformKey, ensure_merchant, load_keys
from infra.local.simulators.wechat_pay.platform import Platform
from infra.local.simulators.wechat_pay.signing import (
    Refusal,
    check_request,
    platform_headers,
    probe,
    random_text,
    rsa_sign,
    seal,
    wire_json,
)
from infra.local.simulators.wechat_pay.simulator import Simulator
from infra.local.simulators.wechat_pay.validation import parse_object, rfc3339

Answer = tuple[int, dict[str, Any] | None]


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
    people: str | None = None,
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
    merchant = ensure_merchant(data_dir, mchid=mchid, appids=appids, gateway_url=public_url, people=people)

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


# -- the calls: whom a fault concerns, and what is done


@dataclass(frozen=True)
class Asked:
    """One authenticated call: its path parameters, query, and body; the key that its answer is due with, the one that
    it names for what it has encrypted, and the address by which it came."""

    path: dict[str, str]
    query: dict[str, str]
    body: dict[str, Any]
    public_key_mode: bool
    named_key: PlatformKey | None
    base_url: str


@dataclass(frozen=True)
class Call:
    """One v3 endpoint: where faults find it, what it does, and whose order it is about."""

    method: str
    path: str
    point: str
    act: Callable[[Simulator, Asked], Answer]
    subject: Callable[[Simulator, Asked], str]


def _create(simulator: Simulator, asked: Asked, product: str, partner: bool) -> Answer:
    answer = orders.create(
        simulator.platform, product, asked.body, public_key_mode=asked.public_key_mode, partner=partner
    )
    return 200, answer


def _order_asked(simulator: Simulator, asked: Asked) -> Order | None:
    books = simulator.platform.books
    if "transaction_id" in asked.path:
        return books.order_of_transaction(asked.path["transaction_id"])
    return books.order(asked.path["out_trade_no"])


def _query(simulator: Simulator, asked: Asked) -> Answer:
    found = orders.find(simulator.platform, _order_asked(simulator, asked), asked.query)
    return 200, orders.query(simulator.platform, found)


def _close(simulator: Simulator, asked: Asked) -> Answer:
    orders.close(simulator.platform, asked.path["out_trade_no"], asked.body)
    return 204, None


def _refund(simulator: Simulator, asked: Asked) -> Answer:
    refund, new = refunds.ask(simulator.platform, asked.body, public_key_mode=asked.public_key_mode)
    if new:
        simulator.schedule_settlement(refund)
    return 200, refunds.show(simulator.platform, refund)


def _query_refund(simulator: Simulator, asked: Asked) -> Answer:
    books = simulator.platform.books
    refund = books.refund(asked.path["out_refund_no"])
    its_own = refund is not None and orders.sub_mchid(books.order(refund.out_trade_no)) == asked.query.get("sub_mchid")
    return 200, refunds.show(simulator.platform, refund if its_own else None)


def _add_receiver(simulator: Simulator, asked: Asked) -> Answer:
    return 200, sharing.add_receiver(simulator.platform, asked.body, asked.named_key)


def _delete_receiver(simulator: Simulator, asked: Asked) -> Answer:
    return 200, sharing.delete_receiver(simulator.platform, asked.body)


def _share(simulator: Simulator, asked: Asked) -> Answer:
    made, new = sharing.share(simulator.platform, asked.body, asked.named_key)
    if new:
        simulator.schedule_sharing(made)
    return 200, sharing.show(simulator.platform, made)


def _query_share(simulator: Simulator, asked: Asked) -> Answer:
    found = simulator.platform.books.sharing.find(asked.path["out_order_no"])
    its_own = found is not None and found.transaction_id == asked.query.get("transaction_id")
    return 200, sharing.show(simulator.platform, found if its_own else None)


def _unfreeze(simulator: Simulator, asked: Asked) -> Answer:
    made, new = sharing.unfreeze(simulator.platform, asked.body)
    if new:
        simulator.schedule_sharing(made)
    return 200, sharing.show(simulator.platform, made)


def _unsplit(simulator: Simulator, asked: Asked) -> Answer:
    return 200, sharing.unsplit(simulator.platform, _order_asked(simulator, asked))


def _return_share(simulator: Simulator, asked: Asked) -> Answer:
    made, new = sharing.give_back(simulator.platform, asked.body)
    if new:
        simulator.process_return(made)
    platform = simulator.platform
    return 200, sharing.show_return(platform, platform.books.sharing.find_return(made.out_return_no))


def _query_return(simulator: Simulator, asked: Asked) -> Answer:
    found = simulator.platform.books.sharing.find_return(asked.path["out_return_no"])
    its_own = found is not None and found.out_order_no == asked.query.get("out_order_no")
    return 200, sharing.show_return(simulator.platform, found if its_own else None)


NO_CERTIFICATES = Refusal(
    404, "RESOURCE_NOT_EXISTS", "无可用的平台证书，请在商户平台-API安全申请使用微信支付公钥。"
    "可查看指引https://pay.weixin.qq.com/doc/v3/merchant/4012153196")


def _certificates(simulator: Simulator, asked: Asked) -> Answer:
    keys = simulator.platform.keys
    if keys.mode == PUBLIC_KEY:
        raise NO_CERTIFICATES
    certificate = keys.platform_certificate
    return 200, {
        "data": [{
            "serial_no": keys.certificate_mode.serial,
            "effective_time": rfc3339(certificate.not_valid_before_utc.timestamp()),
            "expire_time": rfc3339(certificate.not_valid_after_utc.timestamp()),
            "encrypt_certificate": seal(keys, keys.platform_certificate_pem.encode(), "certificate"),
        }]
    }


def _trade_bill(simulator: Simulator, asked: Asked) -> Answer:
    text = bills.trade_bill(simulator.platform, simulator.faults, asked.query)
    return 200, simulator.bills.issue(text, asked.query.get("tar_type"), asked.base_url)


def _fund_bill(simulator: Simulator, asked: Asked) -> Answer:
    text = bills.fund_bill(simulator.platform, simulator.faults, asked.query)
    return 200, simulator.bills.issue(text, asked.query.get("tar_type"), asked.base_url)


def _sub_fund_bill(simulator: Simulator, asked: Asked) -> Answer:
    if not asked.query.get("sub_mchid") or asked.query.get("algorithm") != "AEAD_AES_256_GCM":
        raise Refusal(400, "PARAM_ERROR", "子商户号、加密算法必填，加密算法仅支持AEAD_AES_256_GCM")
    text = bills.fund_bill(simulator.platform, simulator.faults, asked.query)
    return 200, simulator.bills.issue_sealed(text, asked.query.get("tar_type"), asked.base_url)


def _bill_day(simulator: Simulator, asked: Asked) -> str:
    return asked.query.get("bill_date", "")


def _number_of(order: Order | None) -> str:
    return order.out_trade_no if order else ""


def _refund_subject(simulator: Simulator, asked: Asked) -> str:
    refund = simulator.platform.books.refund(asked.path["out_refund_no"])
    return refund.out_trade_no if refund else ""


def _sharing_subject(simulator: Simulator, asked: Asked) -> str:
    found = simulator.platform.books.sharing.find(asked.path["out_order_no"])
    return found.out_trade_no if found else ""


def _return_subject(simulator: Simulator, asked: Asked) -> str:
    return _number_of(sharing.order_of_return(simulator.platform, asked.body or asked.query))


_SHARING = "/v3/profitsharing"
_ORDERS = "/v3/pay/transactions"
_PARTNER = "/v3/pay/partner/transactions"
_REFUNDS = "/v3/refund/domestic/refunds"
CALLS = [
    *(
        Call(
            "POST",
            f"{path}/{product}",
            "create",
            partial(_create, product=product, partner=path == _PARTNER),
            lambda s, a: str(a.body.get("out_trade_no", "")),
        )
        for path in (_ORDERS, _PARTNER)
        for product in orders.TRADE_TYPES
    ),
    *(
        call
        for path in (_ORDERS, _PARTNER)
        for call in (
            Call("GET", path + "/out-trade-no/{out_trade_no}", "query", _query, lambda s, a: a.path["out_trade_no"]),
            Call("GET", path + "/id/{transaction_id}", "query", _query, lambda s, a: _number_of(_order_asked(s, a))),
            Call("POST", path + "/out-trade-no/{out_trade_no}/close", "close", _close,
                 lambda s, a: a.path["out_trade_no"]),
        )
    ),
    Call("POST", _REFUNDS, "refund", _refund, lambda s, a: _number_of(refunds.order_of(s.platform, a.body))),
    Call("GET", _REFUNDS + "/{out_refund_no}", "query_refund", _query_refund, _refund_subject),
    Call("GET", "/v3/bill/tradebill", "bill.trade", _trade_bill, _bill_day),
    Call("GET", "/v3/bill/fundflowbill", "bill.fund", _fund_bill, _bill_day),
    Call("GET", "/v3/bill/sub-merchant-fundflowbill", "bill.fund", _sub_fund_bill, _bill_day),
    Call("POST", _SHARING + "/receivers/add", "add_receiver", _add_receiver, lambda s, a: str(a.body.get("account"))),
    Call("POST", _SHARING + "/receivers/delete", "delete_receiver", _delete_receiver,
         lambda s, a: str(a.body.get("account"))),
    Call("POST", _SHARING + "/orders", "share", _share, lambda s, a: _number_of(sharing.order_of(s.platform, a.body))),
    Call("POST", _SHARING + "/orders/unfreeze", "unfreeze", _unfreeze,
         lambda s, a: _number_of(sharing.order_of(s.platform, a.body))),
    Call("GET", _SHARING + "/orders/{out_order_no}", "query_share", _query_share, _sharing_subject),
    Call("GET", _SHARING + "/transactions/{transaction_id}/amounts", "unsplit", _unsplit,
         lambda s, a: _number_of(_order_asked(s, a))),
    Call("POST", _SHARING + "/return-orders", "return_share", _return_share, _return_subject),
    Call("GET", _SHARING + "/return-orders/{out_return_no}", "query_return", _query_return, _return_subject),
    Call("GET", "/v3/certificates", "certificates", _certificates, lambda s, a: ""),
]


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
