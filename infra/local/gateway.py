"""The local gateway (本地网关): one process that stands before every function.

    POST /api/<domain>/<action>        the input model as JSON; X-Mall-Shape: aws, scf, access or cloudbase
    <the path of each webhook>
    GET  /console/, /shop/             the pages as they were built last (infra/local/faces.py)
    GET  /openapi.json, /docs, /       generated from the actions
    POST /_local/tick/<domain>/<action>    fire a timer, answer its counts
    GET, POST /_local/clock                read or move the shop's clock
    GET  /_local/health

Whatever the path, the unit of the action gets the platform's true event and `mall.app.entry` does the rest.
`X-Sim-Openid: NAME` (percent-encoded) makes a cloud call of the person NAME. That, `/_local/` and what is generated
are for this machine only (infra/local/loopback.py); the actions, the webhooks and the two pages may be reached through
a tunnel.

Served by granian; the functions are synchronous, so each call has a thread of its own once it is there as a whole.
"""

from __future__ import annotations

import gc
import json
import os
import traceback
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote

from mall.app import registry
from mall.app.actions import Action
from mall.app.deployment import Deployment
from mall.app.entry import Entry, entries
from mall.app.front_desk import House
from mall.app.triggers import BodyTooLarge
from mall.app.units import unit_of
from mall.kit import clock, telemetry
from mall.kit.errors import BadInput, MallError, NotAllowed

from infra.local import openapi, pages
from infra.local.bus import LocalBus
from infra.local.instances import Instances
from infra.local.clock_file import ClockFile
from infra.local.faces import Faces
from infra.local.patience import Patient
from infra.local.settings import Settings, read_settings
from infra.local.shapes import HTTP_SHAPES, SHAPES, make_event, read_answer, scf_context, timer_event
from infra.local.spans import SpanFile
from infra.local.timers import Timers
from infra.local.wire import (
    MAX_PAYLOAD_BYTES,
    Request,
    Response,
    TooSlow,
    UnknownPath,
    answer,
    as_json,
    as_page,
    read_request,
    refuse,
)

THREADS = 16


class Gateway:
    """The WSGI application. `shape`: the platform whose events are played where a request names none."""

    def __init__(self, settings: Settings, house: House, shape: str = "aws"):
        if shape not in SHAPES:
            raise SystemExit(f"MALL_LOCAL_SHAPE is {shape!r}; one of {', '.join(SHAPES)}")
        self.settings, self.house, self.shape = settings, house, shape
        self.actions = registry.load()
        self.entries = entries(self.actions.values())
        self.webhooks = {action.path: action for action in self.actions.values() if action.path}
        self.clock = ClockFile(settings.folder / "clock.json", [settings.pay_url, settings.api_url])
        self.faces = Faces(settings, house.deployment)
        self.instances = Instances()
        self.bus = LocalBus(self._listen, self.fire)
        self.timers = Timers(self.actions.values(), self.fire, settings.folder / "timers.json")
        house.world.put("event_bus", self.bus)

    def start(self) -> None:
        """Background work: the relay, the timers, and the clock told to the simulators."""
        self.bus.start()
        self.clock.tell_when_they_are_up()
        self.timers.start()

    def stop(self) -> None:
        self.timers.stop()
        self.bus.stop()
        self.house.database.close()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        try:
            response = self.answer(read_request(environ))
        except MallError as refusal:
            response = refuse(refusal)
        except Exception:
            traceback.print_exc()
            response = refuse(MallError())
        return answer(response)(environ, start_response)

    def answer(self, request: Request) -> Response:
        if request.path in self.webhooks:
            return self._invoke(self.webhooks[request.path], request, HTTP_SHAPES)
        if request.path.startswith("/api/"):
            return self._invoke(self._action(request, "/api/"), request, SHAPES)
        if request.path.startswith("/_local/"):
            return self._local(request)
        return self.faces.answer(request) or self._page(request)

    def call(self, name: str, event: dict[str, Any]) -> Any:
        """One action with an event of the platform itself (a message)."""
        action = self.actions[name]
        return self._run(action, event, scf_context(action))

    def _run(self, action: Action, event: Any, context: Any) -> Any:
        """In an instance, within the function's timeout. Raises FunctionTimedOut."""
        return self.instances.run(action.timeout_s, lambda: self._entry(action)(event, context, self.house))

    def _listen(self, name: str, message: dict[str, Any]) -> Any:
        """A listener, on the relay's own thread: it waits no longer than the platform would."""
        action = self.actions[name]
        return self._entry(action)(message, scf_context(action), self.house)

    def _entry(self, action: Action) -> Entry:
        """Of the unit that the action is deployed in: what is called finds its action as it does on a platform."""
        return self.entries[unit_of(action)]

    def fire(self, name: str) -> Any:
        """One timer, as the platform fires it; its answer."""
        if name not in self.actions:  # a shop without this timer
            return None
        return self.call(name, timer_event(name, clock.now(), self.house.trigger_secret))

    def _action(self, request: Request, prefix: str) -> Action:
        action = self.actions.get(request.path.removeprefix(prefix).replace("/", "."))
        if action is None or action.path:
            raise UnknownPath()
        return action

    def _invoke(self, action: Action, request: Request, allowed: tuple[str, ...]) -> Response:
        name = request.headers.get("x-sim-openid")
        shape = request.headers.get("x-mall-shape") or ("cloudbase" if name else self.shape)
        if shape not in allowed or (request.method == "OPTIONS" and shape not in HTTP_SHAPES):
            shape = "aws" if shape in SHAPES else shape  # a webhook has no cloud call
        person = None
        if name and shape == "cloudbase":
            if not request.is_from_this_machine:
                raise NotAllowed()
            person = self._person(unquote(name))
            if request.headers.get("x-sim-unionid") == "none":  # as before the apps were bound together
                person["unionid"] = ""
        event, context = make_event(shape, request, action, person)
        return read_answer(self._run(action, event, context))

    def _person(self, name: str) -> dict[str, str]:
        from infra.local.simulators.wechat_api.people import identify

        if not 0 < len(name) <= 64:
            raise BadInput(field="X-Sim-Openid")
        appid = self.house.deployment.wechat_appid
        return {"appid": appid, **identify(name, appid)}

    def _local(self, request: Request) -> Response:
        if not request.is_from_this_machine:
            raise NotAllowed()
        if request.path == "/_local/health":
            return as_json({"ok": True})
        if request.path == "/_local/clock" and request.method == "GET":
            return as_json({"ok": True, "data": self.clock.read()})
        if request.path == "/_local/clock":
            moved = self.clock.move(_json(request))
            self.timers.wake()
            return as_json({"ok": True, "data": moved})
        if request.path.startswith("/_local/tick/"):
            action = self._action(request, "/_local/tick/")
            if action.schedule is None or request.method != "POST":
                raise UnknownPath()
            return read_answer(self.fire(action.name))
        raise UnknownPath()

    def _page(self, request: Request) -> Response:
        if request.method not in ("GET", "HEAD"):
            raise UnknownPath()
        if not request.asks_this_machine:
            raise NotAllowed()
        if request.path == "/openapi.json":
            return as_json(openapi.describe(self.actions.values(), self.settings.gateway_url))
        if request.path == "/docs":
            return as_page(pages.api_page())
        if request.path == "/":
            shown = self.actions.values(), self.clock.read(), self.faces.told()
            return as_page(pages.landing_page(self.settings, *shown))
        raise UnknownPath()


def make_gateway() -> Gateway:
    """From the environment, in the process that serves."""
    deployment, settings = Deployment.from_environment(), read_settings()
    registry.load()
    gc.freeze()  # every function is loaded and stays, as in an instance of one of them
    if os.environ.get("MALL_LOCAL_SPANS"):
        telemetry.recorder = SpanFile(settings.folder / "spans.jsonl")
    return Gateway(settings, House(deployment), os.environ.get("MALL_LOCAL_SHAPE") or "aws")


def serve() -> None:
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    settings = read_settings()

    def load(_target: str) -> Patient:
        import threading

        gateway = make_gateway()
        threading.Thread(target=gateway.start, name="start", daemon=True).start()
        return Patient(gateway, threads=THREADS, most_bytes=MAX_PAYLOAD_BYTES, refuse_slow=answer(refuse(TooSlow())),
                       refuse_large=answer(refuse(BodyTooLarge())))

    server = Granian("gateway", address=settings.host, port=settings.gateway_port, interface=Interfaces.ASGINL,
                     workers=1, websockets=False, log_level=LogLevels.error, workers_kill_timeout=3)
    server.serve(target_loader=load)


def _json(request: Request) -> Any:
    try:
        return json.loads(request.body)
    except (ValueError, RecursionError):
        raise BadInput("请求内容不是有效的 JSON") from None


if __name__ == "__main__":
    serve()
