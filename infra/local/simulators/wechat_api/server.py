"""The server: the table of interfaces, and what surrounds every one of them."""

from __future__ import annotations

import asyncio
import inspect
import json
from collections import deque
from collections.abc import Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from infra.local.simulators.faults import Fault, FaultPlan
from infra.local.simulators.wechat_api import (
    controls,
    messages,
    oauth,
    own_templates,
    people,
    pictures,
    push,
    safety,
    shipping,
    sign_in,
    tokens,
)
from infra.local.simulators.wechat_api.account import ensure_app, read_data
from infra.local.simulators.wechat_api.database import Clock, open_database, write_setting
from infra.local.simulators.wechat_api.paid_orders import PaidOrders
from infra.local.simulators.wechat_api.simulator import Call, Refused, Simulator


@dataclass(frozen=True)
class Interface:
    """One documented interface: its path is also its fault point."""

    path: str
    method: str
    answer: Callable
    needs_token: bool = True


INTERFACES = (
    Interface("/sns/jscode2session", "GET", sign_in.jscode2session, needs_token=False),
    Interface("/cgi-bin/stable_token", "POST", tokens.stable_token, needs_token=False),
    Interface("/wxa/business/getuserphonenumber", "POST", sign_in.get_phone_number),
    Interface("/cgi-bin/message/subscribe/send", "POST", messages.send),
    Interface("/wxa/getwxacodeunlimit", "POST", pictures.get_unlimited_code),
    Interface("/wxa/msg_sec_check", "POST", safety.check_text),
    Interface("/wxa/getuserriskrank", "POST", safety.get_risk_rank),
    Interface("/wxa/sec/order/upload_shipping_info", "POST", shipping.upload_shipping_info),
    Interface("/wxa/sec/order/get_order", "POST", shipping.get_order),
    Interface("/cgi-bin/express/delivery/open_msg/get_delivery_list", "POST", shipping.get_delivery_list),
    Interface("/sns/oauth2/access_token", "GET", oauth.access_token, needs_token=False),
    Interface("/sns/oauth2/refresh_token", "GET", oauth.refresh_token, needs_token=False),
    Interface("/sns/userinfo", "GET", oauth.userinfo, needs_token=False),
)

FAULTS = {
    "busy": {},
    "errcode": {"errcode": -1, "errmsg": "simulated"},
    "http": {"status": 500},
    "timeout": {"seconds": 30, "done": False},
    "quota": {"errcode": 45009},
}
TOKEN_FAULTS = {"token_expired": {}}


def create_app(
    data_dir: str | Path,
    *,
    public_url: str,
    pay_url: str | None = None,
    pay_transport: httpx.AsyncBaseTransport | None = None,
    shipping_lag_s: float | None = None,
    time_scale: float = 1,
) -> Starlette:
    """The simulator as an ASGI application; its state is in ``data_dir``.

    ``public_url``: where clients reach it (written to app.json as gateway_url).
    ``pay_url``: the pay simulator, reached over ``pay_transport`` when it runs in the same process.
    ``shipping_lag_s``: how long a payment stays unknown to shipping (10060001); None keeps the last setting.
    ``time_scale``: 0.01 makes the shipping lag and the gap between forced tokens a hundred times shorter.
    """
    database = open_database(data_dir)
    if shipping_lag_s is not None:
        write_setting(database, "shipping_lag_s", shipping_lag_s)
    sim = Simulator(
        account=ensure_app(data_dir, gateway_url=public_url),
        database=database,
        clock=Clock(database),
        faults=FaultPlan(fault_points(), subject_key="openid"),
        paid_orders=PaidOrders(database, pay_url, pay_transport),
        public_url=public_url,
        time_scale=time_scale,
        words=read_data("words.json"),
        calls=deque(maxlen=200),
    )

    own_templates.load(sim)

    @asynccontextmanager
    async def lifespan(_app: Starlette):
        yield
        await sim.paid_orders.close()
        database.close()

    routes = [Route(one.path, endpoint(sim, one), methods=["GET", "POST"]) for one in INTERFACES]
    routes.append(Route("/connect/oauth2/authorize", page(sim, oauth.authorize)))
    return Starlette(routes=routes + push.routes(sim) + controls.routes(sim), lifespan=lifespan)


def fault_points() -> dict:
    return {one.path: FAULTS | (TOKEN_FAULTS if one.needs_token else {}) for one in INTERFACES}


def page(sim: Simulator, show: Callable) -> Callable:
    async def handle(request: Request) -> Response:
        return show(sim, request)

    return handle


def endpoint(sim: Simulator, interface: Interface) -> Callable:
    async def handle(request: Request) -> Response:
        raw = await request.body()
        subject = subject_of(sim, dict(request.query_params), raw)
        fault = sim.faults.take(interface.path, subject)
        response = await misbehave(sim, interface, request, raw, fault) if fault else None
        if response is None:
            response = await answer(sim, interface, request, raw)
        sim.calls.appendleft(as_call(sim, interface, subject, fault, response))
        return response

    return handle


async def misbehave(sim: Simulator, interface: Interface, request: Request, raw: bytes, fault: Fault) -> Response:
    """Commit the fault. A timeout holds the answer back, with the work done before or not at all."""
    if fault.do == "http":
        return Response(status_code=fault.args["status"])
    if fault.do == "timeout":
        if fault.args["done"]:
            await answer(sim, interface, request, raw)
        await asyncio.sleep(fault.args["seconds"])
        return Response(status_code=504)
    refusals = {
        "busy": lambda: Refused(-1, "system error"),
        "token_expired": lambda: Refused(40001, tokens.INVALID),
        "quota": lambda: Refused(fault.args["errcode"], tokens.QUOTA_TEXTS.get(fault.args["errcode"], "quota limit")),
        "errcode": lambda: Refused(fault.args["errcode"], fault.args["errmsg"]),
    }
    return JSONResponse(refusals[fault.do]().answer())


async def answer(sim: Simulator, interface: Interface, request: Request, raw: bytes) -> Response:
    """Method, token, JSON, then the interface itself; each refusal is HTTP 200 with its errcode."""
    try:
        if request.method != interface.method:
            get = interface.method == "GET"
            raise Refused(43001 if get else 43002, f"require {interface.method} method")
        query = dict(request.query_params)
        if interface.needs_token:
            tokens.check_token(sim, query.get("access_token"))
        result = interface.answer(sim, Call(query, read_body(raw) if interface.method == "POST" else {}))
        if inspect.isawaitable(result):
            result = await result
    except Refused as refused:
        result = refused.answer()
    return result if isinstance(result, Response) else JSONResponse(result)


def read_body(raw: bytes) -> dict:
    if not raw:
        raise Refused(44002, "empty post data")
    try:
        body = json.loads(raw)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise Refused(47001, "data format error")
    return body


def subject_of(sim: Simulator, query: dict[str, str], raw: bytes) -> str:
    """The openid that a call is about, by which the fault plan chooses; "" when it names nobody."""
    try:
        body = read_body(raw)
    except Refused:
        body = {}
    payer = body.get("payer")
    code = query.get("js_code") or query.get("code") or body.get("code")
    name = people.person_of_code(code) if isinstance(code, str) else None
    return str(
        body.get("touser")
        or body.get("openid")
        or (payer.get("openid") if isinstance(payer, dict) else None)
        or query.get("openid")
        or (people.identify(name, sim.account["appid"])["openid"] if name else "")
    )


def as_call(sim: Simulator, interface: Interface, subject: str, fault: Fault | None, response: Response) -> dict:
    is_json = response.headers.get("content-type", "").startswith("application/json")
    return {
        "at": sim.clock.now(),
        "path": interface.path,
        "openid": subject,
        "status": response.status_code,
        "errcode": json.loads(response.body).get("errcode", 0) if is_json else None,
        "fault": fault.do if fault else None,
    }
