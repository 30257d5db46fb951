"""What a tester moves: ``/_sim/*``, and the pages that a person reads."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from infra.local.simulators import clocks
from infra.local.simulators.faults import BadRule
from infra.local.simulators.wechat_api import (
    acts,
    customer,
    media_check,
    messages,
    own_templates,
    pages,
    people,
    quotas,
    safety,
    shipping,
    shipping_services,
    sign_in,
    templates,
    tokens,
)
from infra.local.simulators.wechat_api.bodies import BadControl, choice, flag, number, read_object, text, whole_number
from infra.local.simulators.wechat_api.database import read_setting, write_setting
from infra.local.simulators.wechat_api.paid_orders import PaidOrder
from infra.local.simulators.wechat_api.simulator import Refused, Simulator

MOST_CONSENTS = 1000


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
        post("/_sim/orders", tell_order),
        post("/_sim/shipping/lag", set_lag),
        post("/_sim/shipping/received", confirm_received),
        post("/_sim/shipping/managed", set_managed),
        post("/_sim/quotas", set_quota),
        post("/_sim/limited_codes", limit_codes),
        post("/_sim/media_verdicts", tell_verdict),
        *(post(path, act) for path, act in acts.ACTS.items()),
        get("/_sim/people", lambda sim, query: JSONResponse({"people": list_people(sim)})),
        Route("/_sim/clock", clock(sim), methods=["GET", "POST"]),
        get("/_sim/consents", lambda sim, query: JSONResponse({"consents": list_consents(sim, query.get("openid"))})),
        get("/_sim/inbox", lambda sim, query: JSONResponse({"messages": messages.inbox(sim, query.get("openid"))})),
        get("/_sim/shipping", lambda sim, query: JSONResponse(show_shipping(sim))),
        get("/_sim/templates", lambda sim, query: JSONResponse({"templates": list_templates(sim, query.get("appid"))})),
        get("/_sim/conversation", lambda sim, query: JSONResponse(show_conversation(sim, query.get("openid")))),
        get("/_sim/media_checks", lambda sim, query: JSONResponse({"checks": media_check.list_checks(sim)})),
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
        except (BadControl, BadRule) as bad:
            return JSONResponse({"error": str(bad)}, status_code=400)

    return handle


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
    kind = choice(body, "kind", sign_in.KINDS, default="login")
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


def clock(sim: Simulator) -> Callable:
    """GET reads it, POST moves it and tells the simulator that keeps the same time."""

    async def handle(request: Request) -> Response:
        heard: dict = {}
        if request.method == "POST":
            try:
                body = read_object(await request.body())
                sim.clock.move(number(body, "ahead_s", low=-(10**9), high=10**9))
            except BadControl as bad:
                return JSONResponse({"error": str(bad)}, status_code=400)
            media_check.push_due(sim)
            if not body.get("told"):
                heard = await asyncio.to_thread(clocks.tell, sim.clock_with, sim.clock.ahead_s)
        return JSONResponse({"ahead_s": sim.clock.ahead_s, "now": sim.clock.now(), **heard})

    return handle


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


def set_managed(sim: Simulator, body: dict) -> dict:
    """Whether the shipping service is in use for this mini program, and its terms confirmed."""
    managed = flag(body, "managed")
    write_setting(sim.database, "trade_managed", int(managed))
    return {"managed": managed}


def set_quota(sim: Simulator, body: dict) -> dict:
    """Another limit in the place of the documented one; null puts that in force again."""
    path, period = text(body, "cgi_path"), choice(body, "period", (quotas.DAY, quotas.MINUTE), default=quotas.DAY)
    most = None if body.get("most") is None else whole_number(body, "most", low=1, high=10**9)
    quotas.override(sim, path, period, most)
    return {"cgi_path": path, "period": period, "most": most}


def limit_codes(sim: Simulator, body: dict) -> dict:
    """How many codes of getwxacode and createwxaqrcode an account can have, in the place of 100,000."""
    most = whole_number(body, "most", low=1, high=10**6)
    write_setting(sim.database, "most_limited_codes", most)
    return {"most": most}


def tell_verdict(sim: Simulator, body: dict) -> dict:
    """How addresses with this fragment are judged; with an errcode (-1008) they cannot be judged."""
    fragment = text(body, "contains")
    suggest = choice(body, "suggest", ("pass", "review", "risky"), default="pass")
    label = whole_number(body, "label", low=100, high=99999, default=100)
    errcode = whole_number(body, "errcode", low=-(10**5), high=10**5, default=0)
    media_check.tell_verdict(sim, fragment, suggest, label, errcode)
    return {"contains": fragment, "suggest": suggest, "label": label, "errcode": errcode}


def show_shipping(sim: Simulator) -> dict:
    jump_path = read_setting(sim.database, shipping_services.JUMP_PATH, "")
    return {"shipping": shipping.list_shipments(sim)} | ({"msg_jump_path": jump_path} if jump_path else {})


def show_conversation(sim: Simulator, openid: str | None) -> dict:
    return {"messages": customer.conversation(sim, openid)}


def list_templates(sim: Simulator, appid: str | None) -> list[dict]:
    return templates.templates_of(sim, appid if appid in sim.accounts else sim.account["appid"])


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
    current = tokens.current_token(sim, sim.account["appid"])
    counted = ("people", "access_tokens", "messages", "shipments")
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
