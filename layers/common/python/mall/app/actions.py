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
from dataclasses import dataclass, field
from typing import Any, get_type_hints

from pydantic import BaseModel

from mall.app.repeats import KEY, Repeat
from mall.kit.outbox import Event
AUDIENCES = ("anyone", "member", "staff")


@dataclass(frozen=True)
class Schedule:
    """When a timer fires: every n minutes, or daily at a minute of the day in the shop's time zone.

    The zone of SCF's cron is documented second-hand only, so daily work must be right at any hour.
    """

    every_minutes: int | None = None
    daily_at: str | None = None

    @property
    def fires_a_day(self) -> int:
        return 1 if self.daily_at else 24 * 60 // self.every_minutes

    def scf_cron(self) -> str:
        """Seven fields: second minute hour day month weekday year."""
        if self.daily_at:
            hour, minute = self.daily_at.split(":")
            return f"0 {int(minute)} {int(hour)} * * * *"
        return f"0 */{self.every_minutes} * * * * *" if self.every_minutes < 60 else "0 0 * * * * *"

    def aws_expression(self) -> str:
        """EventBridge runs in UTC: eight hours before the shop."""
        if self.daily_at:
            hour, minute = self.daily_at.split(":")
            return f"cron({int(minute)} {(int(hour) - 8) % 24} * * ? *)"
        return f"rate({self.every_minutes} minute{'s' if self.every_minutes > 1 else ''})"


DESIGN_DAY = 28_800  # orders on the day that the mall is built for
CATCH_UP = 10  # a timer that stood still works off ten such days within one


@dataclass(frozen=True)
class Load:
    """What a timer works through, and how much of it. Spec of the whole: docs/growth.md.

    `item_ms`: what one item may take; measured by `make growth`. `few`: why there cannot be so many that it matters.
    `enough_s`: after so long a fire begins no other item, so that the last one still ends within the timeout.
    `at_once`: it wakes itself while more is waiting, and so does not stand still between its turns."""

    what: str
    item_ms: float = 0
    few: str = ""
    enough_s: int = 45
    at_once: bool = False

    def a_day(self, schedule: Schedule) -> int:
        """How many items a day at least, each as slow as it may be."""
        busy_s = 86_400 / 2 if self.at_once else schedule.fires_a_day * self.enough_s
        return int(busy_s * 1000 / self.item_ms)


Worth = Callable[[Any, Any], Any]  # of (ctx, the input), in the open transaction: what it gives away, or None


@dataclass(frozen=True)
class TwoPeople:
    """What a call gives away is counted against one person's limits; above them it waits for a second (J6)."""

    kind: str  # REFUND, PRICE ...: one of a kind and subject waits at a time
    worth: Worth | None  # None: the body says it, `ctx.giving(work, worth=...)`
    always: bool = False  # whatever it is worth


@dataclass(frozen=True)
class Action:
    name: str
    kind: str  # query command remote listener timer webhook
    body: Callable[..., Any]
    allow: str | None = None
    input: type[BaseModel] | None = None
    output: type[BaseModel] | None = None
    uses: tuple[str, ...] = ()
    hears: dict[str, type[Event]] = field(default_factory=dict)
    schedule: Schedule | None = None
    load: Load | None = None  # of a timer
    path: str | None = None
    methods: tuple[str, ...] = ("POST",)  # of HTTP, at its path
    repeat: Repeat | None = None  # of a command or remote: what becomes of it when it arrives twice
    two_people: TwoPeople | None = None  # what it gives away, where two people decide (mall.app.two_people)
    audits_itself: bool = False  # in the transaction in which it takes effect
    sealed_answer: bool = False  # kept for a repetition, and holds a person's own words
    libraries: tuple[str, ...] = ()  # layers beyond those of `uses`, such as "office"
    timeout_s: int = 10
    memory_mb: int = 256
    over_http_only: bool = False  # no cloud call has a use for it
    errors: tuple[type, ...] = field(default=())

    @property
    def on(self) -> tuple[str, ...]:
        """The kinds of event that a listener hears."""
        return tuple(self.hears)

    @property
    def domain(self) -> str:
        return self.name.split(".")[0]

    @property
    def key_required(self) -> bool:
        """Refused without the client's key."""
        return self.repeat == KEY

    @property
    def function_name(self) -> str:
        """The name on the platform, where a dot is not allowed: orders-place_order."""
        return self.name.replace(".", "-")

    @property
    def summary(self) -> str:
        """The first sentence of the file that defines it."""
        text = inspect.getmodule(self.body).__doc__ or self.body.__doc__ or ""
        return " ".join(text.strip().split("\n\n")[0].split())

    def __call__(self, event: Any, context: Any) -> Any:
        from mall.app import front_desk

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
        return Action(name, kind, body, input=_model(takes), output=_model(gives), **parts)

    return wrap


def _model(hint: Any) -> type[BaseModel] | None:
    return hint if inspect.isclass(hint) and issubclass(hint, BaseModel) else None
