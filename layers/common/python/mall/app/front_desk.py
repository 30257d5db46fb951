"""Every call of every action comes in here and goes out here: parse, admit, validate, run, answer, log."""

from __future__ import annotations

import gc
import hmac
import json
import sys
import time
from functools import lru_cache
from typing import Any

from mall.app import audit, cors, identity, limits
from mall.app.answers import dump, good, read_input, refused, trace
from mall.app.context import Ctx
from mall.app.declared import Action
from mall.app.deployment import Deployment
from mall.app.log_line import write_line
from mall.app.settings import SETTINGS, misfits, read_settings, settings_over
from mall.app.triggers import proven, read_event, unread
from mall.app.world import World
from mall.kit import clock, deadline, outbox, telemetry
from mall.kit.db import Database, Tx
from mall.kit.errors import BadInput, MallError, NotAllowed, NotFound
from mall.kit.idempotency import Registration, listener_scope
from mall.kit.key_ring import KeyRing
from mall.kit.outbox import EventTooNew, payload_for
from mall.kit.scope import PLATFORM, is_platform


class KeyMissing(BadInput):
    code, message = "IDEMPOTENCY_KEY_MISSING", "缺少请求编号，请升级客户端后重试"


class OverHttpOnly(NotAllowed):
    code, message = "OVER_HTTP_ONLY", "此操作不能在小程序云调用中进行"


class NoSuchAction(NotFound):
    code, message = "NO_SUCH_ACTION", "没有这个操作"


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
    before = deadline.begin(_limit_s(action, context))
    incoming = unread(event, context)
    place, ctx, outcome = at, None, "ok"
    try:
        place = at or house()
        incoming = read_event(event, context, incoming, place.deployment.client_address_header)
        if action.kind in _TRIGGERS:
            incoming = proven(incoming, _TRIGGERS[action.kind], place.trigger_secret)
        telemetry.begin(action.name, incoming.request_id, kind=action.kind)
        if action.allow and incoming.source == "http" and incoming.method != "POST":
            outcome = "preflight"  # asked before a call, and none itself
            return cors.shared(cors.preflight(incoming, place.deployment), incoming, place.deployment)
        ctx = Ctx(incoming, place.database, place.world.only(action.uses), clock.now())
        ctx.action = action
        answer = _RUN[action.kind](action, ctx, place)
        if ctx.events:
            _nudge(place)
        return good(action, incoming, answer, place.deployment)
    except MallError as refusal:
        outcome = refusal.code
        return refused(action, incoming, refusal, place and place.deployment)
    except Exception:
        outcome = "INTERNAL"
        sys.stderr.write(json.dumps({"request_id": incoming.request_id, "action": action.name,
                                     "trace": trace()}) + "\n")
        return refused(action, incoming, MallError(), place and place.deployment)
    finally:
        deadline.end(before)
        write_line(action, incoming, ctx, outcome, started, around)


def _limit_s(action: Action, context: Any) -> float:
    """Seconds that the platform gives this invocation: what the action declares, or less where a deployment says so."""
    known = [float(action.timeout_s)]
    told = context.get("time_limit_in_ms") if isinstance(context, dict) else None
    if isinstance(told, (int, float)) and told > 0:
        known.append(told / 1000)
    if hasattr(context, "get_remaining_time_in_millis"):
        known.append(context.get_remaining_time_in_millis() / 1000)
    return min(known)


def _nudge(place: House) -> None:
    """What was done is done, whether the relay can be asked for at once or comes by its timer."""
    try:
        place.world.door("event_bus").nudge()
    except Exception as problem:
        sys.stderr.write(json.dumps({"nudge": type(problem).__name__}) + "\n")


# the six kinds

def _run_query(action: Action, ctx: Ctx, place: House) -> str:
    signed = _signed(action, ctx, place)

    def work(tx: Tx) -> str:
        _open(action, ctx, tx, signed, [])
        ctx.tx = tx
        return dump(action.body(ctx, *read_input(action, ctx.incoming.body)))

    return ctx.database.read(work)


def _run_command(action: Action, ctx: Ctx, place: House) -> str:
    signed = _signed(action, ctx, place)
    given = read_input(action, ctx.incoming.body)
    _count_try(action, ctx, place, signed, given)
    registration = _registration(action, ctx, signed, given)

    def work(tx: Tx) -> str:
        tx.request_id, ctx.tx, ctx.noted = ctx.request_id, tx, {}
        known = _open(action, ctx, tx, signed, [registration.question()] if registration else [])
        stored = registration.judge(known[0], may_be_corrected=True) if registration else None
        if registration:
            registration.remember(tx)
        if stored is not None:
            return stored
        answer = dump(_held(action, ctx, given) or action.body(ctx, *given))
        audit.keep(ctx, tx)
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
    given = read_input(action, ctx.incoming.body)
    registration = _registration(action, ctx, signed, given)
    if registration:
        stored = _register(action, ctx, place, signed, given, registration)
        if stored is not None:
            return stored
        ctx.is_repetition, ctx.keep_answer = registration.is_repetition, registration.store
    else:
        _count_try(action, ctx, place, signed, given)
        ctx.read(lambda tx: _open(action, ctx, tx, signed, []))
    answer = dump(_with_a_second_person(action, ctx, given))
    if action.key_required:
        ctx.database.run(registration.store, answer)
    return answer


def _register(action: Action, ctx: Ctx, place: House, signed: Any, given: tuple,
              registration: Registration) -> str | None:
    """The try counted and the key registered, in one transaction that a refusal does not take back; the answer that
    is kept. Until one is kept a remote does a repetition again, under its own numbers."""

    def register(tx: Tx) -> str | MallError | None:
        known = _open(action, ctx, tx, signed, [registration.question()])
        try:
            _count(action, ctx, tx, place, given)
            stored = registration.judge(known[0])
        except MallError as refusal:
            return refusal
        registration.remember(tx)
        if stored is None and not action.audits_itself:
            audit.keep(ctx, tx)
        return stored

    try:
        found = ctx.database.run(register, prelude=registration.prelude)
        if isinstance(found, MallError):
            raise found
        return found
    except MallError:
        registration.keep_after_refusal(ctx.database)
        raise


def _held(action: Action, ctx: Ctx, given: tuple) -> Any:
    """What a command answers that has to wait for a second person; else None."""
    if action.two_people is None or not ctx.settings.second_person:
        return None
    from mall.app import two_people

    return two_people.held(ctx, action, *given, counts=True)


def _with_a_second_person(action: Action, ctx: Ctx, given: tuple) -> Any:
    """A remote's answer, or that it waits."""
    if action.two_people is None or not ctx.settings.second_person:
        return action.body(ctx, *given)
    from mall.app import two_people

    try:
        two_people.watch(ctx, action, *given)
        return action.body(ctx, *given)
    except two_people.Waiting as waiting:
        return waiting.answer


def _run_listener(action: Action, ctx: Ctx, place: House) -> str:
    message = ctx.incoming.trigger
    kind, version = message.get("Kind"), message.get("Version", 1)
    if not isinstance(kind, str) or not isinstance(version, int) or version < 1:
        raise BadInput(field="Kind")
    if kind not in action.hears:
        raise EventTooNew(kind=kind[:64])  # a newer release says that this listener hears it
    payload = payload_for(action.hears[kind], message["Payload"], version)
    event = json.dumps(message["Payload"], ensure_ascii=False, sort_keys=True).encode()
    event_id = str(message["EventId"])
    registration = Registration(listener_scope(action.name), event_id, event, ctx.now)

    def work(tx: Tx) -> str:
        tx.request_id, ctx.tx = ctx.request_id, tx
        known = _open(action, ctx, tx, None, [registration.question()])
        if registration.judge(known[0]) is None:
            action.body(ctx, kind, payload)
            registration.store(tx, "{}")
        outbox.heard(tx, event_id, action.name)
        ctx.events = tx.events
        return "{}"

    return ctx.database.run(work, prelude=registration.prelude)


def _run_timer(action: Action, ctx: Ctx, place: House) -> str:
    ctx.read(_read_settings, ctx)
    if action.load:
        ctx.until = time.monotonic() + action.load.enough_s
    counts = action.body(ctx)
    ctx.figures |= counts  # beside what failed in its items
    if ctx.fault is not None:
        raise ctx.fault
    return json.dumps(counts)


def nowhere(unit: str) -> Action:
    """What a call is answered by that names no action of the unit it came to: as any other is refused, and logged."""
    return Action(f"{unit}.nowhere", "nowhere", NoSuchAction, allow="anyone")


def _run_nowhere(action: Action, ctx: Ctx, place: House) -> str:
    raise NoSuchAction(field="action")


def _run_webhook(action: Action, ctx: Ctx, place: House) -> str | None:
    if ctx.incoming.source != "http" or ctx.incoming.method not in action.methods:
        raise NotAllowed()
    ctx.read(_read_settings, ctx)
    return action.body(ctx)


_TRIGGERS = {"timer": "timer", "listener": "message"}  # where such an action's event comes from
_RUN = {"query": _run_query, "command": _run_command, "remote": _run_remote,
        "listener": _run_listener, "timer": _run_timer, "webhook": _run_webhook, "nowhere": _run_nowhere}


# who, and with what

def _signed(action: Action, ctx: Ctx, place: House) -> identity.SignedRequest | None:
    if ctx.incoming.source not in ("http", "cloud_call"):
        raise NotAllowed()
    if action.over_http_only and ctx.incoming.source != "http":
        raise OverHttpOnly()
    return identity.read_signed_request(ctx.incoming, action.name, place.session_secret, ctx.now)


def _count_try(action: Action, ctx: Ctx, place: House, signed: Any, given: tuple) -> None:
    """One try, in a transaction of its own, before anything is judged. An action for members or staff knows them
    first, so that nobody else writes. Raises TooManyTries."""
    if action.name not in limits.BOUNDS:
        return

    def count(tx: Tx) -> MallError | None:
        if action.allow != "anyone":
            _open(action, ctx, tx, signed, [])
        try:
            return _count(action, ctx, tx, place, given)
        except limits.TooManyTries as refusal:  # what was counted stays
            return refusal

    refusal = ctx.transact(count)
    if refusal is not None:
        raise refusal


def _count(action: Action, ctx: Ctx, tx: Tx, place: House, given: tuple) -> None:
    """One try where the table of limits has the action. Raises TooManyTries, with what was counted in the
    transaction: it is to be kept."""
    if action.name not in limits.BOUNDS:
        return
    person = ctx.incoming.identity and f"{ctx.incoming.identity.appid} {ctx.incoming.identity.openid}"
    if action.allow != "anyone":
        person = ctx.me.member_id if ctx.me else ctx.staff.staff_id
    whos = limits.who_tries(action.name, given[0], ctx.incoming, person, place.session_secret)
    minutes = limits.take_tries(tx, whos, ctx.now)
    if minutes is not None:
        raise limits.TooManyTries(minutes=minutes)


def _open(action: Action, ctx: Ctx, tx: Tx, signed: Any, questions: list) -> list[list]:
    """The first reads of a call, in one round trip: the action's own, who calls, the shop's settings. Staff who look
    at what anyone may see are strangers there."""
    if action.allow == "anyone" and signed and signed.is_of_staff:
        signed = None
    if action.allow == "staff":
        who = (identity.BY_STAFF_SESSION, {"session_id": signed.session_id}) if signed else None
    else:
        who = identity.member_question(signed, ctx.incoming.identity)
        stands = action.kind == "command" and identity.standing_question(signed, ctx.incoming.identity)
        questions = [*questions, *([stands] if stands else [])]
    asked = [*questions, *([who] if who else []), (SETTINGS, {"seller_id": PLATFORM})]
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
    _set_settings(ctx, tx.all(SETTINGS, seller_id=PLATFORM))


def _set_settings(ctx: Ctx, rows: list) -> None:
    """What is out of range stops no call: it has its default, and the log line says so."""
    document = rows[0].document if rows else None
    ctx.shop_document, ctx.settings = document, read_settings(document)
    if ctx.staff and not is_platform(ctx.seller_id):
        ctx.settings = settings_over(document, ctx.staff.own_settings)
    ctx.figures |= {f"setting_out_of_range.{name}": 1 for name in misfits(document)}


def _registration(action: Action, ctx: Ctx, signed: identity.SignedRequest | None, given: tuple) -> Registration | None:
    key = ctx.incoming.headers.get("idempotency-key", "")
    if len(key) > 64 or not key.isascii() or not key.isprintable():
        raise BadInput(field="idempotency_key")
    if action.key_required and not key:
        raise KeyMissing(field="idempotency_key")
    nonce, owner = signed.nonce if signed else None, identity.key_owner(signed, ctx.incoming.identity, ctx.now)
    if not (key or nonce) or owner is None or action.allow == "anyone":
        return None  # a stranger's key is nobody's, and is not kept
    secret = ctx.world.deployment.secret("session_secret").encode()  # keyed: what is hashed may hold a password
    meant = given[0].model_dump_json().encode() if given else b""  # however a client wrote it
    payload, older = (hmac.digest(secret, text, "sha256") for text in (meant, ctx.incoming.body))
    return Registration(action.name, key or nonce, payload, ctx.now, nonce, of=owner, older=older,
                        sealed=action.sealed_answer)
