"""The server: what surrounds every one of the interfaces."""

from __future__ import annotations

import asyncio
import inspect
import json
import time
from collections import deque
from collections.abc import Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from infra.local.simulators.faults import Fault, FaultPlan
from infra.local.simulators.wechat_api import (
    controls,
    diagnosis,
    links,
    media_check,
    oauth,
    people,
    quotas,
    scene_codes,
    templates,
    tokens,
)
from infra.local.simulators.wechat_api import push as message_push
from infra.local.simulators.wechat_api.account import Account, all_accounts, ensure_app, read_data
from infra.local.simulators.wechat_api.database import Clock, open_database, write_setting
from infra.local.simulators.wechat_api.interfaces import INTERFACES, Interface
from infra.local.simulators.wechat_api.paid_orders import PaidOrders
from infra.local.simulators.wechat_api.push_port import Pusher
from infra.local.simulators.wechat_api.simulator import (
    Call,
    Push,
    Refused,
    Simulator,
    Upload,
    new_rid,
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
    clock_with: str | None = None,
    time_scale: float = 1,
    push: Push | None = None,
) -> Starlette:
    """The simulator as an ASGI application; its state is in ``data_dir``.

    ``public_url``: where clients reach it (written to app.json as gateway_url).
    ``pay_url``: the pay simulator, reached over ``pay_transport`` when it runs in the same process.
    ``shipping_lag_s``: how long a payment stays unknown to shipping (10060001); None keeps the last setting.
    ``clock_with``: the address of another simulator that is told when this clock is moved.
    ``time_scale``: 0.01 makes the shipping lag, the gap between forced tokens and the wait for a verdict on media a
    hundred times shorter.
    ``push``: what takes the messages that WeChat would push, in the place of the address in app.json.
    """
    database = open_database(data_dir)
    if shipping_lag_s is not None:
        write_setting(database, "shipping_lag_s", shipping_lag_s)
    account = ensure_app(data_dir, gateway_url=public_url)
    pusher = Pusher()
    sim = Simulator(
        account=account,
        accounts=all_accounts(account),
        database=database,
        clock=Clock(database),
        faults=FaultPlan(fault_points(), subject_key="openid"),
        paid_orders=PaidOrders(database, pay_url, pay_transport),
        public_url=public_url,
        time_scale=time_scale,
        push=push or pusher.push,
        words=read_data("words.json"),
        clock_with=clock_with,
        calls=deque(maxlen=200),
    )
    return as_application(sim, pusher)


def as_application(sim: Simulator, pusher: Pusher) -> Starlette:
    pusher.sim = sim
    people.know_all(sim)
    templates.give_first_service_template(sim)

    @asynccontextmanager
    async def lifespan(_app: Starlette):
        pushing = asyncio.create_task(media_check.keep_pushing(sim))
        yield
        pushing.cancel()
        await pusher.stop()
        await sim.paid_orders.close()
        sim.database.close()

    routes = [Route(one.path, endpoint(sim, one), methods=["GET", "POST"]) for one in INTERFACES]
    shown = {"/connect/oauth2/authorize": oauth.authorize, "/cgi-bin/showqrcode": scene_codes.show,
             "/l/{key}": links.open_link}  # fmt: skip
    routes += [Route(path, page(sim, show)) for path, show in shown.items()]
    return Starlette(routes=routes + message_push.routes(sim) + controls.routes(sim), lifespan=lifespan)


def fault_points() -> dict:
    return {one.path: FAULTS | (TOKEN_FAULTS if one.needs_token else {}) for one in INTERFACES}


def page(sim: Simulator, show: Callable) -> Callable:
    async def handle(request: Request) -> Response:
        return show(sim, request)

    return handle


@dataclass
class Asked:
    """One request under way. ``subject``: the openid that it is about; ``account``: whose token it carries, once that
    is checked."""

    interface: Interface
    request: Request
    raw: bytes
    subject: str
    began: float
    account: Account | None = None

    @property
    def query(self) -> dict[str, str]:
        return dict(self.request.query_params)


def endpoint(sim: Simulator, interface: Interface) -> Callable:
    async def handle(request: Request) -> Response:
        raw, began = await request.body(), time.perf_counter()
        asked = Asked(interface, request, raw, subject_of(sim, dict(request.query_params), raw), began)
        fault = sim.faults.take(interface.path, asked.subject)
        try:
            response = await misbehave(sim, asked, fault) if fault else None
            if response is None:
                response = await answer(sim, asked)
        except Refused as refused:
            response = refuse(sim, asked, refused)
        sim.calls.appendleft(as_call(sim, interface, asked.subject, fault, response))
        return response

    return handle


async def misbehave(sim: Simulator, asked: Asked, fault: Fault) -> Response:
    """Commit the fault. A timeout holds the answer back, with the work done before or not at all."""
    if fault.do == "http":
        return Response(status_code=fault.args["status"])
    if fault.do == "timeout":
        if fault.args["done"]:
            with suppress(Refused):
                await answer(sim, asked)
        await asyncio.sleep(fault.args["seconds"])
        return Response(status_code=504)
    refusals = {
        "busy": lambda: Refused(-1, "system error"),
        "token_expired": lambda: Refused(40001, tokens.INVALID),
        "quota": lambda: Refused(fault.args["errcode"], quotas.TEXTS.get(fault.args["errcode"], "quota limit")),
        "errcode": lambda: Refused(fault.args["errcode"], fault.args["errmsg"]),
    }
    raise refusals[fault.do]()


async def answer(sim: Simulator, asked: Asked) -> Response:
    """Method, token, kind of account, JSON, count, then the interface itself."""
    interface, query = asked.interface, asked.query
    if asked.request.method != interface.method:
        get = interface.method == "GET"
        raise Refused(43001 if get else 43002, f"require {interface.method} method")
    if interface.needs_token:
        asked.account = tokens.check_token(sim, query.get("access_token"))
        if asked.account.kind not in interface.kinds:
            raise Refused(48001, "api unauthorized")
    has_json = interface.method == "POST" and not interface.takes_file
    body = read_body(asked.raw) if has_json else {}
    appid = asked.account.appid if asked.account else str(query.get("appid") or body.get("appid"))
    if appid in sim.accounts:
        quotas.count(sim, appid, interface.path, interface.quota, asked.subject)
    upload = await read_file(asked.request) if interface.takes_file else None
    result = interface.answer(sim, Call(query, body, asked.account, upload))
    if inspect.isawaitable(result):
        result = await result
    return result if isinstance(result, Response) else JSONResponse(result)


def refuse(sim: Simulator, asked: Asked, refused: Refused) -> Response:
    """HTTP 200 with the errcode, and a rid that can be asked for."""
    told = refused.answer(rid := new_rid())
    refusal = diagnosis.Refusal(
        rid=rid,
        appid=asked.account.appid if asked.account else "",
        path=asked.interface.path,
        query=asked.query,
        raw=asked.raw,
        client_ip=asked.request.client.host if asked.request.client else "",
        cost_ms=round((time.perf_counter() - asked.began) * 1000),
    )
    diagnosis.remember(sim, refusal, told)
    return JSONResponse(told)


async def read_file(request: Request) -> Upload | None:
    """The first file of a multipart body, or None."""
    try:
        form = await request.form()
    except (HTTPException, MultiPartException):
        raise Refused(41005, "media data missing") from None
    for part in form.values():
        if isinstance(part, UploadFile):
            return Upload(part.filename or "", part.content_type or "application/octet-stream", await part.read())
    return None


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
