"""What is deployed on a platform: units of actions, their layers, places and triggers. One truth for all manifests.

Which actions stand together follows from each action alone (mall.app.units). One thing is added here: where a place
(a namespace of SCF, a stack of CloudFormation, an environment of CloudBase) would not keep a quarter of its quota
free, the timers there that fire seldom share one unit, `<group>_timers`. Nobody calls those by the unit's name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from mall.app import registry
from mall.app.actions import Action
from mall.app.namespaces import group_of, namespace_of
from mall.app.units import unit_of

from infra.package.platforms import COMMON_LAYERS, DOOR_LAYERS, PLATFORMS, Platform

CLIENT_KINDS = ("query", "command", "remote", "webhook")  # only these get an address; nobody calls the others
SELDOM_MINUTES = 10
SMALL_MB = 256  # a timer that needs more would make the others dearer
RESOURCES_OF_A_STACK = 20  # role, log group, layers, the webhooks' API


@dataclass(frozen=True)
class Unit:
    """What a platform gets as one function."""

    name: str
    actions: tuple[Action, ...]
    platform: Platform

    @property
    def is_alone(self) -> bool:
        """Under the action's own name; others name the action that they mean (mall.app.entry)."""
        return self.name == self.actions[0].function_name

    @property
    def group(self) -> str:
        return group_of(self.actions[0].domain)

    @property
    def layers(self) -> tuple[str, ...]:
        """In the order in which they are laid over one another; a file in two of them is the same file."""
        wanted = {DOOR_LAYERS[door] for action in self.actions for door in action.uses if door in DOOR_LAYERS}
        wanted |= {self.platform.sdk_layer, *(layer for action in self.actions for layer in action.libraries)}
        return (*COMMON_LAYERS, *sorted(wanted))

    @property
    def timeout_s(self) -> int:
        return max(action.timeout_s for action in self.actions)

    @property
    def memory_mb(self) -> int:
        return max(action.memory_mb for action in self.actions)

    @property
    def has_address(self) -> bool:
        return any(action.kind in CLIENT_KINDS for action in self.actions)

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths under the shop's own domain: a webhook's declared one, else /api/<domain>/<action>."""
        return tuple(action.path or f"/api/{action.name.replace('.', '/')}" for action in self.actions
                     if action.kind in CLIENT_KINDS)

    @property
    def timers(self) -> tuple[Action, ...]:
        """Each has a trigger of its own, named as the action is."""
        return tuple(action for action in self.actions if action.schedule)

    @property
    def summary(self) -> str:
        if self.is_alone:
            return self.actions[0].summary
        place, what = self.name.rsplit("_", 1)
        return f"{what.capitalize()} of {place}, {len(self.actions)} actions"

    def namespace(self, prefix: str) -> str:
        return namespace_of(self.platform.name, prefix, self.actions[0].domain)

    @property
    def resources(self) -> int:
        """In CloudFormation at most: function, address and two permissions; or a route for each method, or a schedule
        for each timer."""
        methods = sum(len(action.methods) for action in self.actions if action.kind == "webhook")
        return 1 + len(self.timers) + (2 + methods if methods else 3 * self.has_address)


@dataclass(frozen=True)
class Place:
    """Where a platform counts: of its quota a quarter stays free."""

    platform: Platform
    name: str
    what: str  # is counted
    taken: int
    quota: int

    @property
    def allowed(self) -> int:
        return self.quota * 3 // 4

    @property
    def is_full(self) -> bool:
        return self.taken > self.allowed


def units(platform: Platform, actions: Iterable[Action] | None = None) -> list[Unit]:
    """Every unit of the mall on this platform, by name."""
    every = list(registry.load().values() if actions is None else actions)
    name_of = {action.name: unit_of(action) for action in every}
    made = _units(platform, every, name_of)
    full = {place.name for place in places(platform, made) if place.is_full}
    for unit in made:
        if _place(unit) in full and unit.timers and _is_seldom(unit.actions[0]):
            name_of[unit.actions[0].name] = f"{unit.group}_timers"
    return _units(platform, every, name_of) if full else made


def places(platform: Platform, deployed: list[Unit]) -> list[Place]:
    """What each place holds, beside its quota."""
    counts_resources = platform.name == "aws"
    taken: dict[str, int] = {}
    for unit in deployed:
        taken.setdefault(_place(unit), RESOURCES_OF_A_STACK if counts_resources else 0)
        taken[_place(unit)] += unit.resources if counts_resources else 1
    return [Place(platform, name, platform.counted, count, platform.quota) for name, count in sorted(taken.items())]


def all_places(actions: Iterable[Action] | None = None) -> list[Place]:
    """Of every platform."""
    every = None if actions is None else list(actions)
    return [place for platform in PLATFORMS.values() for place in places(platform, units(platform, every))]


def _units(platform: Platform, every: list[Action], name_of: dict[str, str]) -> list[Unit]:
    in_order = sorted(every, key=lambda action: (name_of[action.name], action.name))
    return [Unit(name, tuple(found), platform)
            for name, found in groupby(in_order, key=lambda action: name_of[action.name])]


def _place(unit: Unit) -> str:
    return {"scf": f"mall-{unit.group}", "aws": f"mall-{unit.group}"}.get(unit.platform.name, "the environment")


def _is_seldom(action: Action) -> bool:
    minutes = action.schedule.every_minutes
    return (minutes is None or minutes >= SELDOM_MINUTES) and action.memory_mb <= SMALL_MB
