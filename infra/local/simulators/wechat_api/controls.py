"""What a tester moves: ``/_sim/*``, and the pages that a person reads."""

from __future__ import annotations

import json
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from infra.local.simulators.faults import BadRule
from infra.local.simulators.wechat_api import messages, own_templates, pages, people, safety, shipping, sign_in, tokens
from infra.local.simulators.wechat_api.database import read_setting, write_setting
from infra.local.simulators.wechat_api.paid_orders import PaidOrder
from infra.local.simulators.wechat_api.simulator import Refused, Simulator

MOST_CONSENTS = 1000


class BadControl(Exception):
    """A control that makes no sense; answered with 400 and the sentence."""


def routes(sim: Simulator) -> list[Route]:
    """Every path of this file."""

    def post(path: str, act: Callable) -> Route:
        return Route(path, control(lambda body: act(sim, body)), methods=["POST"])

    def get(path: str, show: Callable) -> Route:
        async def handle(request: Request) -> Response:
            return show(sim, request.query_params)

        return Route(path, handle)

    return [
        post("/_sim/people", meet_person),
        post("/_sim/codes", issue_code),
        post("/_sim/consents", give_consent),
        post("/_sim/risk", set_risk),
        post("/_sim/templates", own_templates.add),
        post("/_sim/clock", move_clock),
        post("/_sim/orders", tell_order),
        post("/_sim/shipping/lag", set_lag),
        post("/_sim/shipping/received", confirm_received),
        get("/_sim/people", lambda sim, query: JSONResponse({"people": list_people(sim)})),
        get("/_sim/clock", lambda sim, query: JSONResponse(read_clock(sim))),
        get("/_sim/consents", lambda sim, query: JSONResponse({"consents": list_consents(sim, query.get("openid"))})),
        get("/_sim/inbox", lambda sim, query: JSONResponse({"messages": messages.inbox(sim, query.get("openid"))})),
        get("/_sim/shipping", lambda sim, query: JSONResponse({"shipping": shipping.list_shipments(sim)})),
        get("/_sim/templates", lambda sim, query: JSONResponse({"templates": sim.account["templates"]})),
        get("/_sim/calls", lambda sim, query: JSONResponse({"calls": list(sim.calls)})),
        Route("/_sim/faults", faults(sim), methods=["GET", "PUT", "POST", "DELETE"]),
        get("/inbox", lambda sim, query: HTMLResponse(pages.inbox(sim, query.get("openid")))),
        get("/", lambda sim, query: HTMLResponse(pages.index(sim, overview(sim)))),
    ]


def control(act: Callable[[dict], dict]) -> Callable:
    async def handle(request: Request) -> Response:
        try:
            return JSONResponse(act(read_object(await request.body())))
        except Refused as refused:
            return JSONResponse({"errcode": refused.errcode, "error": refused.errmsg}, status_code=404)
        except (BadControl, BadRule, own_templates.BadTemplate) as bad:
            return JSONResponse({"error": str(bad)}, status_code=400)

    return handle


def read_object(raw: bytes) -> dict:
    try:
        body = json.loads(raw)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise BadControl("the body must be a JSON object")
    return body


def number(body: dict, key: str, *, low: float, high: float, default: float | None = None) -> float:
    value = body.get(key, default)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        raise BadControl(f'"{key}" is a number from {low} to {high}')
    return value


def whole_number(body: dict, key: str, *, low: int, high: int, default: int | None = None) -> int:
    value = number(body, key, low=low, high=high, default=default)
    if not isinstance(value, int):
        raise BadControl(f'"{key}" is a whole number')
    return value


def text(body: dict, key: str, *, longest: int = 128) -> str:
    value = body.get(key)
    if not isinstance(value, str) or not 0 < len(value) <= longest:
        raise BadControl(f'"{key}" is a text of 1 to {longest} characters')
    return value


def meet_person(sim: Simulator, body: dict) -> dict:
    """The person opens the mini program (which also renews the visit that some interfaces ask for). `unionid`: whether
    the mini program is told it from now on."""
    name, is_told = text(body, "person", longest=people.LONGEST_NAME), body.get("unionid")
    if not isinstance(is_told, (bool, type(None))):
        raise BadControl('"unionid" is true or false')
    if is_told is not None:
        people.bind(sim, name, is_told)
    return as_person(people.meet(sim, name))


def issue_code(sim: Simulator, body: dict) -> dict:
    kind = body.get("kind", "login")
    if kind not in sign_in.KINDS:
        raise BadControl(f'"kind" is one of {", ".join(sign_in.KINDS)}')
    name = text(body, "person", longest=people.LONGEST_NAME)
    code = sign_in.issue_code(sim, name, kind)
    return {"code": code, **as_person(people.meet(sim, name))}


def give_consent(sim: Simulator, body: dict) -> dict:
    times = whole_number(body, "times", low=1, high=MOST_CONSENTS, default=1)
    return {"times_left": messages.give_consent(sim, body.get("openid"), body.get("template_id"), times)}


def set_risk(sim: Simulator, body: dict) -> dict:
    rank = whole_number(body, "rank", low=0, high=4)
    safety.set_risk_rank(sim, body.get("openid"), rank)
    return {"openid": body["openid"], "rank": rank}


def move_clock(sim: Simulator, body: dict) -> dict:
    sim.clock.move(number(body, "ahead_s", low=-(10**9), high=10**9))
    return read_clock(sim)


def read_clock(sim: Simulator) -> dict:
    return {"ahead_s": sim.clock.ahead_s, "now": sim.clock.now()}


def tell_order(sim: Simulator, body: dict) -> dict:
    """A payment made elsewhere, for those who run this without the pay simulator."""
    order = PaidOrder(
        transaction_id=text(body, "transaction_id"),
        mchid=text(body, "mchid"),
        out_trade_no=text(body, "out_trade_no"),
        openid=text(body, "openid"),
        amount_fen=whole_number(body, "amount_fen", low=1, high=10**10, default=1),
        paid_at=number(body, "paid_at", low=0, high=10**11, default=sim.clock.now()),
        refunded=bool(body.get("refunded", False)),
    )
    sim.paid_orders.tell(order)
    return vars(order)


def set_lag(sim: Simulator, body: dict) -> dict:
    write_setting(sim.database, "shipping_lag_s", number(body, "seconds", low=0, high=10**6))
    return {"seconds": body["seconds"]}


def confirm_received(sim: Simulator, body: dict) -> dict:
    if not shipping.confirm_received(sim, text(body, "transaction_id")):
        raise BadControl("no shipped order with this transaction_id waits for its receipt")
    return {"transaction_id": body["transaction_id"], "order_state": 3}


def faults(sim: Simulator) -> Callable:
    """GET reads the plan, PUT replaces it, POST adds to it, DELETE ends it."""

    def change(method: str, body: dict) -> dict:
        rules = body.get("rules")
        if not isinstance(rules, list):
            raise BadControl('the body is {"rules": [...]}')
        if method == "PUT":
            sim.faults.replace(rules)
        else:
            sim.faults.add(rules)
        return sim.faults.to_json()

    async def handle(request: Request) -> Response:
        if request.method == "DELETE":
            sim.faults.clear()
        if request.method in ("PUT", "POST"):
            return await control(lambda body: change(request.method, body))(request)
        return JSONResponse({**sim.faults.to_json(), "points": sim.faults.catalogue})

    return handle


def list_people(sim: Simulator, *, limit: int = -1) -> list[dict]:
    """The latest visitors first."""
    rows = sim.database.execute("SELECT * FROM people ORDER BY seen_at DESC, name LIMIT ?", (limit,))
    return [as_person(row) for row in rows]


def as_person(row) -> dict:
    return {
        "person": row["name"],
        "openid": row["openid"],
        "web_openid": row["web_openid"],
        "unionid": row["unionid"],
        "phone": row["phone"],
        "seen_at": row["seen_at"],
        "risk_rank": row["risk_rank"],
    }


def list_consents(sim: Simulator, openid: str | None) -> list[dict]:
    rows = sim.database.execute(
        "SELECT * FROM consents WHERE ? IS NULL OR openid = ? ORDER BY openid, template_id", (openid, openid)
    )
    return [dict(row) for row in rows]


def overview(sim: Simulator) -> dict:
    """What the index page shows: how many of each, and the latest."""
    current = tokens.current_token(sim)
    counted = ("people", "tokens", "messages", "shipments")
    return {
        "counts": {name: sim.database.execute(f"SELECT count(*) AS n FROM {name}").fetchone()["n"] for name in counted},
        "token_left_s": round(current["expires_at"] - sim.clock.now()) if current else None,
        "people": list_people(sim, limit=30),
        "messages": messages.inbox(sim, limit=10),
        "shipments": shipping.list_shipments(sim, limit=20),
        "faults": sim.faults.to_json()["rules"],
        "calls": list(sim.calls)[:20],
        "lag_s": read_setting(sim.database, "shipping_lag_s", 0),
    }
