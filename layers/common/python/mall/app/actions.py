"""The decorator is the contract: who may call, what triggers it, how the transaction is opened.

    @query("catalog.get_product", allow="anyone")        reads only
    @command("orders.place_order", allow="member")       one transaction around the body
    @remote("payments.start_payment", allow="member")    around a foreign call: transact, call, transact
    @listener("messaging.on_event_compose_messages", on=[...])   one outbox event, once
    @timer("orders.close_unpaid_orders", every_minutes=1, load=Load("unpaid orders whose time is over", item_ms=200))
    @webhook("payments.receive_payment_notice", path="/webhooks/wechat-pay/payment")

What comes out is an `Action`: called with (event, context) it is the platform's handler; `.body` is the
function as written. The declarations feed the local gateway, the manifests and the API reference.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, get_type_hints

from pydantic import BaseModel

from mall.app.declared import CATCH_UP, DESIGN_DAY, Action, Load, Schedule, TwoPeople, Worth
from mall.app.repeats import Repeat
from mall.kit.outbox import Event

__all__ = ["AUDIENCES", "Action", "CATCH_UP", "DESIGN_DAY", "Handler", "Load", "Schedule", "TwoPeople", "Worth",
           "command", "listener", "query", "remote", "timer", "webhook"]
AUDIENCES = ("anyone", "member", "staff")


class Handler(Action):
    """An action as the platform calls it."""

    def __call__(self, event: Any, context: Any) -> Any:
        from mall.app import front_desk  # at the first call: a cold start ends sooner

        return front_desk.handle(self, event, context)


def query(name: str, *, allow: str, **more: Any):
    """Reads only; no transaction."""
    return _declare("query", name, allow=allow, **more)


def command(name: str, *, allow: str, repeat: Repeat, **more: Any):
    """One transaction around the whole body, repeated after a deadlock: so the body touches nothing
    but `ctx.tx`. The client's key (Idempotency-Key, or `idempotency_key` in a cloud call) makes a
    repetition answer as before; `repeat` says what becomes of one without (`mall.app.repeats`). `sealed_answer`: the
    answer holds what a person wrote, and is encrypted where it is kept."""
    return _declare("command", name, allow=allow, repeat=repeat, **more)


def remote(name: str, *, allow: str, repeat: Repeat, uses: list[str], **more: Any):
    """The form around a foreign call: write the intention under our own number; call the world (safe to
    repeat: same number); write the answer. Each write is its own transaction, the call is in none. A repetition does
    it again under the same numbers, until an answer is kept: that of an action which demands a key."""
    return _declare("remote", name, allow=allow, repeat=repeat, uses=tuple(uses), **more)


def listener(name: str, *, on: list[type[Event]], uses: list[str] | None = None, **more: Any):
    """Hears one outbox event in one transaction, once per event id. `on`: the event classes; what an older release
    told comes with its payload brought up to the class's version, what a newer one told waits for the release."""
    return _declare("listener", name, hears={event.kind: event for event in on}, uses=tuple(uses or ()), **more)


def timer(name: str, *, every_minutes: int | None = None, daily_at: str | None = None, load: Load | None = None,
          timeout_s: int = 90, uses: list[str] | None = None, **more: Any):
    """Fires by schedule, at least once, perhaps twice at the same moment. The body returns its counts, and begins no
    other item when its time is over (`ctx.until`, by `load`): flows/each.py."""
    return _declare("timer", name, schedule=Schedule(every_minutes, daily_at), load=load, timeout_s=timeout_s,
                    uses=tuple(uses or ()), **more)


def webhook(name: str, *, path: str, uses: list[str] | None = None, **more: Any):
    """An outside service calls; the body checks its signature over the raw bytes before anything else. What the body
    gives back is the answer's text; None is WeChat Pay's word for success."""
    return _declare("webhook", name, path=path, uses=tuple(uses or ()), **more)


def _declare(kind: str, name: str, **parts: Any):
    def wrap(body: Callable[..., Any]) -> Action:
        if parts.get("allow", "anyone") not in AUDIENCES:
            raise ValueError(f"{name}: allow is one of {', '.join(AUDIENCES)}")
        if name.split(".")[1] != body.__name__:
            raise ValueError(f"{name} is not the name of {body.__name__}")
        hints = get_type_hints(body)
        models = {key: hint for key, hint in hints.items() if key not in ("ctx", "return")}
        takes = next(iter(models.values()), None)
        repeat = parts.get("repeat")
        if repeat and not set(repeat.fields) <= set(takes.model_fields):
            raise ValueError(f"{name}: its input has no {', '.join(repeat.fields)}")
        gives = hints.get("return")
        return Handler(name, kind, body, input=_model(takes), output=_model(gives), **parts)

    return wrap


def _model(hint: Any) -> type[BaseModel] | None:
    return hint if inspect.isclass(hint) and issubclass(hint, BaseModel) else None
