"""Every call of every action comes in here and goes out here: parse, admit, validate, run, answer, log."""

from __future__ import annotations

import gc
import hmac
import json
import sys
import time
import traceback
from functools import lru_cache
from typing import Any

from pydantic import ValidationError

from mall.app import identity
from mall.app.actions import Action
from mall.app.context import Ctx
from mall.app.deployment import Deployment
from mall.app.log_line import write_line
from mall.app.settings import SETTINGS, misfits, read_settings
from mall.app.throttle import take_try, who_tries
from mall.app.triggers import Incoming, http_answer, read_event, unread
from mall.app.world import World
from mall.kit import clock, telemetry
from mall.kit.db import Database, Tx
from mall.kit.errors import BadInput, MallError, NotAllowed
from mall.kit.idempotency import Registration, listener_scope
from mall.kit.ids import new_id
from mall.kit.key_ring import KeyRing
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.people import audit_entries


class KeyMissing(BadInput):
    code, message = "IDEMPOTENCY_KEY_MISSING", "缺少请求编号，请升级客户端后重试"


class House:
    """What an instance keeps between calls: nothing that matters, only open connections."""

    def __init__(self, deployment: Deployment, database: Database | None = None):
        self.deployment = deployment
        self.database = database or Database(deployment.require("database_url"))
        self.world = World(deployment)
        if deployment.telemetry != "off" and telemetry.recorder is None:
            from mall.adapters.telemetry import OpenTelemetry

            telemetry.recorder = OpenTelemetry(exporting=deployment.telemetry == "otlp")
        self.database.equip(key_ring=KeyRing(lambda: self.world.door("key_service"),
                                             makes_its_own=deployment.platform == "local"))

    @property
    def session_secret(self) -> str:
        return self.deployment.secret("session_secret")

    @property
    def trigger_secret(self) -> str:
        return self.deployment.secret("trigger_secret")


@lru_cache(maxsize=1)
def house() -> House:
    gc.freeze()  # the function is loaded and stays: no later round of the collector need look at it
    return House(Deployment.from_environment())


def handle(action: Action, event: Any, context: Any, at: House | None = None) -> Any:
    """The platform's handler of every action."""
    started, around = time.perf_counter(), telemetry.enter()
    incoming = unread(event, context)
    ctx, outcome = None, "ok"
    try:
        incoming = read_event(event, context, incoming.request_id)
        telemetry.begin(action.name, incoming.request_id, kind=action.kind)
        place = at or house()
        ctx = Ctx(incoming, place.database, place.world.only(action.uses), clock.now())
        answer = _RUN[action.kind](action, ctx, place)
        if ctx.events:
            place.world.door("event_bus").nudge()
        return _good(action, incoming, answer)
    except MallError as refusal:
        outcome = refusal.code
        return _refused(action, incoming, refusal)
    except Exception:
        outcome = "INTERNAL"
        sys.stderr.write(json.dumps({"request_id": incoming.request_id, "action": action.name,
                                     "trace": _trace()}) + "\n")
        return _refused(action, incoming, MallError())
    finally:
        write_line(action, incoming, ctx, outcome, started, around)


# the six kinds

def _run_query(action: Action, ctx: Ctx, place: House) -> str:
    signed = _signed(action, ctx, place)

    def work(tx: Tx) -> str:
        _open(action, ctx, tx, signed, [])
        ctx.tx = tx
        return _dump(action.body(ctx, *_input(action, ctx)))

    return ctx.database.read(work)


def _run_command(action: Action, ctx: Ctx, place: House) -> str:
    signed = _signed(action, ctx, place)
    given = _input(action, ctx)
    registration = _registration(action, ctx, signed)

    def work(tx: Tx) -> str:
        tx.request_id, ctx.tx = ctx.request_id, tx
        known = _open(action, ctx, tx, signed, [registration.question()] if registration else [])
        stored = registration.judge(known[0], may_be_corrected=True) if registration else None
        if stored is not None:
            return stored
        answer = _dump(action.body(ctx, *given))
        _audit(action, ctx, tx)
        if registration:
            registration.store(tx, answer)
        ctx.events = tx.events
        return answer

    try:
        return ctx.database.run(work, prelude=registration.prelude if registration else None)
    except MallError:
        if registration:
            registration.keep_after_refusal(ctx.database)
        raise


def _run_remote(action: Action, ctx: Ctx, place: House) -> str:
    signed = _signed(action, ctx, place)
    given = _input(action, ctx)
    registration = _registration(action, ctx, signed)
    if registration:  # a remote answers repetitions by its own numbers; here only the replay is refused

        def register(tx: Tx) -> None:
            known = _open(action, ctx, tx, signed, [registration.question()])
            registration.judge(known[0])
            registration.remember(tx)
            _audit(action, ctx, tx)

        try:
            ctx.database.run(register, prelude=registration.prelude)
        except MallError:
            registration.keep_after_refusal(ctx.database)
            raise
    else:
        ctx.read(lambda tx: _open(action, ctx, tx, signed, []))
    return _dump(action.body(ctx, *given))


def _run_listener(action: Action, ctx: Ctx, place: House) -> str:
    message = _trigger(ctx, place, "message")
    if message.get("Kind") not in action.on:
        raise BadInput(field="Kind")
    event = json.dumps(message["Payload"], ensure_ascii=False, sort_keys=True).encode()
    registration = Registration(listener_scope(action.name), str(message["EventId"]), event, ctx.now)

    def work(tx: Tx) -> str:
        tx.request_id, ctx.tx = ctx.request_id, tx
        known = _open(action, ctx, tx, None, [registration.question()])
        if registration.judge(known[0]) is None:
            action.body(ctx, message["Kind"], message["Payload"])
            registration.store(tx, "{}")
        ctx.events = tx.events
        return "{}"

    return ctx.database.run(work, prelude=registration.prelude)


def _run_timer(action: Action, ctx: Ctx, place: House) -> str:
    _trigger(ctx, place, "timer")
    ctx.read(_read_settings, ctx)
    counts = action.body(ctx)
    ctx.figures |= counts  # beside what failed in its items
    if ctx.fault is not None:
        raise ctx.fault
    return json.dumps(counts)


def _run_webhook(action: Action, ctx: Ctx, place: House) -> None:
    if ctx.incoming.source != "http":
        raise NotAllowed()
    ctx.read(_read_settings, ctx)
    action.body(ctx)


_RUN = {"query": _run_query, "command": _run_command, "remote": _run_remote,
        "listener": _run_listener, "timer": _run_timer, "webhook": _run_webhook}


# who, and with what

def _signed(action: Action, ctx: Ctx, place: House) -> identity.SignedRequest | None:
    if ctx.incoming.source not in ("http", "cloud_call"):
        raise NotAllowed()
    signed = identity.read_signed_request(ctx.incoming, action.name, place.session_secret, ctx.now)
    who = action.throttle and who_tries(action.name, action.throttle, signed, ctx.incoming, place.session_secret)
    if who:
        ctx.transact(take_try, who, action.throttle.most, ctx.now)
    return signed


def _open(action: Action, ctx: Ctx, tx: Tx, signed: Any, questions: list) -> list[list]:
    """The first reads of a call, in one round trip: the action's own, who calls, the shop's settings."""
    if action.allow == "staff":
        who = (identity.BY_STAFF_SESSION, {"session_id": signed.session_id}) if signed else None
    else:
        who = identity.member_question(signed, ctx.incoming.identity)
    asked = [*questions, *([who] if who else []), (SETTINGS, {"seller_id": DEFAULT_SELLER})]
    answers = tx.fetch(*asked)
    _admit(action, ctx, answers[len(questions)][0] if who and answers[len(questions)] else None, bool(signed))
    _set_settings(ctx, answers[-1])
    return answers


def _admit(action: Action, ctx: Ctx, row: Any, signed: bool) -> None:
    if action.allow == "staff":
        ctx.staff = identity.admit_staff(row, action.name, ctx.now)
    elif action.allow == "member":
        ctx.me = identity.admit_member(row, ctx.now)
    else:
        ctx.me = identity.admit_visitor(row, signed, ctx.now)


def _read_settings(tx: Tx, ctx: Ctx) -> None:
    _set_settings(ctx, tx.all(SETTINGS, seller_id=DEFAULT_SELLER))


def _set_settings(ctx: Ctx, rows: list) -> None:
    """What is out of range stops no call: it has its default, and the log line says so."""
    document = rows[0].document if rows else None
    ctx.settings = read_settings(document)
    ctx.figures |= {f"setting_out_of_range.{name}": 1 for name in misfits(document)}


def _trigger(ctx: Ctx, place: House, source: str) -> dict[str, Any]:
    """The timer's or message's own event, if its secret is ours: anyone can send the same shape."""
    field = "Message" if source == "timer" else "Secret"
    given = ctx.incoming.trigger.get(field)
    if ctx.incoming.source != source or not isinstance(given, str):
        raise NotAllowed()
    if not hmac.compare_digest(given.encode("utf-8", "surrogatepass"), place.trigger_secret.encode()):
        raise NotAllowed()
    return ctx.incoming.trigger


def _registration(action: Action, ctx: Ctx, signed: identity.SignedRequest | None) -> Registration | None:
    key = ctx.incoming.headers.get("idempotency-key", "")
    if len(key) > 64 or not key.isascii() or not key.isprintable():
        raise BadInput(field="idempotency_key")
    if action.key_required and not key:
        raise KeyMissing(field="idempotency_key")
    nonce = signed.nonce if signed else None
    if not key and not nonce:
        return None
    who = signed.subject_id if signed else getattr(ctx.incoming.identity, "openid", "anyone")
    secret = ctx.world.deployment.secret("session_secret").encode()
    payload = hmac.digest(secret, ctx.incoming.body, "sha256")  # keyed: a body may hold a password
    return Registration(f"{who} {action.name}", key or nonce, payload, ctx.now, nonce,
                        sealed=action.sealed_answer)


# in and out

def _input(action: Action, ctx: Ctx) -> tuple:
    if action.input is None:
        return ()
    try:
        return (action.input.model_validate_json(ctx.incoming.body or b"{}"),)
    except ValidationError as problem:
        raise _bad_input(problem) from None


_SENTENCES = {
    "missing": "缺少必填项", "extra_forbidden": "包含不支持的字段", "json_invalid": "请求内容不是有效的 JSON",
    "string_too_long": "内容太长", "string_too_short": "内容太短", "too_long": "数量太多", "too_short": "数量太少",
    "greater_than_equal": "数值太小", "less_than_equal": "数值太大", "string_pattern_mismatch": "格式不正确",
    "backwards": "结束不能早于开始", "far_moment": "时间须在过去一年之内至 2099 年底之间",
    "far_day": "日期须在过去三年之内，且不晚于现在",
}


def _bad_input(problem: ValidationError) -> BadInput:
    """The first problem, by field; never the value that was sent."""
    first = problem.errors(include_url=False, include_input=False, include_context=False)[0]
    where = (*first["loc"], problem.errors()[0]["ctx"]["field"]) if first["type"] == "backwards" else first["loc"]
    field = ".".join(str(part)[:64] for part in where) or None
    return BadInput(_SENTENCES.get(first["type"], "内容格式不正确"), field=field)


def _dump(answer: Any) -> str:
    return answer.model_dump_json() if answer is not None else "{}"


def _good(action: Action, incoming: Incoming, answer: str | None) -> Any:
    if action.kind == "webhook":
        return http_answer(200, '{"code":"SUCCESS","message":"成功"}')
    if incoming.source == "http":
        return http_answer(200, f'{{"ok":true,"data":{answer},"request_id":"{incoming.request_id}"}}')
    return {"ok": True, "data": json.loads(answer), "request_id": incoming.request_id}


def _refused(action: Action, incoming: Incoming, refusal: MallError) -> Any:
    if action.kind == "webhook":
        return http_answer(refusal.status, '{"code":"FAIL","message":"失败"}')
    error = {"code": refusal.code, "message": refusal.message, "field": refusal.field, "data": refusal.data,
             "retryable": refusal.retryable}
    body = {"ok": False, "error": error, "request_id": incoming.request_id}
    if incoming.source != "http":
        return body
    return http_answer(refusal.status, json.dumps(body, ensure_ascii=False, default=str))


def _audit(action: Action, ctx: Ctx, tx: Tx) -> None:
    """Who on the staff did what; which thing, by the ids in the input, never by its contents (J4)."""
    if ctx.staff is None:
        return
    try:
        given = json.loads(ctx.incoming.body or b"{}")
    except ValueError:
        given = {}
    target = {k: v for k, v in given.items() if k.endswith(("_id", "_no", "_ids", "_nos")) and v is not None}
    target |= ctx.noted
    tx.insert(audit_entries, entry_id=new_id("aud"), actor_id=ctx.staff.staff_id, action=action.name,
              request_id=ctx.request_id, target=target, created_at=ctx.now)


def _trace() -> list[str]:
    """Where it broke, without the values: an exception's text may hold personal data."""
    kind, problem, trail = sys.exc_info()
    frames = [f"{frame.filename.rsplit('/', 2)[-1]}:{frame.lineno} {frame.name}"
              for frame in traceback.extract_tb(trail)]
    return [*frames, kind.__name__]
