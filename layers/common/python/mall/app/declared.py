"""What an action declares of itself, as data: for the front desk, the local cloud, the manifests and the pages."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from mall.app.repeats import KEY, Repeat
from mall.kit.outbox import Event


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
